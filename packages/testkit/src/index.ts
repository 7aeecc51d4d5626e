export { type CardHarness, cardSessionContract, type MakeCardHarness } from "./card-contract.ts";
export { cardSecretsContract, type MasterKeyBytes } from "./card-secrets-contract.ts";
export {
  atOneDesk,
  type Exploration,
  exhausting,
  explore,
  isAsExpected,
  searchOf,
  VARIANTS,
  type Variant,
} from "./model/index.ts";
export { type PostHarness, postContract } from "./post-contract.ts";
export {
  type DriverUnderTest,
  type ReaderHarness,
  type ReadersSeen,
  readerDriverContract,
  type SlotSeen,
} from "./reader-contract.ts";
export { storeContract } from "./store-contract.ts";
export {
  issueTestCard,
  publicKeyObject,
  sendHex,
  TEST_CARD,
  type TestCard,
  testCard,
} from "./test-card.ts";
export { cardFromTranscript, type TranscriptCard } from "./transcript.ts";
