/** Everything that can go wrong with a virtual card apart from what a real one answers, by stable code. */
export type VirtualCardErrorCode =
  /** What was stored is not a card, or not one this version knows. */
  | "virtual-card/state_invalid"
  /** A card can be in one reader at a time. */
  | "virtual-card/already_inserted"
  /** A reader holds one card at a time. */
  | "virtual-card/reader_occupied"
  | "virtual-card/reader_empty"
  /** Somebody else has the card in this reader exclusively. */
  | "virtual-card/reader_in_use";

/** The message names the field or the reader, never a value. */
export class VirtualCardError extends Error {
  override readonly name = "VirtualCardError";
  readonly code: VirtualCardErrorCode;

  constructor(code: VirtualCardErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
