import { concatBytes } from "./bytes.ts";
import { BytesError } from "./errors.ts";

/** One BER-TLV data object [7816-4 §5.2.2]. `tag` is the tag's bytes read as one number: 0x5c, 0x7f49, 0x5fc102. */
export interface Tlv {
  readonly tag: number;
  readonly value: Uint8Array;
}

/**
 * Reads every data object in `bytes`, one level deep. Values are views, not copies: nothing is allocated
 * beyond what came in. Padding bytes (00 or ff) between objects are not skipped: PIV has none.
 *
 * @throws {BytesError} `bytes/tlv_truncated` | `bytes/tlv_tag_too_long` over 3 bytes | `bytes/tlv_length_unsupported`
 */
export function parseTlvs(bytes: Uint8Array): readonly Tlv[] {
  const objects: Tlv[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const tag = readTag(bytes, offset);
    const length = readLength(bytes, tag.next);
    const end = length.next + length.value;
    if (end > bytes.length) throw truncated();
    objects.push({ tag: tag.value, value: bytes.subarray(length.next, end) });
    offset = end;
  }
  return objects;
}

/** The first object with this tag, or `undefined`. */
export function findTlv(objects: readonly Tlv[], tag: number): Uint8Array | undefined {
  return objects.find((object) => object.tag === tag)?.value;
}

/**
 * Writes one data object with the shortest length form.
 *
 * @throws {BytesError} `bytes/tlv_length_unsupported` over 65535 bytes
 */
export function encodeTlv(tag: number, ...values: readonly Uint8Array[]): Uint8Array {
  const value = concatBytes(...values);
  return concatBytes(tagBytes(tag), lengthBytes(value.length), value);
}

function tagBytes(tag: number): Uint8Array {
  if (tag <= 0xff) return new Uint8Array([tag]);
  if (tag <= 0xffff) return new Uint8Array([tag >> 8, tag & 0xff]);
  return new Uint8Array([tag >> 16, (tag >> 8) & 0xff, tag & 0xff]);
}

function lengthBytes(length: number): Uint8Array {
  if (length < 0x80) return new Uint8Array([length]);
  if (length <= 0xff) return new Uint8Array([0x81, length]);
  if (length <= 0xffff) return new Uint8Array([0x82, length >> 8, length & 0xff]);
  throw new BytesError("bytes/tlv_length_unsupported", "A data object is 65535 bytes at most.");
}

interface Read {
  readonly value: number;
  readonly next: number;
}

function readTag(bytes: Uint8Array, offset: number): Read {
  let value = byteAt(bytes, offset);
  let next = offset + 1;
  if ((value & 0x1f) !== 0x1f) return { value, next };
  for (;;) {
    if (next - offset >= 3)
      throw new BytesError("bytes/tlv_tag_too_long", "A tag is three bytes at most.");
    const more = byteAt(bytes, next);
    value = value * 256 + more;
    next += 1;
    if ((more & 0x80) === 0) return { value, next };
  }
}

function readLength(bytes: Uint8Array, offset: number): Read {
  const first = byteAt(bytes, offset);
  if (first < 0x80) return { value: first, next: offset + 1 };
  const count = first & 0x7f;
  if (count < 1 || count > 3)
    throw new BytesError("bytes/tlv_length_unsupported", "Lengths take one to four bytes.");
  let value = 0;
  for (let index = 1; index <= count; index += 1)
    value = value * 256 + byteAt(bytes, offset + index);
  return { value, next: offset + 1 + count };
}

function byteAt(bytes: Uint8Array, offset: number): number {
  const byte = bytes[offset];
  if (byte === undefined) throw truncated();
  return byte;
}

function truncated(): BytesError {
  return new BytesError("bytes/tlv_truncated", "The data object is cut short.");
}
