// By its own room: the rest of testkit is for tests and needs a test runner.
import {
  atOneDesk,
  type Exploration,
  exhausting,
  explore,
  isAsExpected,
  searchOf,
  VARIANTS,
  type Variant,
} from "../packages/testkit/src/model/index.ts";
import { type Drill, type DrillFigures, type DrillRun, must } from "./drill.ts";

/** Far more than any of them has: they are seen whole. */
const WHOLE = 200_000;

/** Fewest faults that use up a card's PUK tries when no floor stops it: known from an independent model of the rules. */
// biome-ignore format: one line each
const FEWEST_FAULTS = [
  { pukTries: 3,  alternates: true,  faults: 5 },
  { pukTries: 3,  alternates: false, faults: 3 },
  { pukTries: 5,  alternates: true,  faults: 9 },
  { pukTries: 10, alternates: true,  faults: 19 },
  { pukTries: 10, alternates: false, faults: 10 },
  { pukTries: 15, alternates: true,  faults: 29 },
] as const;

/** Everything that can happen to one card, searched through on the product's own reducers. */
export const model: Drill = {
  name: "model",
  about:
    "two desks, one card moved at will, unlimited crashes, lost, late and repeated messages, as an exhaustive search over the reducers of server and agent; a round is one state",
  passes:
    "the card's PUK can always be produced, nothing false is called success, no card is blocked or frozen by faults, and from every state an undisturbed unlock succeeds while tries remain; and each rule left out is found out",
  rounds: { long: 1_100_000, short: 4_000 },
  needs: "nothing",
  run: async (run) => ({ ...promises(run), ...whatRulesAreFor(run), ...fewestFaults(run) }),
  mutants: [
    {
      name: "hi-after-release",
      about: "the PUK to rotate to leaves before it is in the registers",
      file: "packages/identity/src/registers.ts",
      find: "hi: next ?? registers.hi,",
      replace: "hi: registers.hi,",
    },
    {
      name: "no-alternation",
      about: "after an attempt without an answer the same candidate is tried again",
      file: "packages/identity/src/registers.ts",
      find: "const avoid = refused ?? tried;",
      replace: "const avoid = refused;",
    },
    {
      name: "tries-not-reserved",
      about: "a release that may be wrong does not count as a try lost until the card says so",
      file: "packages/identity/src/registers.ts",
      find: "registers.triesLeft - (isInDoubt(registers) ? 1 : 0)",
      replace: "registers.triesLeft",
    },
    {
      name: "n-falls",
      about: "a late 9000 sets n and does not only raise it",
      file: "packages/identity/src/registers.ts",
      find: "const n = max(registers.n, c);",
      replace: "const n = c;",
    },
    {
      name: "word-of-the-agent",
      about: "the agent's word that the PUK was changed is taken for success",
      file: "packages/identity/src/ceremonies/unlock.ts",
      find: "rotation_answered: rotate,\n                      proof_valid: verify",
      replace: "rotation_answered: verify,\n                      proof_valid: verify",
    },
    {
      name: "third-candidate",
      about: "an accepted PUK in doubt brings the one after the next",
      file: "packages/identity/src/ceremonies/unlock.ts",
      find: "const next = late ? event.index + 1 : row.ceremony.next;",
      replace: "const next = late ? event.index + 2 : row.ceremony.next;",
    },
  ],
};

/** What is built, and what it may meet: nothing breaks, at two desks as far as asked, at one to the last state. */
function promises({ rounds, say }: DrillRun): DrillFigures {
  const figures: Record<string, number | string> = {};
  let [states, transitions] = [0, 0];
  for (const variant of VARIANTS.filter(({ breaks }) => breaks === undefined)) {
    const near = explore(searchOf(variant, { maxStates: rounds, nearest: "faults" }));
    mustHold(variant, near);
    const whole = explore(searchOf(atOneDesk(variant), { maxStates: WHOLE, nearest: "faults" }));
    mustHold(variant, whole);
    must(whole.complete, `${variant.name}: one desk has more than ${WHOLE} states`);
    states += near.states + whole.states;
    transitions += near.transitions + whole.transitions;
    figures[variant.name] = sizeOf(near);
    say(`${variant.name}: ${sizeOf(near)}`);
  }
  return { states, transitions, violations: 0, ...figures };
}

function mustHold(variant: Variant, seen: Exploration): void {
  const { found } = seen;
  must(
    isAsExpected(variant, seen),
    `${variant.name}: broken: ${found?.what}, after: ${found?.way.join("; ")}`,
  );
}

function sizeOf({ states, transitions, complete }: Exploration): string {
  const size = `${states.toLocaleString("en-GB")} states, ${transitions.toLocaleString("en-GB")} transitions`;
  return complete ? `${size}, all there are` : size;
}

/** Each rule left out on purpose: the search must find the harm, and says how short the way there is. */
function whatRulesAreFor({ say }: DrillRun): DrillFigures {
  const figures: Record<string, string> = {};
  for (const variant of VARIANTS.filter(({ breaks }) => breaks !== undefined)) {
    const seen = explore(searchOf(variant, { maxStates: WHOLE, nearest: "steps" }));
    must(isAsExpected(variant, seen), `${variant.name}: was not found out`);
    figures[variant.name] = `not so: ${variant.breaks}, in ${seen.found?.way.length} steps`;
    say(`${variant.name}: ${figures[variant.name]}`);
  }
  return figures;
}

/** Cards with many tries take their time: in the short form only those with few. */
function fewestFaults({ rounds, say }: DrillRun): DrillFigures {
  const figures: Record<string, number> = {};
  const isShort = rounds <= model.rounds.short;
  for (const { pukTries, alternates, faults } of FEWEST_FAULTS) {
    if (isShort && pukTries > 3) continue;
    const variant = exhausting(pukTries, alternates);
    const { found } = explore(searchOf(variant, { maxStates: WHOLE, nearest: "faults" }));
    const name = `faults that use up ${variant.name}, were there no floor`;
    must(found?.distance === faults, `${name}: ${found?.distance}, not ${faults}`);
    figures[name] = faults;
    say(`${name}: ${faults}`);
  }
  return figures;
}
