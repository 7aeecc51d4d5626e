import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { freshRegisters } from "../registers.ts";
import type { CardProfile } from "../smartcard.ts";
import {
  beginUnlock,
  isOver,
  isReleased,
  stepUnlock,
  type UnlockContext,
  type UnlockEvent,
  type UnlockOutcome,
} from "./unlock.ts";

const PROFILE: CardProfile = {
  name: "care",
  passcodeRule: "alphanumeric-4-8",
  passcodeTries: 3,
  pukTries: 15,
  pukChangeable: true,
  pukTriesComeBack: true,
  hint: false,
};

const START: UnlockContext = {
  ceremony: beginUnlock("blocked"),
  registers: freshRegisters(15),
  profile: PROFILE,
};

const TO_RELEASE: readonly UnlockEvent[] = [
  { type: "person_confirmed", evidence: "photo" },
  { type: "operation_chosen" },
  { type: "authorised" },
];

/** Runs events; throws when one is out of order. */
function run(events: readonly UnlockEvent[], start: UnlockContext = START): UnlockOutcome {
  let outcome: UnlockOutcome = { ...start, commands: [] };
  for (const event of events) {
    const next = stepUnlock({ ...outcome, profile: start.profile }, event);
    if (next === undefined) throw new Error(`${event.type} in ${outcome.ceremony.phase}`);
    outcome = next;
  }
  return outcome;
}

