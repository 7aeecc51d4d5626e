export {
  deskFingerprint,
  ENROLMENT_CODE,
  type EnrolmentCode,
  formatEnrolmentCode,
  makeEnrolmentCode,
  parseEnrolmentCode,
} from "./enrolment.ts";
export { type Envelope, formatEnvelope, parseEnvelope } from "./envelope.ts";
export { WireError, type WireErrorCode } from "./errors.ts";
export { decodeJournalLine, encodeJournalLine, type JournalEntry } from "./journal.ts";
export * from "./leash.ts";
export { LeashLost, openPeer, type Peer, type PeerOptions } from "./peer.ts";
export { isRefusalCode, REFUSALS, Refusal, type RefusalCode } from "./refusals.ts";
export { decodeRelease, encodeRelease, type ReleasedPuks } from "./release.ts";
export * from "./shapes.ts";
export { releaseInfo, statements, webEidValue } from "./statements.ts";
