// The readers of this PC
export {
  type ReaderDriver,
  ReaderError,
  type ReaderErrorCode,
  type ReaderSlot,
  type ReadersState,
  type SlotState,
} from "./readers/readers.ts";
