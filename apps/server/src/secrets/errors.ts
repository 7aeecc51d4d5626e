export type SecretsErrorCode =
  | "secrets/file_missing"
  | "secrets/file_loose"
  | "secrets/file_malformed"
  | "secrets/file_exists"
  | "secrets/version_unknown"
  | "secrets/unavailable"
  | "secrets/held_elsewhere"
  | "secrets/not_extractable"
  | "secrets/share_malformed"
  | "secrets/shares_too_few"
  | "secrets/shares_wrong"
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

/** A card needs a key that is not there. */
export function unknownVersion(version: number): SecretsError {
  return new SecretsError(
    "secrets/version_unknown",
    `The master key version ${version} is not there. Restore it from its backup; no other key will do.`,
  );
}
