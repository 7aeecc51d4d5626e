import fc from "fast-check";
import { expect, test } from "vitest";
import { frame } from "./framing.ts";
import { fromHex, toHex } from "./hex.ts";

test("the label, then each field behind its two-byte length", () => {
  expect(frame("ab/1", fromHex("0102"), new Uint8Array(0), fromHex("ff"))).toEqual(
    fromHex("61622f31 0002 0102 0000 0001 ff"),
  );
});

test("two different lists of fields never give the same bytes", () => {
  const fields = fc.array(fc.uint8Array({ maxLength: 4 }), { maxLength: 4 });
  fc.assert(
    fc.property(fields, fields, (left, right) => {
      const isSame = JSON.stringify(left.map(toHex)) === JSON.stringify(right.map(toHex));
      expect(toHex(frame("x", ...left)) === toHex(frame("x", ...right))).toBe(isSame);
    }),
    { numRuns: 2000 },
  );
});

test("a field over 65535 bytes is refused, never cut", () => {
  expect(frame("x", new Uint8Array(65_535)).length).toBe(65_538);
  expect(() => frame("x", new Uint8Array(65_536))).toThrowError(
    expect.objectContaining({ code: "bytes/field_too_long" }),
  );
});

test("the label is ASCII", () => {
  expect(() => frame("é")).toThrowError(expect.objectContaining({ code: "bytes/not_ascii" }));
});
