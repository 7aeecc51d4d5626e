import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BytesError } from "./errors.ts";
import { fromHex } from "./hex.ts";
import { encodeTlv, findTlv, parseTlvs } from "./tlv.ts";

const tags = fc.oneof(
  fc.nat(0xff).filter((tag) => (tag & 0x1f) !== 0x1f),
  fc.constantFrom(0x5f2f, 0x5f50, 0x7f49, 0x7f61, 0x5fc102, 0x5fc107),
);

describe("[7816-4 §5.2.2] BER-TLV", () => {
  test.each([
    ["one-byte tag", "5c 01 7e", 0x5c, "7e"],
    ["two-byte tag", "5f2f 02 4010", 0x5f2f, "4010"],
    ["three-byte tag", "5fc102 01 aa", 0x5fc102, "aa"],
    ["a longer length form than needed", "53 82 0001 aa", 0x53, "aa"],
    ["a four-byte length", "53 83 000001 aa", 0x53, "aa"],
  ])("reads a %s", (_, hex, tag, value) => {
    expect(parseTlvs(fromHex(hex))).toEqual([{ tag, value: fromHex(value) }]);
  });

  test.each([
    ["no length", "53", "bytes/tlv_truncated"],
    ["a value cut short", "53 02 aa", "bytes/tlv_truncated"],
    ["a length cut short", "53 82 01", "bytes/tlv_truncated"],
    ["a tag cut short", "5f", "bytes/tlv_truncated"],
    ["a length of 16 MiB and nothing behind it", "53 83 ffffff", "bytes/tlv_truncated"],
    ["a tag of four bytes", "5f 81 81 01 00", "bytes/tlv_tag_too_long"],
    ["an indefinite length", "30 80 0000", "bytes/tlv_length_unsupported"],
    ["a length of four length bytes", "53 84 00000001 aa", "bytes/tlv_length_unsupported"],
  ])("refuses %s", (_, hex, code) => {
    expect(() => parseTlvs(fromHex(hex))).toThrowError(expect.objectContaining({ code }));
  });

  test("comes back as it went, several in a row", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ tag: tags, value: fc.uint8Array({ maxLength: 300 }) })),
        (objects) => {
          const parts = objects.map(({ tag, value }) => encodeTlv(tag, value));
          const bytes = Uint8Array.from(parts.flatMap((part) => [...part]));
          expect(parseTlvs(bytes)).toEqual(objects);
        },
      ),
    );
  });

  test.each([0, 0x7f, 0x80, 0xff, 0x100, 0xffff])(
    "a value of %i bytes has the shortest length",
    (bytes) => {
      const encoded = encodeTlv(0x53, new Uint8Array(bytes));
      const header = bytes < 0x80 ? 2 : bytes <= 0xff ? 3 : 4;
      expect(encoded.length).toBe(header + bytes);
      expect(parseTlvs(encoded)[0]?.value.length).toBe(bytes);
    },
  );

  test("a value over 65535 bytes is refused, never cut", () => {
    expect(() => encodeTlv(0x53, new Uint8Array(65_536))).toThrowError(
      expect.objectContaining({ code: "bytes/tlv_length_unsupported" }),
    );
  });

  test("values are views: reading allocates nothing that the sender chose the size of", () => {
    const bytes = fromHex("53 02 aabb");
    expect(parseTlvs(bytes)[0]?.value.buffer).toBe(bytes.buffer);
  });

  test("findTlv gives the first, or undefined", () => {
    const objects = parseTlvs(fromHex("80 01 01  80 01 02"));
    expect(findTlv(objects, 0x80)).toEqual(fromHex("01"));
    expect(findTlv(objects, 0x81)).toBeUndefined();
  });

  test("any bytes are read whole or refused with a typed error", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          const read = parseTlvs(bytes).reduce((total, { value }) => total + value.length, 0);
          expect(read).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          if (!(error instanceof BytesError)) throw error;
        }
      }),
      { numRuns: 5000 },
    );
  });
});
