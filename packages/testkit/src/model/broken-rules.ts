import {
  type PukRegisters,
  stepUnlock,
  type UnlockCommand,
  type UnlockContext,
  type UnlockEvent,
  type UnlockOutcome,
} from "@lanyard/identity";

/*
 * The product's reducer with one rule taken out, by changing what goes in or what comes out. Each shows what its rule is
 * for: the search must find the harm.
 */
type Step = typeof stepUnlock;

/** The obvious way: draw a new PUK, and write it down once the card has it. Indices stand for the draws. */
export function randomPuk(context: UnlockContext, event: UnlockEvent): ReturnType<Step> {
  const outcome = stepUnlock(context, event);
  if (outcome === undefined || event.type === "proof_valid") return outcome;
  const { n, hi } = context.registers;
  return withRegisters(outcome, { n, hi });
}

/** Rule R2 is that `n` and `hi` only rise. Here a success that comes late sets both, as a plain assignment would. */
export function hiClearedByLateSuccess(
  context: UnlockContext,
  event: UnlockEvent,
): ReturnType<Step> {
  const outcome = stepUnlock(context, event);
  return outcome !== undefined &&
    event.type === "puk_accepted" &&
    context.ceremony.phase === "uncertain"
    ? withRegisters(outcome, { n: event.index, hi: event.index })
    : outcome;
}

/** Rule R3 is that `hi` is durable before the PUK leaves. Here it is written when the card has answered. */
export function hiCommittedLate(context: UnlockContext, event: UnlockEvent): ReturnType<Step> {
  const outcome = stepUnlock(context, event);
  return outcome !== undefined && event.type === "authorised"
    ? withRegisters(outcome, { hi: context.registers.hi })
    : outcome;
}

/** Rule R3 again: while the card's PUK is in doubt, the one after it stays here. Here it goes along. */
export function nextLeavesInDoubt(context: UnlockContext, event: UnlockEvent): ReturnType<Step> {
  const outcome = stepUnlock(context, event);
  const { candidate, next } = outcome?.ceremony ?? {};
  if (outcome === undefined || event.type !== "authorised") return outcome;
  if (candidate === undefined || next !== undefined) return outcome;
  const command: UnlockCommand = { type: "release", candidate, next: candidate + 1 };
  return {
    ...outcome,
    ceremony: { ...outcome.ceremony, next: candidate + 1 },
    commands: [command],
  };
}

/** Rule R7 is that the last try is nobody's to risk. Here every release is made as if all tries were left. */
export function noFloor(context: UnlockContext, event: UnlockEvent): ReturnType<Step> {
  const triesLeft = context.profile.pukTries + 1;
  const registers = { ...context.registers, triesLeft };
  const unheeded = event.type === "puk_refused" ? { ...event, triesLeft } : event;
  const outcome = stepUnlock({ ...context, registers }, unheeded);
  return outcome && withRegisters(outcome, { triesLeft });
}

/** No floor, and no rule R4: what was tried and what was refused is forgotten, so the lowest always goes first. */
export function alwaysLowestFirst(context: UnlockContext, event: UnlockEvent): ReturnType<Step> {
  const forgotten = { ...context.registers, tried: undefined, refused: undefined };
  return noFloor(
    event.type === "authorised" ? { ...context, registers: forgotten } : context,
    event,
  );
}

function withRegisters(outcome: UnlockOutcome, change: Partial<PukRegisters>): UnlockOutcome {
  return { ...outcome, registers: { ...outcome.registers, ...change } };
}
