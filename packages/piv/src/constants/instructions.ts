/**
 * Instruction bytes of the PIV card application [PIV-2 §3]. It has none to set the card-management key: the last is the
 * one that makers of cards have in common [YUBICO-PIV].
 */
export const INSTRUCTIONS = {
  verify: 0x20,
  changeReferenceData: 0x24,
  resetRetryCounter: 0x2c,
  generateAsymmetricKeyPair: 0x47,
  generalAuthenticate: 0x87,
  select: 0xa4,
  getResponse: 0xc0,
  getData: 0xcb,
  putData: 0xdb,
  setManagementKey: 0xff,
} as const;

export type InstructionName = keyof typeof INSTRUCTIONS;

/** Instructions whose wrong answer costs a try. Whatever happens, these are sent once and never again. */
export const TRY_COSTING_INSTRUCTIONS: ReadonlySet<number> = new Set([
  INSTRUCTIONS.verify,
  INSTRUCTIONS.changeReferenceData,
  INSTRUCTIONS.resetRetryCounter,
]);

/** Instructions whose bodies are secrets: wiped as soon as they are sent. */
export const SECRET_INSTRUCTIONS: ReadonlySet<number> = new Set([
  ...TRY_COSTING_INSTRUCTIONS,
  INSTRUCTIONS.setManagementKey,
]);

/**
 * Instructions whose bodies may be shown in a log of traffic; they may still be personal. Any other, one of a vendor's
 * included, may carry a passcode, a PUK or a key, and is never shown.
 */
export const SHOWABLE_INSTRUCTIONS: ReadonlySet<number> = new Set([
  INSTRUCTIONS.select,
  INSTRUCTIONS.getData,
  INSTRUCTIONS.generateAsymmetricKeyPair,
]);

/** Class bytes [7816-4 §5.4.1]: plain, and "more of this command follows". */
export const CLASS_PLAIN = 0x00;
export const CLASS_CHAINED = 0x10;
