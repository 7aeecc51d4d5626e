// What the standard fixes

// APDUs
export {
  type CommandApdu,
  type CommandHeader,
  EXTENDED_DATA_BYTES,
  EXTENDED_EXPECTED_BYTES,
  encodeCommand,
  parseCommand,
  SHORT_DATA_BYTES,
  SHORT_EXPECTED_BYTES,
} from "./commands/apdu.ts";
export { pivAid, pivAidWithoutVersion } from "./constants/aid.ts";
export {
  ALGORITHMS,
  type AlgorithmName,
  type CipherAlgorithm,
  type EcAlgorithm,
  type SignatureAlgorithm,
} from "./constants/algorithms.ts";
export { DATA_OBJECTS, type DataObjectName } from "./constants/data-objects.ts";
export {
  CLASS_CHAINED,
  CLASS_PLAIN,
  INSTRUCTIONS,
  type InstructionName,
  SECRET_INSTRUCTIONS,
  TRY_COSTING_INSTRUCTIONS,
} from "./constants/instructions.ts";
export {
  KEY_REFERENCES,
  type KeyReferenceName,
  SLOTS,
  type Slot,
} from "./constants/key-references.ts";
export {
  STATUS_WORDS,
  type StatusEffect,
  type StatusName,
  statusEffect,
  statusName,
  triesLeftFrom,
} from "./constants/status-words.ts";
// The port to a card, and what goes wrong on it
export { CardError, type CardErrorCode, isCardLost } from "./errors.ts";
export type { Card, CardLoss, CardSession, ResponseApdu } from "./transport/card.ts";