describe("the unlock's table (DESIGN 5)", () => {
  test("the straight way: one release of both PUKs, verified by the closing signature only", () => {
    const released = run(TO_RELEASE);
    expect(released.ceremony.phase).toBe("released");
    expect(released.commands).toEqual([{ type: "release", candidate: 0, next: 1 }]);
    const set = run([...TO_RELEASE, { type: "puk_accepted", index: 0 }]);
    expect(set).toMatchObject({ ceremony: { phase: "pin_set" }, registers: { n: 0, hi: 1 } });
    const done = run([
      ...TO_RELEASE,
      { type: "puk_accepted", index: 0 },
      { type: "rotation_answered", applied: true },
      { type: "proof_valid" },
    ]);
    expect(done).toMatchObject({
      ceremony: { phase: "verified" },
      registers: { n: 1, hi: 1, exposed: false },
      commands: [{ type: "notify_holder" }],
    });
  });

  test("no rotation answered: verified, and the card stays in doubt between two PUKs", () => {
    const done = run([
      ...TO_RELEASE,
      { type: "puk_accepted", index: 0 },
      { type: "rotation_answered", applied: false },
      { type: "proof_valid" },
    ]);
    expect(done).toMatchObject({
      ceremony: { phase: "verified" },
      registers: { n: 0, hi: 1, exposed: true },
    });
  });

  test("in doubt: PUK c alone leaves, and c+1 only after the card's 9000 to c was committed", () => {
    const doubtful = { ...START, registers: run(TO_RELEASE).registers };
    const released = run(TO_RELEASE, doubtful);
    expect(released.commands).toEqual([{ type: "release", candidate: 1, next: undefined }]);
    const accepted = run([...TO_RELEASE, { type: "puk_accepted", index: 1 }], doubtful);
    expect(accepted).toMatchObject({
      registers: { n: 1, hi: 2 },
      commands: [{ type: "release", candidate: undefined, next: 2 }],
    });
  });

  test("a refused PUK: the other candidate once, never a third", () => {
    const refused = run([...TO_RELEASE, { type: "puk_refused", index: 0, triesLeft: 14 }]);
    expect(refused.commands).toEqual([{ type: "release", candidate: 1, next: undefined }]);
    const twice = run([
      ...TO_RELEASE,
      { type: "puk_refused", index: 0, triesLeft: 14 },
      { type: "puk_refused", index: 1, triesLeft: 13 },
    ]);
    expect(twice).toMatchObject({
      ceremony: { phase: "aborted", reason: "puk_refused" },
      registers: { frozen: true },
      commands: [],
    });
  });

  test("the card did not like the passcode: nothing moved, and the same PUK is tried next time", () => {
    const refused = run([...TO_RELEASE, { type: "reset_refused", passcode: true }]);
    expect(refused.ceremony).toMatchObject({
      phase: "aborted",
      reason: "passcode_refused_by_card",
    });
    const again = run(TO_RELEASE, { ...START, registers: refused.registers });
    expect(again.commands).toEqual([{ type: "release", candidate: 0, next: undefined }]);
  });

  test("tries counted as lost come back with the card's answer, whatever the answer", () => {
    const profile = { ...PROFILE, pukTriesComeBack: false };
    const doubtful = { ...START, registers: run(TO_RELEASE).registers, profile };
    expect(run(TO_RELEASE, doubtful).registers.triesLeft).toBe(14);
    const answers = [
      { type: "puk_accepted", index: 1 },
      { type: "reset_refused", passcode: true },
    ] as const;
    for (const answer of answers)
      expect(run([...TO_RELEASE, answer], doubtful).registers.triesLeft).toBe(15);
    const refused = run(
      [...TO_RELEASE, { type: "puk_refused", index: 1, triesLeft: 14 }],
      doubtful,
    );
    expect(refused.registers.triesLeft).toBe(14);
  });

  test("a PUK that was not released in this ceremony is not believed", () => {
    const context = { ...run(TO_RELEASE), profile: PROFILE };
    expect(stepUnlock(context, { type: "puk_accepted", index: 7 })).toBeUndefined();
    expect(stepUnlock(context, { type: "puk_refused", index: 7, triesLeft: 3 })).toBeUndefined();
  });

  test("before release any refusal aborts with nothing to repair; after it silence is uncertain", () => {
    for (let length = 0; length < 3; length += 1) {
      const aborted = run([
        ...TO_RELEASE.slice(0, length),
        { type: "abort", reason: "operator_card_removed" },
      ]);
      expect(aborted).toMatchObject({
        ceremony: { phase: "aborted" },
        registers: START.registers,
      });
    }
    const context = { ...run(TO_RELEASE), profile: PROFILE };
    expect(stepUnlock(context, { type: "abort", reason: "cancelled" })).toBeUndefined();
    const lost = run([...TO_RELEASE, { type: "lost", reason: "answer_lost" }]);
    expect(lost.ceremony.phase).toBe("uncertain");
  });

  test("a frozen card, or one at its last try, is not released", () => {
    const frozen = { ...START, registers: { ...START.registers, frozen: true } };
    expect(run(TO_RELEASE, frozen).ceremony).toMatchObject({
      phase: "aborted",
      reason: "card_frozen",
    });
    const low = { ...START, registers: { ...START.registers, triesLeft: 1 } };
    expect(run(TO_RELEASE, low).ceremony).toMatchObject({
      phase: "aborted",
      reason: "puk_tries_floor",
    });
  });

  test("settling: ours only if the card was read as locked and nothing was released since", () => {
    const lost: readonly UnlockEvent[] = [...TO_RELEASE, { type: "lost", reason: "agent_gone" }];
    const settle = (releasedSince: boolean, start = START) =>
      run([...lost, { type: "signed_later", releasedSince }], start).ceremony.phase;
    expect(settle(false)).toBe("confirmed_later");
    expect(settle(true)).toBe("settled_unknown");
    const open = { ...START, ceremony: beginUnlock({ triesLeft: 2 }) };
    expect(settle(false, open)).toBe("settled_unknown");
  });

  test("settling never changes n or hi, and a late 9000 only raises them", () => {
    const lost = run([...TO_RELEASE, { type: "lost", reason: "agent_gone" }]);
    const context = { ...lost, profile: PROFILE };
    const settled = stepUnlock(context, { type: "signed_later", releasedSince: false });
    expect(settled?.registers).toEqual(lost.registers);
    const late = stepUnlock(context, { type: "puk_accepted", index: 0 });
    expect(late).toMatchObject({ ceremony: { phase: "uncertain" }, registers: { n: 0, hi: 1 } });
  });

  test("a late 9000 to a PUK that was in doubt does not count the next one, which never left", () => {
    const doubtful = { ...START, registers: run(TO_RELEASE).registers };
    const lost = run([...TO_RELEASE, { type: "lost", reason: "answer_lost" }], doubtful);
    const late = stepUnlock({ ...lost, profile: PROFILE }, { type: "puk_accepted", index: 1 });
    expect(late?.registers).toMatchObject({ n: 1, hi: 1 });
  });

  describe("what comes late from the agent's journal (docs/adr/0021)", () => {
    const LOST: readonly UnlockEvent[] = [...TO_RELEASE, { type: "lost", reason: "agent_gone" }];
    const late = (events: readonly UnlockEvent[], more: Partial<UnlockContext> = {}) => {
      let outcome = run(LOST);
      for (const event of events)
        outcome = stepUnlock({ ...outcome, profile: PROFILE, ...more }, event) ?? outcome;
      return outcome;
    };
    const ACCEPTED: UnlockEvent = { type: "puk_accepted", index: 0 };
    const REFUSED: UnlockEvent = { type: "puk_refused", index: 0, triesLeft: 9 };
    const PROVEN: UnlockEvent = { type: "proof_valid" };
    const ROTATED: UnlockEvent = { type: "rotation_answered", applied: true };

    test("9000, and this ceremony's own proof: confirmed, with n and hi as they were", () => {
      const outcome = late([ACCEPTED, ROTATED, PROVEN]);
      expect(outcome).toMatchObject({
        ceremony: { phase: "confirmed_later", passcodeSet: true },
        registers: { n: 0, hi: 1 },
        commands: [{ type: "notify_holder" }],
      });
    });

    test("the proof alone, or after another release, says less", () => {
      expect(late([PROVEN]).ceremony.phase).toBe("settled_unknown");
      const since = late([ACCEPTED, PROVEN], { releasedSince: true });
      expect(since).toMatchObject({ ceremony: { phase: "settled_unknown" }, commands: [] });
    });

    test("a refusal ends it as changed nothing; it counts for the PUK while nobody tried since", () => {
      expect(late([REFUSED])).toMatchObject({
        ceremony: { phase: "aborted", reason: "puk_refused" },
        registers: { refused: 0, triesLeft: 9 },
      });
      const since = late([REFUSED], { releasedSince: true });
      expect(since.registers).toEqual(run(LOST).registers);
      const refused = late([{ type: "reset_refused", passcode: true }]);
      expect(refused.ceremony).toMatchObject({ reason: "passcode_refused_by_card" });
    });

    test("once the card had said 9000, no refusal takes that back", () => {
      for (const event of [REFUSED, { type: "reset_refused", passcode: false } as const])
        expect(late([ACCEPTED, event]).ceremony).toMatchObject({ phase: "uncertain" });
    });
  });

  test("the registers never lose the card's PUK, whatever is done, pulled, lost or repeated", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 11 }), { maxLength: 60 }), fc.boolean(), (moves, come) => {
        const profile = { ...PROFILE, pukTriesComeBack: come };
        const world = new World(profile);
        for (const move of moves) world.move(move);
        const { n, hi } = world.context.registers;
        expect(world.cardPuk).toBeGreaterThanOrEqual(n);
        expect(world.cardPuk).toBeLessThanOrEqual(hi);
        expect(hi - n).toBeLessThanOrEqual(1);
        expect(world.falseSuccesses).toBe(0);
      }),
      { numRuns: 2000 },
    );
  });
});

