// The card

export type { CardCrypto, GeneratedKey } from "./card-crypto.ts";
export {
  CARD_PROFILES,
  type CardProfile,
  type CardQuirk,
  HINT_OBJECT_TAG,
  type PasscodeRule,
} from "./card-profile.ts";
export type {
  CardKeyState,
  CardState,
  ManagementKeyState,
  ReferenceState,
} from "./card-state.ts";
export { VirtualCardError, type VirtualCardErrorCode } from "./errors.ts";
export { createFaults, type Fault, type Faults, type FaultTrigger } from "./faults.ts";
export { parseCardState } from "./parse-card-state.ts";
export { type BlankCard, blankCardState, FACTORY } from "./personalise.ts";
export {
  createVirtualCard,
  type InsertedCard,
  type VirtualCard,
  type VirtualCardOptions,
} from "./virtual-card.ts";
// The reader it goes into

export {
  createVirtualReader,
  type ReaderChange,
  type ReaderClaim,
  type VirtualReader,
} from "./virtual-reader.ts";
export { openVirtualSession } from "./virtual-session.ts";
// The way into real PC/SC

export {
  createVpcdDecoder,
  encodeVpcdFrame,
  type VpcdDecoder,
  type VpcdRequest,
} from "./vpcd/protocol.ts";
