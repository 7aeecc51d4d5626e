export type SecretsErrorCode =
  | "secrets/file_missing"
  | "secrets/file_loose"
  | "secrets/file_malformed"
  | "secrets/file_exists"
  | "secrets/version_unknown"
  | "secrets/unavailable"
  | "secrets/held_elsewhere"
  | "secrets/pin_refused"
  | "secrets/key_exposed";

/** The master keys cannot be used. The message says what to do; it never holds a key. */
export class SecretsError extends Error {
  override readonly name = "SecretsError";
  readonly code: SecretsErrorCode;

  constructor(code: SecretsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
