import { describe, expect, test } from "vitest";
import { STATUS_WORDS, statusEffect, statusName, triesLeftFrom } from "./status-words.ts";

// Written out on purpose, not derived: what the unlock protocol relies on.
const NOT_APPLIED = [
  0x6300, 0x6983, 0x6984, 0x6982, 0x6985, 0x6a80, 0x6a88, 0x6a86, 0x6700, 0x6d00, 0x6e00,
];

describe("status words [7816-4 §5.6]", () => {
  test("9000 is the only word that says it was done", () => {
    const applied = everyWord().filter((word) => statusEffect(word) === "applied");
    expect(applied).toEqual([0x9000]);
  });

  test("exactly the listed refusals, and 63c0 to 63cf, say it was not done", () => {
    const tries = Array.from({ length: 16 }, (_, left) => 0x63c0 + left);
    const refusals = everyWord().filter((word) => statusEffect(word) === "not_applied");
    expect(refusals).toEqual([...NOT_APPLIED, ...tries].toSorted((left, right) => left - right));
  });

  test.each([
    0x6581, 0x6500, 0x65ff, 0x6f00, 0x6f01, 0x6400, 0x6200, 0x6a82, 0x0000, 0xffff, 0x9001, 0x63d0,
    0x63b5,
  ])("%i may mean it was done: unknown", (word) => {
    expect(statusEffect(word)).toBe("unknown");
  });

  test("61xx and 6cxx are no ends", () => {
    expect([0x6100, 0x61ff].map(statusEffect)).toEqual(["more", "more"]);
    expect([0x6c00, 0x6cff].map(statusEffect)).toEqual(["wrong_length", "wrong_length"]);
  });

  test("a word no row stands for is unlisted, never a guess", () => {
    expect(statusName(0x6283)).toBe("unlisted");
    expect(statusName(0x19000)).toBe("unlisted");
    expect(statusName(-1)).toBe("unlisted");
    expect(statusName(Number.NaN)).toBe("unlisted");
  });

  test("[PIV-2 §3.2.1] tries left are the last digit of 63cx, and of nothing else", () => {
    expect([0x63c0, 0x63c3, 0x63cf].map(triesLeftFrom)).toEqual([0, 3, 15]);
    expect([0x6300, 0x63d3, 0x9003, 0x6983].map(triesLeftFrom)).toEqual(Array(4).fill(undefined));
  });

  test("a row's exact word finds that row: none hides another", () => {
    for (const row of STATUS_WORDS) expect(statusName(row.word)).toBe(row.name);
  });
});

function everyWord(): readonly number[] {
  return Array.from({ length: 0x10000 }, (_, word) => word);
}
