import { asciiBytes, asciiText, BytesError, encodeTlv, utf8Bytes, utf8Text } from "@lanyard/bytes";
import { malformed } from "../commands/answer.ts";
import { CardError } from "../errors.ts";

/** Ends every PIV object: an error detection code that is always empty [PIV-1 Appendix A]. */
export const ERROR_DETECTION = encodeTlv(0xfe);

/** Text of a field, of at most `maxBytes` when written. */
export function encodeText(tag: number, text: string, maxBytes: number): Uint8Array {
  const bytes = utf8Bytes(text);
  if (bytes.length > maxBytes)
    throw new CardError("card/bad_argument", `This text takes ${maxBytes} bytes at most.`);
  return encodeTlv(tag, bytes);
}

/** @throws {CardError} `card/malformed_answer` */
export function decodeText(bytes: Uint8Array, what: string): string {
  return readText(bytes, utf8Text, what);
}

/** `2030-12-31` as the eight characters cards store. */
export function encodeDate(tag: number, isoDate: string): Uint8Array {
  if (!isIsoDate(isoDate)) throw new CardError("card/bad_argument", "Expected a YYYY-MM-DD date.");
  return encodeTlv(tag, asciiBytes(isoDate.replaceAll("-", "")));
}

/** @throws {CardError} `card/malformed_answer` */
export function decodeDate(bytes: Uint8Array, what: string): string {
  const digits = bytes.length === 8 ? readText(bytes, asciiText, what) : "";
  const isoDate = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
  if (!isIsoDate(isoDate)) throw malformed(what);
  return isoDate;
}

/** Four digits, a month and a day that may exist. No calendar is consulted. */
export function isIsoDate(text: string): boolean {
  return /^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$/.test(text);
}

/** A copy of exactly `bytes` bytes. @throws {CardError} `card/malformed_answer` */
export function decodeExactly(
  field: Uint8Array | undefined,
  bytes: number,
  what: string,
): Uint8Array {
  if (field?.length !== bytes) throw malformed(what);
  return field.slice();
}

/** A field of exactly `bytes` bytes. @throws {CardError} `card/bad_argument` */
export function encodeExactly(tag: number, field: Uint8Array, bytes: number): Uint8Array {
  if (field.length !== bytes)
    throw new CardError("card/bad_argument", `This field is exactly ${bytes} bytes.`);
  return encodeTlv(tag, field);
}

function readText(bytes: Uint8Array, read: (bytes: Uint8Array) => string, what: string): string {
  try {
    return read(bytes);
  } catch (error) {
    if (error instanceof BytesError) throw malformed(what, error);
    throw error;
  }
}
