export type AuditErrorCode =
  | "audit/key_missing"
  | "audit/key_loose"
  | "audit/key_malformed"
  | "audit/key_exists"
  | "audit/log_inconsistent"
  | "audit/log_of_another_key"
  | "audit/not_sealed";

/** The log cannot be gone on with, or not be read. The message says what to do; it never holds a key. */
export class AuditError extends Error {
  override readonly name = "AuditError";
  readonly code: AuditErrorCode;

  constructor(code: AuditErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.code = code;
  }
}
