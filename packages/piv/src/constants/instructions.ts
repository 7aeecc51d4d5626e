/** Instruction bytes of the PIV card application [PIV-2 §3]. */
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
} as const;

export type InstructionName = keyof typeof INSTRUCTIONS;

/** Instructions whose wrong answer costs a try. Whatever happens, these are sent once and never again. */
export const TRY_COSTING_INSTRUCTIONS: ReadonlySet<number> = new Set([
  INSTRUCTIONS.verify,
  INSTRUCTIONS.changeReferenceData,
  INSTRUCTIONS.resetRetryCounter,
]);

/** Instructions whose data field may hold a passcode, a PUK, a key or a person's data: never logged. */
export const SECRET_INSTRUCTIONS: ReadonlySet<number> = new Set([
  INSTRUCTIONS.verify,
  INSTRUCTIONS.changeReferenceData,
  INSTRUCTIONS.resetRetryCounter,
  INSTRUCTIONS.generalAuthenticate,
  INSTRUCTIONS.putData,
]);

/** Class bytes [7816-4 §5.4.1]: plain, and "more of this command follows". */
export const CLASS_PLAIN = 0x00;
export const CLASS_CHAINED = 0x10;
