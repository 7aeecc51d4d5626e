import { asciiText, Secret } from "@lanyard/bytes";

/**
 * A posted form, kept as bytes: no string is ever made of a passcode. Call `wipe()` in a `finally`; it clears
 * everything that was not handed out.
 */
export interface FormBytes {
  /** A field that is not secret: ASCII only, `undefined` when it is missing or anything else. */
  text(name: string): string | undefined;
  /** Takes a secret field out of the form: the caller wipes it from here on. Missing: empty. */
  takeSecret(name: string): Secret;
  wipe(): void;
}

const BYTE = { ampersand: 0x26, equals: 0x3d, plus: 0x2b, percent: 0x25, space: 0x20 } as const;

/** More fields than any form of ours has. */
const MAX_FIELDS = 16;

/**
 * Reads `application/x-www-form-urlencoded` [HTML] from bytes to bytes. `undefined` when it is malformed, names a field
 * twice, or has too many. Copies; the caller wipes `body`.
 */
export function parseFormBytes(body: Uint8Array): FormBytes | undefined {
  const fields = new Map<string, Uint8Array>();
  const wipe = (): void => {
    for (const value of fields.values()) value.fill(0);
    fields.clear();
  };
  if (!readFields(body, fields)) {
    wipe();
    return undefined;
  }
  return {
    text: (name) => textOf(fields.get(name)),
    takeSecret: (name) => {
      const value = fields.get(name) ?? new Uint8Array(0);
      fields.delete(name);
      return new Secret(value);
    },
    wipe,
  };
}

function readFields(body: Uint8Array, fields: Map<string, Uint8Array>): boolean {
  let start = 0;
  while (start < body.length) {
    const found = body.indexOf(BYTE.ampersand, start);
    const end = found < 0 ? body.length : found;
    if (!readField(body.subarray(start, end), fields)) return false;
    start = end + 1;
  }
  return true;
}

function readField(field: Uint8Array, fields: Map<string, Uint8Array>): boolean {
  const equals = field.indexOf(BYTE.equals);
  if (equals < 1 || fields.size >= MAX_FIELDS) return false;
  const name = textOf(percentDecode(field.subarray(0, equals)));
  if (name === undefined || fields.has(name)) return false;
  const value = percentDecode(field.subarray(equals + 1));
  if (value === undefined) return false;
  fields.set(name, value);
  return true;
}

/** `undefined` for a percent sign without two hex digits. The result is exactly one copy. */
function percentDecode(encoded: Uint8Array): Uint8Array | undefined {
  let length = encoded.length;
  for (const byte of encoded) if (byte === BYTE.percent) length -= 2;
  if (length < 0) return undefined;
  const decoded = new Uint8Array(length);
  let from = 0;
  for (let to = 0; to < length; to += 1) {
    const byte = encoded[from] ?? 0;
    if (byte !== BYTE.percent) {
      decoded[to] = byte === BYTE.plus ? BYTE.space : byte;
      from += 1;
      continue;
    }
    const value = hexPair(encoded[from + 1], encoded[from + 2]);
    if (value === undefined) return refused(decoded);
    decoded[to] = value;
    from += 3;
  }
  return from === encoded.length ? decoded : refused(decoded);
}

function refused(decoded: Uint8Array): undefined {
  decoded.fill(0);
  return undefined;
}

function hexPair(high: number | undefined, low: number | undefined): number | undefined {
  const [left, right] = [hexDigit(high), hexDigit(low)];
  return left === undefined || right === undefined ? undefined : left * 16 + right;
}

function hexDigit(byte: number | undefined): number | undefined {
  if (byte === undefined) return undefined;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : undefined;
}

function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes?.every((byte) => byte >= 0x20 && byte < 0x7f) === true
    ? asciiText(bytes)
    : undefined;
}
