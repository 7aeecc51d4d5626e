import { BytesError } from "./errors.ts";

const STANDARD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Base64 with padding [RFC4648 §4]. */
export function toBase64(bytes: Uint8Array): string {
  const text = encode(bytes, STANDARD);
  return text.padEnd(text.length + ((4 - (text.length % 4)) % 4), "=");
}

/** Base64url without padding [RFC4648 §5]. */
export function toBase64Url(bytes: Uint8Array): string {
  return encode(bytes, URL_SAFE);
}

/**
 * Reads {@link toBase64}'s form only: padding required, stray bits refused.
 *
 * @throws {BytesError} `bytes/not_base64`
 */
export function fromBase64(text: string): Uint8Array {
  if (text.length % 4 !== 0) throw notBase64();
  return decode(text.replace(/={1,2}$/, ""), STANDARD);
}

/**
 * Reads {@link toBase64Url}'s form only: padding refused, stray bits refused.
 *
 * @throws {BytesError} `bytes/not_base64`
 */
export function fromBase64Url(text: string): Uint8Array {
  return decode(text, URL_SAFE);
}

function encode(bytes: Uint8Array, alphabet: string): string {
  let text = "";
  for (let index = 0; index < bytes.length; index += 3) {
    const group = [bytes[index], bytes[index + 1], bytes[index + 2]];
    const [first = 0, second = 0, third = 0] = group;
    const bits = (first << 16) | (second << 8) | third;
    const digits = bytes.length - index >= 3 ? 4 : bytes.length - index + 1;
    for (let digit = 0; digit < digits; digit += 1)
      text += alphabet[(bits >> (18 - digit * 6)) & 63];
  }
  return text;
}

function decode(digits: string, alphabet: string): Uint8Array {
  if (digits.length % 4 === 1) throw notBase64();
  const bytes = new Uint8Array((digits.length * 3) >> 2);
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const digit of digits) {
    const value = alphabet.indexOf(digit);
    if (value < 0) throw notBase64();
    bits = ((bits << 6) | value) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes[at] = (bits >> held) & 0xff;
    at += 1;
  }
  if ((bits & ((1 << held) - 1)) !== 0) throw notBase64();
  return bytes;
}

function notBase64(): BytesError {
  return new BytesError("bytes/not_base64", "Expected canonical base64.");
}
