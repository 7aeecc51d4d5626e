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
  settled_unknown: "over",
} as const satisfies Record<string, PhaseStanding>;

export type ChangePhase = keyof typeof PHASES;

/** Why a change in particular may end without success. */
export const CHANGE_END_REASONS = [
  "passcode_blocked",
  "passcode_refused_by_card",
  "refused_by_card",
] as const;

export type ChangeEndReason = EndReason | (typeof CHANGE_END_REASONS)[number];

export type ChangeEvent =
  | CommonEvent
  /** The agent is about to send CHANGE REFERENCE DATA, once. */
  | { readonly type: "sending" }
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
  return { phase: "begun", wasSent: false, reason: undefined };
}

/** Decides one event; `undefined` when it is out of order and must change nothing. */
export function stepChange(context: ChangeContext, event: ChangeEvent): ChangeOutcome | undefined {
  return decide(CHANGE, context.ceremony, event);
}

/** Change own passcode, as one kind of ceremony among others. */
export const CHANGE_KIND: CeremonyKind<ChangeTypes> = {
  kind: "change",
  phases: PHASES,
  times: CEREMONY_TIMES,
  step: stepChange,
  hasReleased: (state) => state.wasSent,
};

/** Read down for "where am I", across for "what may happen". A missing cell is a refusal. */
// biome-ignore format: the columns are the documentation
const CHANGE: Table<Change, ChangeEvent, ChangeOutcome> = {
  begun:           { sending: send, abort },
  sent:            { applied: set, wrong_passcode: tryAgain, refused: refuse, lost: doubt },
  set:             { proof_valid: finish, proof_invalid: disprove, lost: doubt },
  uncertain:       { signed_later: settle },
  changed:         {},
  aborted:         {},
  settled_unknown: {},
};

function to(change: Change, next: Partial<Change>): ChangeOutcome {
  return { ceremony: { ...change, ...next }, commands: [] };
}

function send(change: Change): ChangeOutcome {
  return to(change, { phase: "sent", wasSent: true });
}

function abort(change: Change, event: { readonly reason: EndReason }): ChangeOutcome {
  return to(change, { phase: "aborted", reason: event.reason });
}

function set(change: Change): ChangeOutcome {
  return to(change, { phase: "set" });
}

/** Typed wrong: the holder may type again. The last try gone, only an unlock helps. */
function tryAgain(
  change: Change,
  event: { readonly triesLeft: number | undefined },
): ChangeOutcome {
  return event.triesLeft === 0
    ? to(change, { phase: "aborted", reason: "passcode_blocked" })
    : to(change, { phase: "begun" });
}

function refuse(change: Change, event: { readonly passcode: boolean }): ChangeOutcome {
  const reason = event.passcode ? "passcode_refused_by_card" : "refused_by_card";
  return to(change, { phase: "aborted", reason });
}

/** Only here is it success. */
function finish(change: Change): ChangeOutcome {
  return {
    ceremony: { ...change, phase: "changed" },
    commands: [{ type: "notify_holder" }],
  };
}

function disprove(change: Change): ChangeOutcome {
  return to(change, { phase: "uncertain", reason: "proof_invalid" });
}

function doubt(change: Change, event: { readonly reason: EndReason }): ChangeOutcome {
  return to(change, { phase: "uncertain", reason: event.reason });
}

/** A later signature proves that the card works with a passcode that its user knows: the old one or the new. */
function settle(change: Change): ChangeOutcome {
  return to(change, { phase: "settled_unknown" });
}
