import { BytesError } from "./errors.ts";

/**
 * One byte a character, 0x00 to 0x7f.
 *
 * @throws {BytesError} `bytes/not_ascii`
 */
export function asciiBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) throw new BytesError("bytes/not_ascii", "Expected ASCII characters only.");
    bytes[index] = code;
  }
  return bytes;
}

/**
 * The reverse of {@link asciiBytes}.
 *
 * @throws {BytesError} `bytes/not_ascii`
 */
export function asciiText(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    if (byte > 0x7f) throw new BytesError("bytes/not_ascii", "Expected ASCII bytes only.");
    text += String.fromCharCode(byte);
  }
  return text;
}

/** UTF-8 [RFC3629]. A lone surrogate becomes U+FFFD, as `TextEncoder` has it. */
export function utf8Bytes(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    pushUtf8(bytes, code >= 0xd800 && code <= 0xdfff ? 0xfffd : code);
  }
  return Uint8Array.from(bytes);
}

function pushUtf8(bytes: number[], code: number): void {
  if (code < 0x80) bytes.push(code);
  else if (code < 0x800) bytes.push(0xc0 | (code >> 6), tail(code));
  else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), tail(code >> 6), tail(code));
  else bytes.push(0xf0 | (code >> 18), tail(code >> 12), tail(code >> 6), tail(code));
}

function tail(bits: number): number {
  return 0x80 | (bits & 0x3f);
}

/**
 * Strict: over-long forms, surrogates and truncated sequences are refused.
 *
 * @throws {BytesError} `bytes/not_utf8`
 */
export function utf8Text(bytes: Uint8Array): string {
  let percent = "";
  for (const byte of bytes) percent += `%${byte.toString(16).padStart(2, "0")}`;
  try {
    return decodeURIComponent(percent);
  } catch {
    throw new BytesError("bytes/not_utf8", "Expected UTF-8.");
  }
}
