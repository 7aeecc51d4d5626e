/** Everything that can be wrong with bytes, by stable code. */
export type BytesErrorCode =
  | "bytes/not_hex"
  | "bytes/not_base64"
  | "bytes/not_ascii"
  | "bytes/not_utf8"
  | "bytes/field_too_long"
  | "bytes/tlv_truncated"
  | "bytes/tlv_tag_too_long"
  | "bytes/tlv_length_unsupported"
  | "bytes/secret_wiped";

/** Thrown when input is not what it must be. The message never repeats the input. */
export class BytesError extends Error {
  override readonly name = "BytesError";
  readonly code: BytesErrorCode;

  constructor(code: BytesErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
