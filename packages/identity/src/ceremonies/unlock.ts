import {
  type PukRegisters,
  prepareRelease,
  pukAccepted,
  pukNotTried,
  pukRefused,
  pukRotated,
} from "../registers.ts";
import type { EvidenceKind } from "./evidence.ts";
import {
  CEREMONY_TIMES,
  type CeremonyContext,
  type CeremonyKind,
  type CeremonyOutcome,
  type CommonEvent,
  type EndReason,
  isUnderWay,
  type PhaseStanding,
} from "./kind.ts";
import { decide, type Table } from "./machine.ts";

/**
 * Unlock: from the holder's card proven to the new passcode proven. Pure: the server feeds it facts it has already
 * verified (a signature was valid, a status word was reported) and commits state, registers and audit in one
 * transaction before it carries out what comes back.
 */
export interface Unlock {
  readonly phase: UnlockPhase;
  /** The card's own answer when it was proven: blocked (6983), or tries left. Decides what may be said later. */
  readonly passcodeState: CardPasscodeState;
  readonly evidence: EvidenceKind | undefined;
  /** The PUK index that was released and not yet answered for. */
  readonly candidate: number | undefined;
  /** The index to rotate to, once it was released. */
  readonly next: number | undefined;
  /** Second candidate already tried in this ceremony: never a third. */
  readonly triedBoth: boolean;
  /** The card answered 9000 to RESET RETRY COUNTER: whatever was lost after that, the new passcode is on it. */
  readonly passcodeSet: boolean;
  /** How the hint went: the answer to the card's challenge left, and what the card said to the write. */
  readonly hint: "given" | "written" | "failed" | undefined;
  /** The card took the rotation to `next` (9000). Counts only with the closing proof. */
  readonly rotated: boolean;
  readonly reason: UnlockEndReason | undefined;
}

/** Every phase. Before `released` nothing has left the server: an end there leaves nothing to repair. */
// biome-ignore format: the columns are the documentation
const PHASES = {
  card_proven:      "open",
  person_confirmed: "open",
  chosen:           "open",
  released:         "released",
  pin_set:          "released",
  verified:         "over",
  aborted:          "aborted",
  uncertain:        "uncertain",
  confirmed_later:  "over",
  settled_unknown:  "over",
} as const satisfies Record<string, PhaseStanding>;

export type UnlockPhase = keyof typeof PHASES;

export type CardPasscodeState = "blocked" | { readonly triesLeft: number } | "unknown";

/** Why an unlock in particular may end without success. */
export const UNLOCK_END_REASONS = [
  "card_frozen",
  "puk_tries_floor",
  "puk_refused",
  "puk_blocked",
  "passcode_refused_by_card",
  "refused_by_card",
] as const;

/** Why it ended without success, or is in doubt. The words for each are the pages' business. */
export type UnlockEndReason = EndReason | (typeof UNLOCK_END_REASONS)[number];

export type UnlockEvent =
  | CommonEvent
  | { readonly type: "person_confirmed"; readonly evidence: EvidenceKind }
  | { readonly type: "operation_chosen" }
  /** The operator's card signed this very unlock; the signature was verified. */
  | { readonly type: "authorised" }
  | { readonly type: "puk_accepted"; readonly index: number }
  | { readonly type: "puk_refused"; readonly index: number; readonly triesLeft: number }
  /** RESET RETRY COUNTER was refused for another reason: nothing changed on the card. */
  | { readonly type: "reset_refused"; readonly passcode: boolean }
  /** The agent asks for the answer to the card's challenge, and for what to write. */
  | { readonly type: "hint_asked" }
  | { readonly type: "hint_answered"; readonly applied: boolean }
  | { readonly type: "rotation_answered"; readonly applied: boolean }
  | { readonly type: "proof_valid" }
  | { readonly type: "proof_invalid" };

/** What must be done after the commit. */
export type UnlockCommand =
  /** Seal these PUK indices to the agent's key: the one to try, and the one to rotate to if it may leave now. */
  | {
      readonly type: "release";
      readonly candidate: number | undefined;
      readonly next: number | undefined;
    }
  /** Answer the card's challenge, and make the hint of this index. */
  | { readonly type: "give_hint"; readonly index: number }
  | { readonly type: "notify_holder" };

/** What the server remembers of an unlock beside its state. */
export interface UnlockNotes {
  /** N1, signed with 9E. */
  readonly proofNonce: string;
  /** N2, signed by the operator's card. */
  readonly authoriseNonce: string;
  /** N3, signed with 9A after the new passcode was verified. */
  readonly doneNonce: string;
  /** The agent's key that PUKs are sealed to, once the operator's card signed for it; base64. */
  readonly ephemeralKey: string | undefined;
}

export interface UnlockTypes {
  readonly state: Unlock;
  readonly event: UnlockEvent;
  readonly command: UnlockCommand;
  readonly notes: UnlockNotes;
}

export type UnlockContext = CeremonyContext<UnlockTypes>;

/** An unlock always says how the registers stand. */
export type UnlockOutcome = CeremonyOutcome<UnlockTypes> & { readonly registers: PukRegisters };

