import { describe, expect, test } from "vitest";
import { freshRegisters, type PukRegisters } from "../registers.ts";
import { beginRotation, mayRotate, type RotationEvent, stepRotation } from "./rotation.ts";

const CLEAN: PukRegisters = { ...freshRegisters(15), n: 4, hi: 4 };
const IN_DOUBT: PukRegisters = { ...CLEAN, hi: 5, tried: 4 };

function run(events: readonly RotationEvent[], registers = CLEAN) {
  let outcome = { rotation: beginRotation("desk-1"), registers, isDue: true };
  for (const event of events) {
    const next = stepRotation(outcome, event);
    if (next === undefined) throw new Error(`${event.type} in ${outcome.rotation.phase}`);
    outcome = next;
  }
  return outcome;
}

const AUTHORISED: RotationEvent = { type: "authorised" };
const REFUSED: RotationEvent = { type: "puk_refused", triesLeft: 14 };

describe("the second touch (unlock-protocol 2.4)", () => {
  test("is for another desk than the one that knows the PUK, and for cards that can", () => {
    const at = (desk: string, change: Partial<PukRegisters> = {}, pukChangeable = true) =>
      mayRotate("desk-1", desk, { registers: { ...CLEAN, ...change }, pukChangeable });
    expect(at("desk-2")).toBe(true);
    expect(at("desk-1")).toBe(false);
    expect(at("desk-2", {}, false)).toBe(false);
    expect(at("desk-2", { frozen: true })).toBe(false);
    expect(at("desk-2", { triesLeft: 2 })).toBe(false);
    expect(at("desk-2", { hi: 5, refused: 4 })).toBe(false);
    expect(mayRotate(undefined, "desk-2", { registers: CLEAN, pukChangeable: true })).toBe(false);
  });

  test("both indices are in the registers before they leave", () => {
    expect(run([AUTHORISED])).toMatchObject({
      rotation: { phase: "released", candidate: 4, next: 5, isSure: true },
      registers: { n: 4, hi: 5, exposed: true },
    });
  });

  test("9000: what the first PC knows opens nothing any more", () => {
    expect(run([AUTHORISED, { type: "applied" }])).toMatchObject({
      rotation: { phase: "rotated" },
      registers: { n: 5, hi: 5, exposed: false },
      isDue: false,
    });
  });

  test("63Cx to the only PUK it can hold: an incident, frozen, one try gone", () => {
    expect(run([AUTHORISED, REFUSED])).toMatchObject({
      rotation: { phase: "incident", firstDesk: "desk-1" },
      registers: { frozen: true, triesLeft: 14 },
      isDue: false,
    });
  });

  test("in doubt: only the doubt is ended, with a PUK that had left already, and no alarm is raised", () => {
    const doubtful = run([AUTHORISED], IN_DOUBT);
    expect(doubtful).toMatchObject({
      rotation: { candidate: 4, next: 5, isSure: false },
      registers: { hi: 5 },
    });
    const moved = run([AUTHORISED, { type: "applied" }], IN_DOUBT);
    expect(moved).toMatchObject({ registers: { n: 5, hi: 5, exposed: true }, isDue: true });
    const refused = run([AUTHORISED, REFUSED], IN_DOUBT);
    expect(refused).toMatchObject({
      rotation: { phase: "refused" },
      registers: { n: 4, hi: 5, refused: 4, frozen: false },
      isDue: true,
    });
  });

  test("in doubt it counts as a try lost until the card answers (R7)", () => {
    const triesLeft = (events: readonly RotationEvent[]) =>
      run(events, IN_DOUBT).registers.triesLeft;
    expect(triesLeft([AUTHORISED])).toBe(14);
    expect(triesLeft([AUTHORISED, { type: "lost" }])).toBe(14);
    expect(triesLeft([AUTHORISED, { type: "applied" }])).toBe(15);
    expect(triesLeft([AUTHORISED, { type: "not_applied" }])).toBe(15);
    expect(triesLeft([AUTHORISED, REFUSED])).toBe(14);
  });

  test("no answer: both candidates stay, and it is due again", () => {
    const lost = run([AUTHORISED, { type: "lost" }]);
    expect(lost).toMatchObject({ registers: { n: 4, hi: 5, frozen: false }, isDue: true });
  });

  test("never a second try: after any answer nothing more is released", () => {
    const answers: RotationEvent[] = [
      { type: "applied" },
      REFUSED,
      { type: "not_applied" },
      { type: "lost" },
    ];
    for (const answer of answers)
      for (const event of [AUTHORISED, ...answers])
        expect(stepRotation(run([AUTHORISED, answer]), event)).toBeUndefined();
    expect(stepRotation(run([AUTHORISED]), AUTHORISED)).toBeUndefined();
  });
});
