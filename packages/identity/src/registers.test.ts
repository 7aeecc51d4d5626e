import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  candidates,
  freshRegisters,
  grantTry,
  liftByHint,
  type PukRegisters,
  prepareRelease,
  pukAccepted,
  pukNotTried,
  pukRefused,
  pukRotated,
} from "./registers.ts";

const PROFILE = { pukChangeable: true, pukTriesComeBack: true, pukTries: 15 };

function released(registers: PukRegisters, pukChangeable = true) {
  const release = prepareRelease(registers, pukChangeable);
  if (!release.ok) throw new Error(release.reason);
  return release;
}

describe("PUK registers (DESIGN 5, rules R1 to R7)", () => {
  test("R1, R3: from a settled card one release takes n and n+1 along, and hi is raised first", () => {
    const release = released(freshRegisters(15));
    expect(release).toMatchObject({ candidate: 0, next: 1, registers: { n: 0, hi: 1 } });
    expect(candidates(release.registers)).toEqual([0, 1]);
  });

  test("R3: while the card's PUK is in doubt the next one does not leave", () => {
    const doubtful = released(freshRegisters(15)).registers;
    expect(released(doubtful)).toMatchObject({
      candidate: 1,
      next: undefined,
      registers: { hi: 1 },
    });
  });

  test("R4: without an answer the candidates alternate; a refused one is avoided", () => {
    const first = released(freshRegisters(15)).registers;
    const second = released(first);
    const third = released(second.registers);
    expect([second.candidate, third.candidate]).toEqual([1, 0]);
    expect(released(pukRefused(first, 0, 14)).candidate).toBe(1);
    expect(released(pukRefused(first, 1, 14)).candidate).toBe(0);
  });

  test("R7: a release that may be wrong counts as a try lost; one that is sure does not", () => {
    const first = released(freshRegisters(3)).registers;
    expect(first.triesLeft).toBe(3);
    const second = released(first).registers;
    expect(second.triesLeft).toBe(2);
    expect(released(pukRefused(second, 1, 2)).registers.triesLeft).toBe(2);
    const third = released(second).registers;
    expect(prepareRelease(third, true)).toEqual({ ok: false, reason: "tries_floor" });
  });

  test("R4: a PUK that the card did not look at is not passed over the next time", () => {
    const first = released(freshRegisters(15)).registers;
    expect(released(pukNotTried(first, 0, false)).candidate).toBe(0);
    const second = released(first).registers;
    expect(second).toMatchObject({ tried: 1, triesLeft: 14 });
    const again = pukNotTried(second, 1, true);
    expect(again.triesLeft).toBe(15);
    expect(released(again).candidate).toBe(1);
  });

  test("R7: with one try left, or frozen, nothing is released", () => {
    expect(prepareRelease({ ...freshRegisters(15), triesLeft: 1 }, true)).toEqual({
      ok: false,
      reason: "tries_floor",
    });
    expect(prepareRelease({ ...freshRegisters(15), frozen: true }, true)).toEqual({
      ok: false,
      reason: "frozen",
    });
  });

  test("both candidates refused: frozen; one refused: not", () => {
    const doubtful = released(freshRegisters(15)).registers;
    const once = pukRefused(doubtful, 0, 14);
    expect(once.frozen).toBe(false);
    expect(pukRefused(once, 1, 13)).toMatchObject({ frozen: true, triesLeft: 13 });
  });

  test("a card whose PUK cannot be changed never raises hi", () => {
    const release = released(freshRegisters(3), false);
    expect(release).toMatchObject({ candidate: 0, next: undefined, registers: { n: 0, hi: 0 } });
    const accepted = pukAccepted(release.registers, 0, { ...PROFILE, pukChangeable: false });
    expect(accepted).toMatchObject({ n: 0, hi: 0 });
  });

  test("tries are told by the card, never guessed upwards unless its model gives them back", () => {
    const low = { ...freshRegisters(15), triesLeft: 5 };
    expect(pukRefused(low, 0, 9).triesLeft).toBe(5);
    expect(pukAccepted(low, 0, { ...PROFILE, pukTriesComeBack: false }).triesLeft).toBe(5);
    expect(pukAccepted(low, 0, PROFILE).triesLeft).toBe(15);
  });

  test("a hint makes good what a fail-over forgot: the card holds it, or the next one", () => {
    const forgotten = freshRegisters(15);
    expect(liftByHint(forgotten, 0)).toMatchObject({ n: 0, hi: 1, exposed: true });
    expect(liftByHint(forgotten, 4)).toMatchObject({ n: 4, hi: 5, exposed: true });
  });

  test("a hint that tells nothing new changes nothing, not even a freeze", () => {
    const settled = { ...freshRegisters(15), n: 3, hi: 3 };
    const doubtful = released(settled).registers;
    expect(liftByHint(settled, 2)).toBe(settled);
    expect(liftByHint(doubtful, 3)).toBe(doubtful);
    const frozen = { ...doubtful, frozen: true };
    expect(liftByHint(frozen, 3)).toBe(frozen);
  });

  test("a hint that brings a new candidate lifts the freeze, and what was refused stays refused", () => {
    const frozen = pukRefused(freshRegisters(15), 0, 14);
    expect(frozen.frozen).toBe(true);
    const lifted = liftByHint(frozen, 0);
    expect(lifted).toMatchObject({ frozen: false, refused: 0 });
    expect(released(lifted)).toMatchObject({ candidate: 1, next: undefined });
  });

  test("what was refused below the hint is forgotten, and the PUK after it is tried first", () => {
    const old = { ...freshRegisters(15), hi: 1, refused: 0, tried: 1 };
    expect(liftByHint(old, 2)).toMatchObject({ n: 2, refused: undefined, tried: 2 });
  });

  describe("a supervisor's word on a frozen card", () => {
    const frozen = { ...freshRegisters(15), n: 3, hi: 4, refused: 4, frozen: true, triesLeft: 13 };

    test("is for frozen cards, and for indices there are", () => {
      expect(grantTry({ ...frozen, frozen: false }, "next")).toBeUndefined();
      expect(grantTry({ ...frozen, n: 0, hi: 0 }, "previous")).toBeUndefined();
    });

    test("previous: that one PUK, once; its 9000 thaws the card, and the next PUK is the known one", () => {
      const granted = grantTry(frozen, "previous") ?? frozen;
      const release = prepareRelease(granted, true);
      expect(release).toMatchObject({ ok: true, candidate: 2, next: undefined });
      if (!release.ok) return;
      expect(release.registers).toMatchObject({ n: 3, hi: 4, frozen: true, granted: undefined });
      expect(prepareRelease(release.registers, true)).toMatchObject({ reason: "frozen" });
      const accepted = pukAccepted(release.registers, 2, PROFILE);
      expect(accepted).toMatchObject({ n: 3, hi: 4, frozen: false });
    });

    test("next: the registers rise to it before it leaves, and never hold more than two", () => {
      const release = prepareRelease(grantTry(frozen, "next") ?? frozen, true);
      expect(release).toMatchObject({ candidate: 5, registers: { n: 4, hi: 5, frozen: true } });
      if (!release.ok) return;
      const accepted = pukAccepted(release.registers, 5, PROFILE);
      expect(accepted).toMatchObject({ n: 5, hi: 6, frozen: false });
      const refused = pukRefused(release.registers, 5, 12);
      expect(prepareRelease(refused, true)).toMatchObject({ reason: "frozen" });
    });

    test("R7: also on the last try, and never without one", () => {
      const low = { ...frozen, triesLeft: 1 };
      expect(prepareRelease(grantTry(low, "next") ?? low, true)).toMatchObject({ candidate: 5 });
      const none = { ...frozen, triesLeft: 0 };
      expect(prepareRelease(grantTry(none, "next") ?? none, true)).toMatchObject({ ok: false });
    });
  });

  test("R2: whatever is told, in whatever order, late or twice, n and hi only rise", () => {
    const step = fc.record({
      kind: fc.constantFrom("accepted", "rotated", "refused", "release", "hint"),
      index: fc.nat({ max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let registers = freshRegisters(15);
        for (const { kind, index } of steps) {
          const after = apply(registers, kind, index);
          expect(after.n).toBeGreaterThanOrEqual(registers.n);
          expect(after.hi).toBeGreaterThanOrEqual(registers.hi);
          expect(after.hi).toBeGreaterThanOrEqual(after.n);
          registers = after;
        }
      }),
    );
  });
});

function apply(registers: PukRegisters, kind: string, index: number): PukRegisters {
  if (kind === "accepted") return pukAccepted(registers, index, PROFILE);
  if (kind === "rotated") return pukRotated(registers, index);
  if (kind === "refused") return pukRefused(registers, index, 10);
  if (kind === "hint") return liftByHint(registers, index);
  const release = prepareRelease(registers, true);
  return release.ok ? release.registers : registers;
}