/** One card, one desk, and faults: each move is something that can happen next. */
class World {
  context: UnlockContext;
  cardPuk = 0;
  falseSuccesses = 0;
  #passcodeSet = false;
  #rotated = false;
  readonly #profile: CardProfile;

  constructor(profile: CardProfile) {
    this.#profile = profile;
    this.context = { ...START, profile };
  }

  move(choice: number): void {
    const { phase, candidate, next } = this.context.ceremony;
    if (isOver(phase)) this.#again(choice);
    else if (!isReleased(phase)) this.#beforeRelease(choice);
    else if (choice === 0) this.#lose();
    else if (phase === "released") this.#reset(choice, candidate);
    else if (!this.#rotated && next !== undefined) this.#rotate(choice, next);
    else this.#feed(this.#passcodeSet ? { type: "proof_valid" } : { type: "proof_invalid" });
  }

  #again(choice: number): void {
    if (choice === 0) this.#feed({ type: "signed_later", releasedSince: false });
    this.#passcodeSet = false;
    this.#rotated = false;
    this.context = { ...this.context, ceremony: beginUnlock("blocked") };
  }

  #beforeRelease(choice: number): void {
    const next = { card_proven: 0, person_confirmed: 1, chosen: 2 };
    const event = TO_RELEASE[next[this.context.ceremony.phase as keyof typeof next]];
    this.#feed(
      choice === 0 || event === undefined ? { type: "abort", reason: "cancelled" } : event,
    );
  }

  #lose(): void {
    this.#feed({ type: "lost", reason: "answer_lost" });
  }

  /** The card answers truthfully; the answer may be lost on the way (choice 1). */
  #reset(choice: number, candidate = -1): void {
    const right = candidate === this.cardPuk;
    if (right) this.#passcodeSet = true;
    const triesLeft = this.context.registers.triesLeft - 1;
    if (choice === 1) this.#lose();
    else if (right) this.#feed({ type: "puk_accepted", index: candidate });
    else this.#feed({ type: "puk_refused", index: candidate, triesLeft });
  }

  /** Cut before the effect (1), after it (2), or answered. */
  #rotate(choice: number, next: number): void {
    if (choice !== 1) this.cardPuk = next;
    this.#rotated = true;
    if (choice <= 2) this.#lose();
    else this.#feed({ type: "rotation_answered", applied: true });
  }

  #feed(event: UnlockEvent): void {
    const outcome = stepUnlock({ ...this.context, profile: this.#profile }, event);
    if (outcome === undefined) return;
    if (outcome.ceremony.phase === "verified" && !this.#passcodeSet) this.falseSuccesses += 1;
    this.context = { ...outcome, profile: this.#profile };
  }
}