/** The ceremony as it stands once the holder's card has proved itself (T:CARD_PROVEN). */
export function beginUnlock(passcodeState: CardPasscodeState): Unlock {
  return {
    phase: "card_proven",
    passcodeState,
    evidence: undefined,
    candidate: undefined,
    next: undefined,
    triedBoth: false,
    passcodeSet: false,
    hint: undefined,
    rotated: false,
    reason: undefined,
  };
}

/** Nothing more can happen to it, except that a later signature settles an uncertain one. */
export function isOver(phase: UnlockPhase): boolean {
  return !isUnderWay(PHASES[phase]);
}

/** Before this point nothing has left the server: an end here leaves nothing to repair. */
export function isReleased(phase: UnlockPhase): boolean {
  return PHASES[phase] === "released";
}

/** Decides one event; `undefined` when it is out of order and must change nothing. */
export function stepUnlock(context: UnlockContext, event: UnlockEvent): UnlockOutcome | undefined {
  return decide(UNLOCK, { ...context, phase: context.ceremony.phase }, event);
}

/** Unlock, as one kind of ceremony among others. */
export const UNLOCK_KIND: CeremonyKind<UnlockTypes> = {
  kind: "unlock",
  phases: PHASES,
  times: CEREMONY_TIMES,
  step: stepUnlock,
  hasReleased: (state) => state.candidate !== undefined,
};

type Row = UnlockContext & { readonly phase: UnlockPhase };

/** Read down for "where am I", across for "what may happen". A missing cell is a refusal. */
// biome-ignore format: the columns are the documentation
const UNLOCK: Table<Row, UnlockEvent, UnlockOutcome | undefined> = {
  card_proven:      { person_confirmed: confirm, abort },
  person_confirmed: { person_confirmed: confirm, operation_chosen: choose, abort },
  chosen:           { person_confirmed: confirm, operation_chosen: choose, authorised: authorise, abort },
  released:         { puk_accepted: accept, puk_refused: refuse, reset_refused: refuseReset, lost },
  pin_set:          { hint_asked: giveHint, hint_answered: noteHint, rotation_answered: rotate,
                      proof_valid: verify, proof_invalid: doubt, lost },
  uncertain:        { puk_accepted: acceptLate, puk_refused: refuseLate, reset_refused: refuseResetLate,
                      hint_answered: noteHint, rotation_answered: rotate, proof_valid: proveLate, signed_later: settle },
  verified:         {},
  aborted:          {},
  confirmed_later:  {},
  settled_unknown:  {},
};

function to(row: Row, change: Partial<Unlock>, more: Partial<UnlockOutcome> = {}): UnlockOutcome {
  return {
    ceremony: { ...row.ceremony, ...change },
    registers: more.registers ?? row.registers,
    commands: more.commands ?? [],
    ...(more.rotationDue === true && { rotationDue: row.profile.pukChangeable }),
  };
}

function confirm(row: Row, event: { readonly evidence: EvidenceKind }): UnlockOutcome {
  return to(row, { phase: "person_confirmed", evidence: event.evidence });
}

function choose(row: Row): UnlockOutcome {
  return to(row, { phase: "chosen" });
}

function abort(row: Row, event: { readonly reason: UnlockEndReason }): UnlockOutcome {
  return to(row, { phase: "aborted", reason: event.reason });
}

/** T:AUTHORISED and T:RELEASED are one commit: what was signed for is released or it is not authorised at all. */
function authorise(row: Row): UnlockOutcome {
  const release = prepareRelease(row.registers, row.profile.pukChangeable);
  if (!release.ok)
    return to(row, {
      phase: "aborted",
      reason: release.reason === "frozen" ? "card_frozen" : "puk_tries_floor",
    });
  const { candidate, next, registers } = release;
  return to(
    row,
    { phase: "released", candidate, next },
    { registers, commands: [{ type: "release", candidate, next }] },
  );
}

/** The card said 9000: the new passcode is set. If the PUK had been in doubt, the next one may leave only now. */
function accept(row: Row, event: { readonly index: number }): UnlockOutcome | undefined {
  if (event.index !== row.ceremony.candidate) return undefined;
  const { triesLeft } = row.registers;
  const kept = { ...row.registers, triesLeft: triesLeft + (wasInDoubt(row) ? 1 : 0) };
  const registers = pukAccepted(kept, event.index, row.profile);
  const late = row.profile.pukChangeable && row.ceremony.next === undefined;
  const next = late ? event.index + 1 : row.ceremony.next;
  const commands: readonly UnlockCommand[] = late
    ? [{ type: "release", candidate: undefined, next }]
    : [];
  return to(row, { phase: "pin_set", passcodeSet: true, next }, { registers, commands });
}

