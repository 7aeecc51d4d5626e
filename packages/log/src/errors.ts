/** Everything that can be wrong with a log's tree or its notes, by stable code. */
export type LogErrorCode =
  | "log/size_invalid"
  | "log/node_missing"
  | "log/note_malformed"
  | "log/checkpoint_malformed"
  | "log/key_malformed"
  | "log/not_signed_by_key"
  | "log/signature_invalid";

/** Thrown when a note, a key or a size is not what it must be. */
export class LogError extends Error {
  override readonly name = "LogError";
  readonly code: LogErrorCode;

  constructor(code: LogErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.code = code;
  }
}
