import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromBase64, fromBase64Url, toBase64, toBase64Url } from "./base64.ts";
import { BytesError } from "./errors.ts";
import { asciiBytes, asciiText } from "./text.ts";

describe("base64", () => {
  // The vectors of the standard itself.
  test.each([
    ["", ""],
    ["f", "Zg=="],
    ["fo", "Zm8="],
    ["foo", "Zm9v"],
    ["foob", "Zm9vYg=="],
    ["fooba", "Zm9vYmE="],
    ["foobar", "Zm9vYmFy"],
  ])("[RFC4648 §10] %j is %j", (text, encoded) => {
    expect(toBase64(asciiBytes(text))).toBe(encoded);
    expect(asciiText(fromBase64(encoded))).toBe(text);
    expect(toBase64Url(asciiBytes(text))).toBe(encoded.replaceAll("=", ""));
  });

  test("agrees with Node's, for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
        expect(toBase64Url(bytes)).toBe(Buffer.from(bytes).toString("base64url"));
        expect(fromBase64(toBase64(bytes))).toEqual(bytes);
        expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytes);
      }),
    );
  });

  test.each(["Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zm 9v", "Zm9v\n", "Zm-_", "Zg==Zg=="])(
    "[RFC4648 §4] refuses %j: one value has one form",
    (text) => {
      expect(() => fromBase64(text)).toThrowError(
        expect.objectContaining({ name: "BytesError", code: "bytes/not_base64" }),
      );
    },
  );

  test.each(["Zg==", "Zh", "Z", "Zm+/", "Zm9 "])("[RFC4648 §5] the URL form refuses %j", (text) => {
    expect(() => fromBase64Url(text)).toThrowError(
      expect.objectContaining({ code: "bytes/not_base64" }),
    );
  });

  test("whatever is read is the only text that reads so", () => {
    const nearly = fc.string({ unit: fc.constantFrom(..."ABab01+/-_= \n") });
    fc.assert(
      fc.property(nearly, (text) => {
        try {
          expect(toBase64(fromBase64(text))).toBe(text);
        } catch (error) {
          if (!(error instanceof BytesError)) throw error;
        }
        try {
          expect(toBase64Url(fromBase64Url(text))).toBe(text);
        } catch (error) {
          if (!(error instanceof BytesError)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });
});