/** Wrong PUK, one try gone: the other candidate once, then freeze. */
function refuse(
  row: Row,
  event: { readonly index: number; readonly triesLeft: number },
): UnlockOutcome | undefined {
  if (event.index !== row.ceremony.candidate) return undefined;
  const registers = pukRefused(row.registers, event.index, event.triesLeft);
  const again = prepareRelease(registers, false);
  if (row.ceremony.triedBoth || !again.ok) {
    const reason = event.triesLeft === 0 ? "puk_blocked" : "puk_refused";
    return to(row, { phase: "aborted", reason }, { registers });
  }
  return to(
    row,
    { candidate: again.candidate, next: undefined, triedBoth: true },
    {
      registers: again.registers,
      commands: [{ type: "release", candidate: again.candidate, next: undefined }],
    },
  );
}

function refuseReset(row: Row, event: { readonly passcode: boolean }): UnlockOutcome {
  const reason = event.passcode ? "passcode_refused_by_card" : "refused_by_card";
  const { candidate } = row.ceremony;
  const registers =
    candidate === undefined || row.releasedSince === true
      ? row.registers
      : pukNotTried(row.registers, candidate, wasInDoubt(row));
  return to(row, { phase: "aborted", reason }, { registers });
}

/** The candidate in play was one of two, and nothing spoke for either: it counts as a try lost until it is answered. */
function wasInDoubt({ ceremony, registers, profile }: Row): boolean {
  const { next, triedBoth } = ceremony;
  return (
    profile.pukChangeable && next === undefined && !triedBoth && registers.refused === undefined
  );
}

/**
 * Once in an unlock, and before the PUK is changed: the hint says what the card has just accepted. Whoever has the answer
 * may write to the card until it loses power, so it is given for no other card and no second time.
 */
function giveHint(row: Row): UnlockOutcome | undefined {
  const { candidate, hint } = row.ceremony;
  const isWanted = row.profile.hint && row.profile.pukChangeable;
  if (!isWanted || hint !== undefined || candidate === undefined) return undefined;
  return to(row, { hint: "given" }, { commands: [{ type: "give_hint", index: candidate }] });
}

function noteHint(row: Row, event: { readonly applied: boolean }): UnlockOutcome {
  return to(row, { hint: event.applied ? "written" : "failed" });
}

function rotate(row: Row, event: { readonly applied: boolean }): UnlockOutcome {
  return to(row, { rotated: event.applied });
}

/** T:VERIFIED. Only here is it success, and only here does the rotation count. */
function verify(row: Row): UnlockOutcome {
  const { next, rotated } = row.ceremony;
  const registers = rotated && next !== undefined ? pukRotated(row.registers, next) : row.registers;
  const commands = [{ type: "notify_holder" }] as const;
  return to(row, { phase: "verified" }, { registers, commands, rotationDue: true });
}

function doubt(row: Row): UnlockOutcome {
  return to(row, { phase: "uncertain", reason: "proof_invalid" });
}

function lost(row: Row, event: { readonly reason: UnlockEndReason }): UnlockOutcome {
  return to(row, { phase: "uncertain", reason: event.reason });
}

/** A report that came too late still proves where the PUK stands; it does not reopen the ceremony. */
function acceptLate(row: Row, event: { readonly index: number }): UnlockOutcome | undefined {
  if (event.index !== row.ceremony.candidate) return undefined;
  // The next PUK was not released with it now, so `hi`, the highest that ever left, stays.
  const { n } = pukAccepted(row.registers, event.index, row.profile);
  return to(row, { passcodeSet: true }, { registers: { ...row.registers, n } });
}

/**
 * The card had refused: nothing was changed on it, so this ends as such. What it says of the PUK counts only while
 * nobody has tried since: an old refusal is no news of today's PUK.
 */
function refuseLate(
  row: Row,
  event: { readonly index: number; readonly triesLeft: number },
): UnlockOutcome | undefined {
  const { candidate, passcodeSet } = row.ceremony;
  if (event.index !== candidate || passcodeSet) return undefined;
  const registers =
    row.releasedSince === true
      ? row.registers
      : pukRefused(row.registers, event.index, event.triesLeft);
  const reason = event.triesLeft === 0 ? "puk_blocked" : "puk_refused";
  return to(row, { phase: "aborted", reason }, { registers });
}

function refuseResetLate(
  row: Row,
  event: { readonly passcode: boolean },
): UnlockOutcome | undefined {
  return row.ceremony.passcodeSet ? undefined : refuseReset(row, event);
}

/**
 * This ceremony's own closing signature, come late (docs/adr/0021): it proves that the card worked with the new passcode,
 * and says so of today only if nobody else has released its PUK since. Settling never changes `n` or `hi`.
 */
function proveLate(row: Row): UnlockOutcome {
  const ours = row.ceremony.passcodeSet && row.releasedSince !== true;
  return settled(row, ours);
}

/** Settling proves that the card works, and by whom it was unlocked only if nothing else can have done it. */
function settle(row: Row, event: { readonly releasedSince: boolean }): UnlockOutcome {
  return settled(row, row.ceremony.passcodeState === "blocked" && !event.releasedSince);
}

function settled(row: Row, ours: boolean): UnlockOutcome {
  return ours
    ? to(
        row,
        { phase: "confirmed_later" },
        { commands: [{ type: "notify_holder" }], rotationDue: true },
      )
    : to(row, { phase: "settled_unknown" }, { rotationDue: true });
}
