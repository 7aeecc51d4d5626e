// The port to a card, and what goes wrong on it

export { CardError, type CardErrorCode, isCardLost } from "./errors.ts";
export type { Card, CardLoss, CardSession, ResponseApdu } from "./transport/card.ts";

// A card with its PIV application selected: where most readers start and end

export { type OpenOptions, openPivSession, type PivSession } from "./session.ts";

// Passcode and PUK: what may be concluded from an answer

export {
  type ReferenceDataOutcome,
  referenceDataOutcome,
  type VerificationStatus,
  type VerifyOutcome,
} from "./operations/reference-data.ts";

// The card-management key

export type {
  BlockCipher,
  ManagementKey,
  ManagementKeyOutcome,
} from "./operations/management-key.ts";

// Keys and signatures

export { encodePublicKey, type PublicKey } from "./commands/generate-key.ts";
export { ecdsaDerFromRaw, ecdsaRawFromDer, rsaPkcs1Padding } from "./commands/signature-formats.ts";

// What is stored on a card: encode and decode

export {
  type CardCapabilityContainer,
  decodeCardCapabilityContainer,
  encodeCardCapabilityContainer,
} from "./objects/card-capability-container.ts";
export { decodeCertificate, encodeCertificate } from "./objects/certificate.ts";
export { type Chuid, decodeChuid, encodeChuid } from "./objects/chuid.ts";
export { type Discovery, decodeDiscovery, encodeDiscovery } from "./objects/discovery.ts";
export { decodeFascN, encodeFascN, FASC_N_BYTES, type FascN } from "./objects/fasc-n.ts";
export { decodeKeyHistory, encodeKeyHistory, type KeyHistory } from "./objects/key-history.ts";
export {
  decodePrintedInformation,
  encodePrintedInformation,
  type PrintedInformation,
} from "./objects/printed-information.ts";
export {
  decodeSecurityObject,
  encodeSecurityObject,
  type SecurityObject,
} from "./objects/security-object.ts";

// Layers: each makes a Card of a Card

export { withCommandChaining, withExtendedLength } from "./transport/long-commands.ts";
export { withOneAtATime } from "./transport/one-at-a-time.ts";
export { type TrafficRecord, withTrafficLog } from "./transport/traffic-log.ts";
export {
  ANSWER_BYTES_MAX,
  ANSWER_PIECES_MAX,
  withWholeAnswers,
} from "./transport/whole-answers.ts";

// Commands and answers as bytes, for those who speak to a card themselves or are one

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
export { getDataCommand, parseGetData, putDataCommand } from "./commands/data.ts";
export type { Exchange } from "./commands/exchange.ts";
export {
  challengeCommand,
  challengeResponseCommand,
  keyAgreementCommand,
  parseAgreedSecret,
  parseAuthenticationBlock,
  parseSignature,
  signatureInputBytes,
  signCommand,
  witnessCommand,
  witnessResponseCommand,
} from "./commands/general-authenticate.ts";
export { generateKeyCommand, parseGeneratedKey } from "./commands/generate-key.ts";
export {
  changePasscodeCommand,
  changePukCommand,
  isSendablePasscode,
  REFERENCE_DATA_BYTES,
  resetRetryCounterCommand,
  resetVerificationCommand,
  verifyCommand,
  verifyStatusCommand,
} from "./commands/reference-data.ts";
export {
  type ApplicationProperties,
  parseApplicationProperties,
  selectCommand,
} from "./commands/select.ts";

// What the standard fixes

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
  SHOWABLE_INSTRUCTIONS,
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
