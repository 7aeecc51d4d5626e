import { type CardProfile, freshRegisters, stepUnlock } from "@lanyard/identity";
import {
  alwaysLowestFirst,
  hiClearedByLateSuccess,
  hiCommittedLate,
  nextLeavesInDoubt,
  noFloor,
  randomPuk,
} from "./broken-rules.ts";
import type { Exploration, Search } from "./explore.ts";
import { type Invariant, ONE_TRY_A_FAULT, RECOVERS } from "./invariants.ts";
import { quietWorld, type Rules } from "./world.ts";

/** A set of rules, and what is expected of it: that everything claimed holds, or that this breaks. */
export interface Variant {
  readonly name: string;
  readonly rules: Rules;
  /** What these rules do not promise. */
  readonly unclaimed: readonly Invariant[];
  readonly breaks: Invariant | undefined;
}

const CARD: CardProfile = {
  name: "model",
  passcodeRule: "alphanumeric-4-8",
  passcodeTries: 3,
  // As few as are found in the field. With fifteen the same happens, only later.
  pukTries: 3,
  pukChangeable: true,
  pukTriesComeBack: true,
  hint: false,
};

/** What the product does. */
export const PROPOSED: Rules = {
  step: stepUnlock,
  profile: CARD,
  lease: true,
  wipes: true,
  failOver: false,
  desks: [0, 1],
  maxIndex: 2,
};

const WITH_HINT: CardProfile = { ...CARD, hint: true };
const NO_REFILL: CardProfile = { ...CARD, pukTriesComeBack: false };

const PRODUCIBLE = "the card's PUK can be produced from what is durable";
const BLOCKED = "the card is never blocked";
const FROZEN = "no honest card is frozen";
const COMMITTED = "no PUK leaves before its commit";
const RISE = "n and hi never fall";
const TRUE_CONFIRMATION = "confirmed later only if this ceremony did it";

/** What hangs on one desk at a time, and on agents that wipe: not promised where these are given up. */
const AT_DESKS = [BLOCKED, FROZEN, RECOVERS, ONE_TRY_A_FAULT, TRUE_CONFIRMATION] as const;

function rules(change: Partial<Rules>): Rules {
  return { ...PROPOSED, ...change };
}

/** Read down for what each rule is for. */
// biome-ignore format: one line each
export const VARIANTS: readonly Variant[] = [
  { name: "as built",                                    rules: PROPOSED,                                          unclaimed: [],          breaks: undefined },
  { name: "as built, with the hint on the card",         rules: rules({ profile: WITH_HINT }),                     unclaimed: [],          breaks: undefined },
  { name: "a card that never gives its PUK tries back",  rules: rules({ profile: NO_REFILL }),                     unclaimed: [],          breaks: undefined },
  { name: "a fail-over loses a commit, with the hint",   rules: rules({ profile: WITH_HINT, failOver: true }),     unclaimed: [COMMITTED], breaks: undefined },
  { name: "two nodes race: no lease on the card",        rules: rules({ lease: false }),                           unclaimed: AT_DESKS,    breaks: undefined },
  { name: "R5 broken: an agent that does not wipe",      rules: rules({ wipes: false }),                           unclaimed: AT_DESKS,    breaks: undefined },
  { name: "naive: a random PUK, stored once confirmed",  rules: rules({ step: randomPuk }),                        unclaimed: [COMMITTED], breaks: PRODUCIBLE },
  { name: "R2 broken: a late success clears hi",         rules: rules({ step: hiClearedByLateSuccess }),           unclaimed: [RISE, COMMITTED],      breaks: PRODUCIBLE },
  { name: "R3 broken: the PUK leaves, then the commit",  rules: rules({ step: hiCommittedLate }),                  unclaimed: [COMMITTED], breaks: PRODUCIBLE },
  { name: "R3 broken: the next PUK leaves in doubt",     rules: rules({ step: nextLeavesInDoubt }),                unclaimed: [COMMITTED], breaks: PRODUCIBLE },
  { name: "R7 broken: no floor",                         rules: rules({ step: noFloor, desks: [0] }),                          unclaimed: [RECOVERS],  breaks: BLOCKED },
  { name: "a fail-over loses a commit, no hint",         rules: rules({ failOver: true }),                         unclaimed: [COMMITTED], breaks: PRODUCIBLE },
];

/** Where every search starts: a card as it was issued, locked, in the reader of the first desk. */
export function searchOf(
  variant: Pick<Variant, "rules" | "unclaimed">,
  how: Pick<Search, "maxStates" | "nearest">,
): Search {
  const { pukTries } = variant.rules.profile;
  const card = { puk: 0, pukTries, locked: true, hint: undefined };
  return {
    ...how,
    rules: variant.rules,
    unclaimed: variant.unclaimed,
    start: quietWorld(freshRegisters(pukTries), card),
  };
}

/** Whether a search said of the variant what the table says. Cut short is no answer where something must break. */
export function isAsExpected({ breaks }: Variant, { found }: Exploration): boolean {
  return found?.what === breaks;
}

/** The same at one desk: small enough to see all of it in a second, so that what lies deep is seen as well. */
export function atOneDesk(variant: Variant): Variant {
  return { ...variant, rules: { ...variant.rules, desks: [0], maxIndex: 1 } };
}

/** What it takes to use up a card's tries if nothing stops at the floor: with rule R4, and without. */
export function exhausting(pukTries: number, alternates: boolean): Variant {
  return {
    name: `${pukTries} tries${alternates ? "" : ", R4 dropped"}`,
    rules: rules({
      step: alternates ? noFloor : alwaysLowestFirst,
      profile: { ...CARD, pukTries },
      maxIndex: 1,
      desks: [0],
    }),
    unclaimed: [RECOVERS, FROZEN, ONE_TRY_A_FAULT],
    breaks: BLOCKED,
  };
}
