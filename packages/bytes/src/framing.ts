import { concatBytes, uint16be } from "./bytes.ts";
import { BytesError } from "./errors.ts";
import { asciiBytes } from "./text.ts";

/**
 * The one framing for everything that is signed, MACed or derived: the ASCII label, then each field as a
 * two-byte big-endian length and its bytes. Two different lists of fields never give the same bytes.
 *
 * @throws {BytesError} `bytes/field_too_long` over 65535 bytes | `bytes/not_ascii` in the label
 */
export function frame(label: string, ...fields: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = [asciiBytes(label)];
  for (const field of fields) {
    if (field.length > 0xffff)
      throw new BytesError("bytes/field_too_long", "A framed field is 65535 bytes at most.");
    parts.push(uint16be(field.length), field);
  }
  return concatBytes(...parts);
}
