import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BytesError } from "./errors.ts";
import { fromHex } from "./hex.ts";
import { asciiBytes, asciiText, utf8Bytes, utf8Text } from "./text.ts";

describe("ASCII", () => {
  test("comes back as it went", () => {
    const ascii = fc.string({ unit: "binary-ascii" });
    fc.assert(
      fc.property(ascii, (text) => {
        expect(asciiText(asciiBytes(text))).toBe(text);
      }),
    );
  });

  test("anything over 7f is refused both ways", () => {
    const notAscii = expect.objectContaining({ code: "bytes/not_ascii" });
    expect(() => asciiBytes("café")).toThrowError(notAscii);
    expect(() => asciiBytes("😀")).toThrowError(notAscii);
    expect(() => asciiText(new Uint8Array([0x80]))).toThrowError(notAscii);
  });
});

describe("UTF-8", () => {
  test("[RFC3629] writes what TextEncoder writes, lone surrogates included", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) }),
        (text) => {
          expect(utf8Bytes(text)).toEqual(new Uint8Array(new TextEncoder().encode(text)));
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("[RFC3629] reads what a strict TextDecoder reads, and refuses what it refuses", () => {
    const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const nearly = fc.array(
      fc.constantFrom(
        0x00,
        0x41,
        0x80,
        0xbf,
        0xc0,
        0xc2,
        0xe0,
        0xa0,
        0xed,
        0x9f,
        0xef,
        0xbb,
        0xf0,
        0x90,
        0xf4,
        0x8f,
        0xf5,
        0xff,
      ),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          nearly.map((bytes) => Uint8Array.from(bytes)),
          fc.uint8Array(),
        ),
        (bytes) => {
          let expected: string | undefined;
          try {
            expected = strict.decode(bytes);
          } catch {
            expected = undefined;
          }
          let actual: string | undefined;
          try {
            actual = utf8Text(bytes);
          } catch (error) {
            if (!(error instanceof BytesError)) throw error;
          }
          expect(actual).toBe(expected);
        },
      ),
      { numRuns: 5000 },
    );
  });

  test.each([
    ["over-long", "c080"],
    ["a surrogate", "eda080"],
    ["cut short", "e282"],
    ["beyond the last character", "f4908080"],
  ])("[RFC3629 §3] refuses what is %s", (_, hex) => {
    expect(() => utf8Text(fromHex(hex))).toThrowError(
      expect.objectContaining({ code: "bytes/not_utf8" }),
    );
  });
});
