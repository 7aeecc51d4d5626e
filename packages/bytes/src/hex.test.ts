import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BytesError } from "./errors.ts";
import { fromHex, toHex } from "./hex.ts";

describe("hex", () => {
  test("writes lower case, two digits a byte", () => {
    expect(toHex(new Uint8Array([0x00, 0x0f, 0xa0, 0xff]))).toBe("000fa0ff");
  });

  test("reads either case and white space between bytes", () => {
    expect(fromHex("00 0f\nA0 fF")).toEqual(new Uint8Array([0x00, 0x0f, 0xa0, 0xff]));
  });

  test.each(["0", "0g", "0x00", "é0", "-1"])("refuses %j", (text) => {
    expect(() => fromHex(text)).toThrowError(
      expect.objectContaining({ name: "BytesError", code: "bytes/not_hex" }),
    );
  });

  test("comes back as it went, for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(fromHex(toHex(bytes))).toEqual(bytes);
      }),
    );
  });

  test("any text is read or refused with a typed error", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        try {
          expect(toHex(fromHex(text))).toBe(text.replace(/\s+/g, "").toLowerCase());
        } catch (error) {
          if (!(error instanceof BytesError)) throw error;
        }
      }),
    );
  });
});
