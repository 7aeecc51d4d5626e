import { asciiBytes, Secret } from "@lanyard/bytes";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WireError } from "./errors.ts";
import { decodeRelease, encodeRelease } from "./release.ts";

const FIRST = "ABCDEFGH";
const NEXT = "12345678";

function secret(text: string): Secret {
  return new Secret(asciiBytes(text));
}

describe("a release is one flag byte and eight bytes for each PUK", () => {
  // biome-ignore format: the columns are the documentation
  test.each([
    ["the candidate alone",      FIRST,     undefined, "01 4142434445464748"],
    ["the next one alone",       undefined, NEXT,      "02 3132333435363738"],
    ["candidate, then next one", FIRST,     NEXT,      "03 4142434445464748 3132333435363738"],
  ])("%s", (_, candidate, next, expected) => {
    const puks = {
      candidate: candidate === undefined ? undefined : secret(candidate),
      next: next === undefined ? undefined : secret(next),
    };
    const bytes = encodeRelease(puks);
    expect(Buffer.from(bytes).toString("hex")).toBe(expected.replaceAll(" ", ""));
    const decoded = decodeRelease(bytes);
    const text = (puk: Secret | undefined) => puk && Buffer.from(puk.reveal()).toString();
    expect(text(decoded.candidate)).toBe(candidate);
    expect(text(decoded.next)).toBe(next);
  });

  test("what is decoded are copies: wiping the bytes leaves the secrets", () => {
    const bytes = encodeRelease({ candidate: secret(FIRST), next: undefined });
    const { candidate } = decodeRelease(bytes);
    bytes.fill(0);
    expect(Buffer.from(candidate?.reveal() ?? []).toString()).toBe(FIRST);
  });

  // biome-ignore format: the columns are the documentation
  test.each([
    ["nothing",                     ""],
    ["no PUK",                      "00"],
    ["an unknown flag",             "04 4142434445464748"],
    ["an unknown flag beside",      "07 4142434445464748 3132333435363738"],
    ["one byte short",              "01 41424344454647"],
    ["one byte long",               "01 4142434445464748 00"],
    ["one PUK where two are said",  "03 4142434445464748"],
    ["two where one is said",       "01 4142434445464748 3132333435363738"],
  ])("refused: %s", (_, text) => {
    const bytes = Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
    const attempt = () => decodeRelease(bytes);
    expect(attempt).toThrowError(expect.objectContaining({ code: "wire/not_a_message" }));
  });

  test("hostile bytes decode or are refused, and never repeat themselves in the refusal", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          const { candidate, next } = decodeRelease(bytes);
          const count = [candidate, next].filter(Boolean).length;
          expect(bytes.length).toBe(1 + 8 * count);
        } catch (error) {
          if (!(error instanceof WireError)) throw error;
          expect(error.message).toBe("The release has the wrong length.");
        }
      }),
      { numRuns: 1000 },
    );
  });
});
