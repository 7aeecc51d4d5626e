import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeHint, encodeHint, HINT_MAC_BYTES } from "./hint.ts";

const mac = fc.uint8Array({ minLength: HINT_MAC_BYTES, maxLength: HINT_MAC_BYTES });
const index = fc.nat(0xffff_ffff);

describe("the hint object", () => {
  test("gives back what was written", () => {
    fc.assert(
      fc.property(index, mac, (n, code) => {
        expect(decodeHint(encodeHint({ index: n, mac: code }))).toEqual({ index: n, mac: code });
      }),
    );
  });

  test("from a view into a larger buffer, as Node's Buffers are", () => {
    const whole = new Uint8Array(100).fill(0xff);
    whole.set(encodeHint({ index: 7, mac: new Uint8Array(32).fill(1) }), 50);
    expect(decodeHint(whole.subarray(50, 87))?.index).toBe(7);
    expect(decodeHint(Buffer.from(whole).subarray(50, 87))?.index).toBe(7);
  });

  test("its bytes, written out by hand", () => {
    const bytes = encodeHint({ index: 0x01020304, mac: new Uint8Array(32).fill(9) });
    expect([...bytes.slice(0, 6)]).toEqual([1, 1, 2, 3, 4, 9]);
    expect(bytes).toHaveLength(37);
  });

  test("another length or format is no hint, whatever is in it", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const hint = decodeHint(bytes);
        const isForm = bytes.length === 37 && bytes[0] === 1;
        expect(hint === undefined).toBe(!isForm);
        if (hint !== undefined) expect(encodeHint(hint)).toEqual(bytes);
      }),
    );
    fc.assert(
      fc.property(index, mac, fc.nat(36), (n, code, length) => {
        expect(decodeHint(encodeHint({ index: n, mac: code }).slice(0, length))).toBeUndefined();
      }),
    );
  });
});
