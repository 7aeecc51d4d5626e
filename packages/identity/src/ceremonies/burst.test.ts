import { describe, expect, test } from "vitest";
import { type BurstEvent, type BurstPhase, beginBurst, stepBurst } from "./burst.ts";

function phases(start: ReturnType<typeof beginBurst>, events: readonly BurstEvent[]): BurstPhase[] {
  const seen: BurstPhase[] = [start.phase];
  let burst = start;
  for (const event of events) {
    burst = stepBurst(burst, event);
    seen.push(burst.phase);
  }
  return seen;
}

const SAME: BurstEvent = { type: "same_card" };
const APPLIED: BurstEvent = { type: "applied" };
const NOT_APPLIED: BurstEvent = { type: "not_applied" };
const UNKNOWN: BurstEvent = { type: "unknown" };
const NEXT: BurstEvent = { type: "released", canRotate: true };
const OTHER: BurstEvent = { type: "released", canRotate: false };

describe("the burst on the holder's card (DESIGN 5)", () => {
  test("both PUKs in hand: reset, rotate, power cycle, 9E again, verify, sign", () => {
    const events = [SAME, APPLIED, APPLIED, APPLIED, SAME, APPLIED, APPLIED];
    expect(phases(beginBurst(true, true), events)).toEqual([
      "recheck",
      "reset",
      "rotate",
      "power_cycle",
      "recheck_after",
      "verify",
      "sign",
      "done",
    ]);
  });

  test("in doubt: after 9000 it waits for the next PUK before it rotates", () => {
    expect(phases(beginBurst(true, false), [SAME, APPLIED, NEXT])).toEqual([
      "recheck",
      "reset",
      "await_release",
      "rotate",
    ]);
  });

  test("a refused PUK waits for the other, and the card must prove itself again first", () => {
    expect(phases(beginBurst(true, true), [SAME, NOT_APPLIED, OTHER, SAME])).toEqual([
      "recheck",
      "reset",
      "await_release",
      "recheck",
      "reset",
    ]);
  });

  test("a card whose PUK cannot be changed is never asked to", () => {
    expect(phases(beginBurst(false, false), [SAME, APPLIED])).toEqual([
      "recheck",
      "reset",
      "power_cycle",
    ]);
  });

  test("a lost answer to RESET stops it: the command is never sent again", () => {
    expect(phases(beginBurst(true, true), [SAME, UNKNOWN, APPLIED, SAME]).slice(2)).toEqual([
      "stopped",
      "stopped",
      "stopped",
    ]);
  });

  test("a card that is not the same one stops it, before and after the power cycle", () => {
    expect(phases(beginBurst(true, true), [NOT_APPLIED])).toEqual(["recheck", "stopped"]);
    const cycled = [SAME, APPLIED, APPLIED, APPLIED, NOT_APPLIED];
    expect(phases(beginBurst(true, true), cycled).at(-1)).toBe("stopped");
  });

  test("an answer to CHANGE that may mean either does not stop the proof of the passcode", () => {
    expect(phases(beginBurst(true, true), [SAME, APPLIED, UNKNOWN]).at(-1)).toBe("power_cycle");
  });
});
