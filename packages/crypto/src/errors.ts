/** What can be wrong with a key handed to this package, by stable code. */
export type CryptoErrorCode =
  /** Not a private key of the algorithm named. */
  "crypto/bad_key";

/** The message never repeats key material. */
export class CryptoError extends Error {
  override readonly name = "CryptoError";
  readonly code: CryptoErrorCode;

  constructor(code: CryptoErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.code = code;
  }
}
