import { asciiBytes, Secret } from "@lanyard/bytes";
import { beforeEach, describe, expect, test } from "vitest";
import { type HandTimers, openHandTimers } from "../testing/hand-timers.ts";
import { openVisits, VISIT_TIMES, type Visits } from "./visit-memory.ts";

describe("what the agent remembers of visits", () => {
  let timers: HandTimers;
  let visits: Visits;
  let count: number;

  beforeEach(() => {
    timers = openHandTimers();
    count = 0;
    visits = openVisits(timers, () => {
      count += 1;
      return `token-${count}`;
    });
  });

  const isWiped = (bytes: Uint8Array) => bytes.every((byte) => byte === 0);

  function keep(visit: string): Uint8Array {
    const bytes = asciiBytes("t8w3kf");
    visits.keepPasscode(visits.of(visit), new Secret(bytes));
    return bytes;
  }

  test("a kept passcode is wiped after five minutes, not before", () => {
    const bytes = keep("a");
    timers.advance(VISIT_TIMES.keptPasscodeMs - 1);
    expect(isWiped(bytes)).toBe(false);
    timers.advance(1);
    expect(isWiped(bytes)).toBe(true);
    expect(visits.takePasscode(visits.of("a"))).toBeUndefined();
  });

  test("one that is taken out is its taker's to wipe, and is not wiped under their hands", () => {
    const bytes = keep("a");
    const passcode = visits.takePasscode(visits.of("a"));
    timers.advance(VISIT_TIMES.keptPasscodeMs);
    visits.wipe();
    expect(isWiped(bytes)).toBe(false);
    passcode?.wipe();
    expect(isWiped(bytes)).toBe(true);
  });

  test("a second one replaces and wipes the first; wipe() wipes all", () => {
    const first = keep("a");
    const second = keep("a");
    const other = keep("b");
    expect([isWiped(first), isWiped(second)]).toEqual([true, false]);
    visits.wipe();
    expect([isWiped(second), isWiped(other)]).toEqual([true, true]);
  });

  test("visits are forgotten after twenty minutes, and with them what they kept", () => {
    visits.of("old");
    timers.advance(VISIT_TIMES.memoryMs - 1);
    const bytes = keep("old");
    timers.advance(2);
    visits.of("new");
    expect(visits.find("old")).toBeUndefined();
    expect(isWiped(bytes)).toBe(true);
  });

  test("however many come, memory stays bounded, and a running one is not dropped", () => {
    visits.of("running").running = new Promise(() => undefined);
    for (let index = 0; index < 200; index += 1) visits.of(`visit-${index}`);
    expect(visits.find("running")).toBeDefined();
    expect(visits.find("visit-0")).toBeUndefined();
    expect(visits.find("visit-199")).toBeDefined();
  });
});
