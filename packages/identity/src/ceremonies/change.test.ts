import { describe, expect, test } from "vitest";
import { freshRegisters } from "../registers.ts";
import {
  beginChange,
  CHANGE_KIND,
  type Change,
  type ChangeEvent,
  type ChangePhase,
  stepChange,
} from "./change.ts";
import { isUnderWay, standingOf } from "./kind.ts";

const CARD = {
  registers: freshRegisters(15),
  profile: {
    name: "care",
    passcodeRule: "alphanumeric-4-8",
    passcodeTries: 3,
    pukTries: 15,
    pukChangeable: true,
    pukTriesComeBack: true,
    hint: false,
  },
} as const;

/** One event of every kind. */
const EVENTS: readonly ChangeEvent[] = [
  { type: "sending" },
  { type: "not_sent" },
  { type: "applied" },
  { type: "wrong_passcode", triesLeft: 2 },
  { type: "wrong_passcode", triesLeft: 0 },
  { type: "refused", passcode: true },
  { type: "refused", passcode: false },
  { type: "proof_valid" },
  { type: "proof_invalid" },
  { type: "abort", reason: "cancelled" },
  { type: "lost", reason: "answer_lost" },
  { type: "signed_later", releasedSince: false },
];

function step(ceremony: Change, event: ChangeEvent) {
  return stepChange({ ceremony, ...CARD }, event);
}

/** Runs events; throws when one is out of order. */
function run(...events: readonly ChangeEvent[]): Change {
  return events.reduce((state, event) => {
    const outcome = step(state, event);
    if (outcome === undefined) throw new Error(`${event.type} is out of order in ${state.phase}`);
    return outcome.ceremony;
  }, beginChange());
}

describe("the only way to success", () => {
  test("announced, applied, proven; the holder is told", () => {
    const set = run({ type: "sending" }, { type: "applied" });
    expect(step(set, { type: "proof_valid" })).toEqual({
      ceremony: { phase: "changed", wasSent: true, passcodeSet: true, reason: undefined },
      commands: [{ type: "notify_holder" }],
    });
  });

  test("a proof before the card's 9000 counts for nothing", () => {
    expect(step(run(), { type: "proof_valid" })).toBeUndefined();
    expect(step(run({ type: "sending" }), { type: "proof_valid" })).toBeUndefined();
  });
});

describe("the old passcode was wrong", () => {
  test("it may be typed again, announced anew", () => {
    const again = run({ type: "sending" }, { type: "wrong_passcode", triesLeft: 2 });
    expect(again).toEqual({
      phase: "begun",
      wasSent: true,
      passcodeSet: false,
      reason: undefined,
    });
    expect(step(again, { type: "applied" })).toBeUndefined();
    expect(step(again, { type: "sending" })?.ceremony.phase).toBe("sent");
  });

  test("a card that does not say how many tries are left may be tried again", () => {
    const again = run({ type: "sending" }, { type: "wrong_passcode", triesLeft: undefined });
    expect(again.phase).toBe("begun");
  });

  test("the last try: aborted, and only an unlock helps", () => {
    const end = run({ type: "sending" }, { type: "wrong_passcode", triesLeft: 0 });
    expect(end).toMatchObject({ phase: "aborted", reason: "passcode_blocked" });
  });
});

describe("in doubt", () => {
  test.each([
    ["before the card's answer", [{ type: "sending" }]],
    ["after it", [{ type: "sending" }, { type: "applied" }]],
  ] as const)("silence %s is uncertain, and no abort undoes that", (_, events) => {
    const sent = run(...events);
    expect(step(sent, { type: "abort", reason: "timed_out" })).toBeUndefined();
    const lost = run(...events, { type: "lost", reason: "agent_gone" });
    expect(lost).toMatchObject({ phase: "uncertain", reason: "agent_gone" });
  });

  test("a bad proof is doubt too, not a failure: the card did say 9000", () => {
    const end = run({ type: "sending" }, { type: "applied" }, { type: "proof_invalid" });
    expect(end).toMatchObject({ phase: "uncertain", reason: "proof_invalid" });
  });

  test.each([true, false])(
    "a later signature settles it, and says no more than that the card works (released since: %s)",
    (releasedSince) => {
      const end = run(
        { type: "sending" },
        { type: "lost", reason: "answer_lost" },
        { type: "signed_later", releasedSince },
      );
      expect(end.phase).toBe("settled_unknown");
    },
  );
});

