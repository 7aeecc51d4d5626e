export type WireErrorCode = "wire/not_a_message" | "wire/too_large";

/** A message that does not have the agreed form. Nothing of the message is repeated in the text. */
export class WireError extends Error {
  override readonly name = "WireError";
  readonly code: WireErrorCode;

  constructor(code: WireErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
