import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesEqual, concatBytes, uint16be, uint32be } from "./bytes.ts";

describe("bytes", () => {
  test("concatBytes keeps order and makes a new array", () => {
    const part = new Uint8Array([1, 2]);
    const whole = concatBytes(part, new Uint8Array(0), new Uint8Array([3]));
    part.fill(9);
    expect(whole).toEqual(new Uint8Array([1, 2, 3]));
    expect(concatBytes()).toEqual(new Uint8Array(0));
  });

  test("bytesEqual is true for the same bytes only", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (left, right) => {
        expect(bytesEqual(left, left.slice())).toBe(true);
        expect(bytesEqual(left, right)).toBe(Buffer.compare(left, right) === 0);
      }),
    );
  });

  test("bytesEqual sees one bit of difference anywhere", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), fc.nat(), fc.nat(7), (left, at, bit) => {
        const right = left.slice();
        const index = at % left.length;
        right[index] = (right[index] ?? 0) ^ (1 << bit);
        expect(bytesEqual(left, right)).toBe(false);
      }),
    );
  });

  test("numbers are written most significant byte first", () => {
    expect(uint16be(0x1234)).toEqual(new Uint8Array([0x12, 0x34]));
    expect(uint16be(0xffff)).toEqual(new Uint8Array([0xff, 0xff]));
    expect(uint32be(0xfedcba98)).toEqual(new Uint8Array([0xfe, 0xdc, 0xba, 0x98]));
  });
});
