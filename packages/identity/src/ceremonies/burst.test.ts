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

const BOTH = beginBurst({ pukChangeable: true, canRotate: true, hint: false });
const IN_DOUBT = beginBurst({ pukChangeable: true, canRotate: false, hint: false });
const FIXED = beginBurst({ pukChangeable: false, canRotate: false, hint: true });
const HINTING = beginBurst({ pukChangeable: true, canRotate: true, hint: true });

const SAME: BurstEvent = { type: "same_card" };
const APPLIED: BurstEvent = { type: "applied" };
const NOT_APPLIED: BurstEvent = { type: "not_applied" };
const UNKNOWN: BurstEvent = { type: "unknown" };
const NEXT: BurstEvent = { type: "released", canRotate: true };
const OTHER: BurstEvent = { type: "released", canRotate: false };

describe("the burst on the holder's card (DESIGN 5)", () => {
  test("both PUKs in hand: reset, rotate, power cycle, 9E again, verify, sign", () => {
    const events = [SAME, APPLIED, APPLIED, APPLIED, SAME, APPLIED, APPLIED];
    expect(phases(BOTH, events)).toEqual([
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
    expect(phases(IN_DOUBT, [SAME, APPLIED, NEXT])).toEqual([
      "recheck",
      "reset",
      "await_next",
      "rotate",
    ]);
  });

  test("the next PUK never comes: the passcode is proven all the same", () => {
    const events = [SAME, APPLIED, UNKNOWN, APPLIED, SAME];
    expect(phases(IN_DOUBT, events).slice(-3)).toEqual(["power_cycle", "recheck_after", "verify"]);
  });

  test("room for the hint: it is on the card before the PUK is changed", () => {
    const events = [SAME, APPLIED, APPLIED, { type: "hinted", canRotate: false } as const, APPLIED];
    expect(phases(HINTING, events).slice(2)).toEqual([
      "hint_challenge",
      "await_hint",
      "hint_write",
      "rotate",
    ]);
  });

  test("whatever goes wrong with the hint, the unlock goes on without it", () => {
    const HINTED: BurstEvent = { type: "hinted", canRotate: false };
    for (const events of [[NOT_APPLIED], [UNKNOWN], [APPLIED, HINTED, UNKNOWN]])
      expect(phases(HINTING, [SAME, APPLIED, ...events]).at(-1)).toBe("rotate");
  });

  test("no hint from the server: it may have forgotten the release, so the PUK stays", () => {
    const NO_HINT: BurstEvent = { type: "not_hinted", canRotate: true };
    expect(phases(HINTING, [SAME, APPLIED, APPLIED, NO_HINT]).at(-1)).toBe("power_cycle");
  });

  test("in doubt, with room for the hint: the next PUK may come while the hint is waited for", () => {
    const start = { ...HINTING, canRotate: false };
    const came: BurstEvent = { type: "hinted", canRotate: true };
    expect(phases(start, [SAME, APPLIED, APPLIED, came, APPLIED]).at(-1)).toBe("rotate");
    const later: BurstEvent = { type: "hinted", canRotate: false };
    expect(phases(start, [SAME, APPLIED, APPLIED, later, APPLIED]).at(-1)).toBe("await_next");
  });

  test("a refused PUK waits for the other, and the card must prove itself again first", () => {
    expect(phases(BOTH, [SAME, NOT_APPLIED, OTHER, SAME])).toEqual([
      "recheck",
      "reset",
      "await_release",
      "recheck",
      "reset",
    ]);
  });

  test("a card whose PUK cannot be changed is never asked to", () => {
    expect(phases(FIXED, [SAME, APPLIED])).toEqual(["recheck", "reset", "power_cycle"]);
  });

  test("a lost answer to RESET stops it: the command is never sent again", () => {
    expect(phases(BOTH, [SAME, UNKNOWN, APPLIED, SAME]).slice(2)).toEqual([
      "stopped",
      "stopped",
      "stopped",
    ]);
  });

  test("a card that is not the same one stops it, before and after the power cycle", () => {
    expect(phases(BOTH, [NOT_APPLIED])).toEqual(["recheck", "stopped"]);
    const cycled = [SAME, APPLIED, APPLIED, APPLIED, NOT_APPLIED];
    expect(phases(BOTH, cycled).at(-1)).toBe("stopped");
  });

  test("an answer to CHANGE that may mean either does not stop the proof of the passcode", () => {
    expect(phases(BOTH, [SAME, APPLIED, UNKNOWN]).at(-1)).toBe("power_cycle");
  });
});
