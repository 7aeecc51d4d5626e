import {
  CEREMONY_TIMES,
  type CeremonyContext,
  type CeremonyKind,
  type CeremonyOutcome,
  type CommonEvent,
  type EndReason,
  type PhaseStanding,
} from "./kind.ts";
import { decide, type Table } from "./machine.ts";

/**
 * Change own passcode: the holder, signed in with this very card, gives the old passcode and a new one. No PUK is in
 * it, so the registers stay as they are. The agent says beforehand that it is about to send the one command that
 * changes the card: from then on silence is doubt.
 */
export interface Change {
  readonly phase: ChangePhase;
  /** The command was about to be sent at least once. */
  readonly wasSent: boolean;
  /** The card answered 9000: whatever was lost after that, the new passcode is on it. */
  readonly passcodeSet: boolean;
  readonly reason: ChangeEndReason | undefined;
}

// biome-ignore format: the columns are the documentation
const PHASES = {
  begun:           "open",
  sent:            "released",
  set:             "released",
  changed:         "over",
  aborted:         "aborted",
  uncertain:       "uncertain",
  confirmed_later: "over",
  settled_unknown: "over",
} as const satisfies Record<string, PhaseStanding>;

export type ChangePhase = keyof typeof PHASES;

/** Why a change in particular may end without success. */
export const CHANGE_END_REASONS = [
  "wrong_passcode",
  "passcode_blocked",
  "passcode_refused_by_card",
  "refused_by_card",
] as const;

export type ChangeEndReason = EndReason | (typeof CHANGE_END_REASONS)[number];

export type ChangeEvent =
  | CommonEvent
  /** The agent is about to send CHANGE REFERENCE DATA, once. */
  | { readonly type: "sending" }
  /** It was not sent after all: the card is as it was. */
  | { readonly type: "not_sent" }
  /** The card answered 9000: the new passcode is set. */
  | { readonly type: "applied" }
  /** The old passcode was wrong, and a try was spent; the card is as it was. */
  | { readonly type: "wrong_passcode"; readonly triesLeft: number | undefined }
  /** The card refused for another reason: nothing changed. `passcode`: it did not like the new one. */
  | { readonly type: "refused"; readonly passcode: boolean }
  | { readonly type: "proof_valid" }
  | { readonly type: "proof_invalid" };

export type ChangeCommand = { readonly type: "notify_holder" };

export interface ChangeNotes {
  /** Signed with 9A after the new passcode was verified. */
  readonly doneNonce: string;
  /** The agent's name for the press that the command was announced for last. */
  readonly attempt: string | undefined;
}

export interface ChangeTypes {
  readonly state: Change;
  readonly event: ChangeEvent;
  readonly command: ChangeCommand;
  readonly notes: ChangeNotes;
}

export type ChangeContext = CeremonyContext<ChangeTypes>;
export type ChangeOutcome = CeremonyOutcome<ChangeTypes>;

/** The change as it stands once the holder asked for it. */
export function beginChange(): Change {
  return { phase: "begun", wasSent: false, passcodeSet: false, reason: undefined };
}

/** Decides one event; `undefined` when it is out of order and must change nothing. */
export function stepChange(context: ChangeContext, event: ChangeEvent): ChangeOutcome | undefined {
  return decide(CHANGE, { ...context, phase: context.ceremony.phase }, event);
}

/** Change own passcode, as one kind of ceremony among others. */
export const CHANGE_KIND: CeremonyKind<ChangeTypes> = {
  kind: "change",
  phases: PHASES,
  times: CEREMONY_TIMES,
  step: stepChange,
  hasReleased: (state) => state.wasSent,
};

type Row = ChangeContext & { readonly phase: ChangePhase };

/** Read down for "where am I", across for "what may happen". A missing cell is a refusal. */
// biome-ignore format: the columns are the documentation
const CHANGE: Table<Row, ChangeEvent, ChangeOutcome | undefined> = {
  begun:           { sending: send, abort },
  sent:            { applied: set, wrong_passcode: tryAgain, refused: refuse, not_sent: back, lost: doubt },
  set:             { proof_valid: finish, proof_invalid: disprove, lost: doubt },
  uncertain:       { applied: setLate, wrong_passcode: wrongLate, refused: refuseLate, not_sent: notSentLate,
                     proof_valid: proveLate, signed_later: settle },
  changed:         {},
  aborted:         {},
  confirmed_later: {},
  settled_unknown: {},
};

const TOLD: readonly ChangeCommand[] = [{ type: "notify_holder" }];

function to(
  { ceremony }: Row,
  change: Partial<Change>,
  commands: readonly ChangeCommand[] = [],
): ChangeOutcome {
  return { ceremony: { ...ceremony, ...change }, commands };
}

function send(row: Row): ChangeOutcome {
  return to(row, { phase: "sent", wasSent: true });
}

function abort(row: Row, event: { readonly reason: EndReason }): ChangeOutcome {
  return to(row, { phase: "aborted", reason: event.reason });
}

function back(row: Row): ChangeOutcome {
  return to(row, { phase: "begun" });
}

function set(row: Row): ChangeOutcome {
  return to(row, { phase: "set", passcodeSet: true });
}

interface WrongPasscode {
  readonly triesLeft: number | undefined;
}

/** Typed wrong: the holder may type again. The last try gone, only an unlock helps. */
function tryAgain(row: Row, { triesLeft }: WrongPasscode): ChangeOutcome {
  return triesLeft === 0
    ? to(row, { phase: "aborted", reason: "passcode_blocked" })
    : to(row, { phase: "begun" });
}

function refuse(row: Row, event: { readonly passcode: boolean }): ChangeOutcome {
  const reason = event.passcode ? "passcode_refused_by_card" : "refused_by_card";
  return to(row, { phase: "aborted", reason });
}

/** Only here is it success. */
function finish(row: Row): ChangeOutcome {
  return to(row, { phase: "changed" }, TOLD);
}

function disprove(row: Row): ChangeOutcome {
  return to(row, { phase: "uncertain", reason: "proof_invalid" });
}

function doubt(row: Row, event: { readonly reason: EndReason }): ChangeOutcome {
  return to(row, { phase: "uncertain", reason: event.reason });
}

/** Reports that come too late reopen nothing, and count for what they prove (docs/adr/0021). */
function setLate(row: Row): ChangeOutcome {
  return to(row, { passcodeSet: true });
}

function wrongLate(row: Row, { triesLeft }: WrongPasscode): ChangeOutcome | undefined {
  if (row.ceremony.passcodeSet) return undefined;
  const reason = triesLeft === 0 ? "passcode_blocked" : "wrong_passcode";
  return to(row, { phase: "aborted", reason });
}

function refuseLate(row: Row, event: { readonly passcode: boolean }): ChangeOutcome | undefined {
  return row.ceremony.passcodeSet ? undefined : refuse(row, event);
}

/** Why it was in doubt is why it ended. */
function notSentLate(row: Row): ChangeOutcome | undefined {
  return row.ceremony.passcodeSet ? undefined : to(row, { phase: "aborted" });
}

/** This change's own closing signature: true of today only if nothing else may have changed the card since. */
function proveLate(row: Row): ChangeOutcome {
  const ours = row.ceremony.passcodeSet && row.releasedSince !== true;
  return ours ? to(row, { phase: "confirmed_later" }, TOLD) : to(row, { phase: "settled_unknown" });
}

/** A later signature proves that the card works with a passcode that its user knows: the old one or the new. */
function settle(row: Row): ChangeOutcome {
  return to(row, { phase: "settled_unknown" });
}
