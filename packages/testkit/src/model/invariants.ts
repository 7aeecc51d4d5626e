import { candidates, liftByHint, type PukRegisters } from "@lanyard/identity";
import type { Desk, Rules, World } from "./world.ts";

/** What must be true in every state. */
// biome-ignore format: one line each
const OF_STATES = {
  "the card's PUK can be produced from what is durable": isProducible,
  "hi is n or n + 1":                                    ({ registers }) => registers.hi - registers.n <= 1,
  "no PUK leaves before its commit":                     (world, rules) => rules.failOver || isCommitted(world),
  "verified only by the card's own signature":           ({ desks }) => desks.every(isTrueSuccess),
  "the card is never blocked":                           ({ card }) => card.pukTries > 0,
  "no honest card is frozen":                            ({ registers }) => !registers.frozen,
} as const satisfies Record<string, (world: World, rules: Rules) => boolean>;

/** What must be true of every step. */
// biome-ignore format: one line each
const OF_STEPS = {
  "n and hi never fall":                                 neverFalls,
  "confirmed later only if this ceremony did it":        isTrueConfirmation,
} as const satisfies Record<string, (before: World, after: World) => boolean>;

/** These need more than one state to judge; see `explore.ts`. */
export const RECOVERS = "an undisturbed unlock succeeds, while tries remain";
export const ONE_TRY_A_FAULT = "at most one try is lost for each fault";

export type Invariant =
  | keyof typeof OF_STATES
  | keyof typeof OF_STEPS
  | typeof RECOVERS
  | typeof ONE_TRY_A_FAULT;

const STATE_NAMES = namesOf(OF_STATES);
const STEP_NAMES = namesOf(OF_STEPS);

export function brokenByState(world: World, rules: Rules): Invariant | undefined {
  return STATE_NAMES.find((name) => !OF_STATES[name](world, rules));
}

export function brokenByStep(before: World, after: World): Invariant | undefined {
  return STEP_NAMES.find((name) => !OF_STEPS[name](before, after));
}

function isProducible({ registers, card }: World, rules: Rules): boolean {
  return candidates(seenAgain(registers, card, rules)).includes(card.puk);
}

/** What the server knows once it sees the card again: the hint is read with the card's own proof. */
export function seenAgain(
  registers: PukRegisters,
  { hint }: Pick<World["card"], "hint">,
  rules: Rules,
): PukRegisters {
  return rules.profile.hint && hint !== undefined ? liftByHint(registers, hint) : registers;
}

function isCommitted({ registers, desks }: World): boolean {
  return desks.every(({ agent, toAgent }) =>
    [agent?.candidate, agent?.next, toAgent?.candidate, toAgent?.next].every(
      (index) => index === undefined || index <= registers.hi,
    ),
  );
}

function isTrueSuccess({ ceremony, signed }: Desk): boolean {
  return ceremony?.phase !== "verified" || signed;
}

function neverFalls(before: World, after: World): boolean {
  return after.registers.n >= before.registers.n && after.registers.hi >= before.registers.hi;
}

function isTrueConfirmation(before: World, after: World): boolean {
  return ([0, 1] as const).every(
    (at) =>
      after.desks[at].ceremony?.phase !== "confirmed_later" ||
      before.desks[at].ceremony?.phase === "confirmed_later" ||
      before.desks[at].signed ||
      before.card.setBy === at,
  );
}

/** TypeScript gives the names of any object as strings; those of a literal table are exactly its own. */
function namesOf<Name extends string>(table: Readonly<Record<Name, unknown>>): readonly Name[] {
  return Object.keys(table) as Name[];
}