describe("announced, and not sent after all", () => {
  test("in time: it may be announced again", () => {
    expect(run({ type: "sending" }, { type: "not_sent" }).phase).toBe("begun");
  });

  test("late: nothing was changed, for the reason it was in doubt", () => {
    const lost: ChangeEvent = { type: "lost", reason: "agent_gone" };
    expect(run({ type: "sending" }, lost, { type: "not_sent" })).toMatchObject({
      phase: "aborted",
      reason: "agent_gone",
    });
  });
});

describe("reports that come too late", () => {
  const lost: ChangeEvent = { type: "lost", reason: "agent_gone" };
  const proof: ChangeEvent = { type: "proof_valid" };

  test("the card had refused: nothing was changed, and that is told", () => {
    const wrong = { type: "wrong_passcode", triesLeft: 2 } as const;
    expect(run({ type: "sending" }, lost, wrong)).toMatchObject({
      phase: "aborted",
      reason: "wrong_passcode",
    });
    const refused = { type: "refused", passcode: false } as const;
    expect(run({ type: "sending" }, lost, refused)).toMatchObject({
      phase: "aborted",
      reason: "refused_by_card",
    });
  });

  test("the card had said 9000: still in doubt, and no refusal undoes it", () => {
    const set = run({ type: "sending" }, lost, { type: "applied" });
    expect(set).toMatchObject({ phase: "uncertain", passcodeSet: true });
    expect(step(set, { type: "wrong_passcode", triesLeft: 2 })).toBeUndefined();
    expect(step(set, { type: "refused", passcode: true })).toBeUndefined();
  });

  test("the change's own signature after the 9000 confirms it, unless the card was changed since", () => {
    const ceremony = run({ type: "sending" }, { type: "applied" }, lost);
    const late = (releasedSince: boolean) =>
      stepChange({ ceremony, ...CARD, releasedSince }, proof);
    expect(late(false)).toMatchObject({
      ceremony: { phase: "confirmed_later" },
      commands: [{ type: "notify_holder" }],
    });
    expect(late(true)).toMatchObject({ ceremony: { phase: "settled_unknown" }, commands: [] });
    const unset = run({ type: "sending" }, lost);
    expect(step(unset, proof)?.ceremony.phase).toBe("settled_unknown");
  });
});

describe("what holds in every phase, for every event", () => {
  const phases: readonly ChangePhase[] = [
    "begun",
    "sent",
    "set",
    "changed",
    "aborted",
    "uncertain",
    "confirmed_later",
    "settled_unknown",
  ];
  const cases = phases.flatMap((phase) => EVENTS.map((event) => [phase, event] as const));

  test("the list has every phase", () => {
    expect(Object.keys(CHANGE_KIND.phases).toSorted()).toEqual(phases.toSorted());
  });

  test.each(cases)("%s, %o", (phase, event) => {
    const before: Change = {
      phase,
      wasSent: phase !== "begun",
      passcodeSet: phase === "set",
      reason: undefined,
    };
    const outcome = step(before, event);
    if (outcome === undefined) return;
    const [was, is] = [before, outcome.ceremony].map((state) => standingOf(CHANGE_KIND, state));
    // The card's PUK is none of its business.
    expect(outcome.registers).toBeUndefined();
    // What may have changed the card is never forgotten, and never called an abort by silence.
    expect(outcome.ceremony.wasSent || !before.wasSent).toBe(true);
    if (was === "released" && event.type === "lost") expect(is).toBe("uncertain");
    if (was === "open" && event.type !== "sending") expect(is).toBe("aborted");
    // What is over stays over; what is in doubt is only ever settled.
    if (was !== undefined && !isUnderWay(was)) expect(was).toBe("uncertain");
    if (is !== undefined && isUnderWay(is)) expect(was === "open" || was === "released").toBe(true);
    expect(outcome.ceremony.phase === "changed").toBe(
      phase === "set" && event.type === "proof_valid",
    );
  });
});
