import type { ChangeEndReason, ChangePhase } from "@lanyard/identity";
import type { ChangeRefusal } from "../../ceremonies/change.service.ts";

export const WORDS = {
  title: "Change my passcode",
  intro:
    "You need your present passcode and a new one. You type both on this PC’s card agent page: they never leave this PC.",
  leaveIn: "Leave your card in until the change is done.",
  forgotten:
    "If you have forgotten your present passcode, do not guess: ask your registration authority to unlock your card.",
  rule: "The new passcode",
  button: "Continue",
  whatNow: "What to do now",
  home: "Go to the start",
  again: "Start again",
  goOn: "You still have to type your passcodes.",
  look: "Look again",
  lookHint: "This page does not change by itself.",
  keepSecret: "Only you may know your passcode. If somebody else saw it, change it again now.",
  underWay: "The change of passcode that was under way",
  tryNew: "Take your card out, put it in again, and sign in with the new passcode.",
  tryOld:
    "If it is refused, sign in with the old one. A wrong passcode uses up one try, so type each only once.",
} as const;

/** Why Continue did not go on. */
export const REFUSALS = {
  agent_not_running: {
    problem: "The card agent of this PC cannot be reached",
    toDo: "Start “Lanyard card agent” on this PC, wait a moment, and select Continue again.",
  },
  card_gone: {
    problem: "Your card cannot be found in its reader",
    toDo: "Put your card in again and sign in again.",
  },
  ceremony_running: {
    problem: "A card is being changed at this PC at the moment",
    toDo: "Wait until that has ended, at most a minute, and select Continue again.",
  },
} as const satisfies Record<ChangeRefusal, { readonly problem: string; readonly toDo: string }>;

/** How a change stands, without a name or number in it: these stand on the signed-out page too. */
export const OUTCOMES = {
  begun: {
    title: "Your passcode has not been changed yet",
    text: "The change waits on the card agent’s page. Nothing has been changed on your card.",
  },
  sent: {
    title: "The change is being finished",
    text: "Leave your card in. Nothing is certain yet.",
  },
  set: {
    title: "The change is being finished",
    text: "Leave your card in. The new passcode is being checked.",
  },
  changed: {
    title: "Passcode changed",
    text: "Your card has proved that it works with the new passcode. The old one does not work any more.",
  },
  aborted: {
    title: "Your passcode was not changed",
    text: "The change ended before it was done.",
  },
  uncertain: {
    title: "Change not finished",
    text: "Your card may have its new passcode, or its old one: it did not prove which.",
  },
  confirmed_later: {
    title: "Passcode changed",
    text: "This change had been in doubt. Since then your card has proved that it works with the new passcode.",
  },
  settled_unknown: {
    title: "Your card works",
    text: "This change had been in doubt. Since then your card has proved that it works: the passcode you signed in with is the one it has.",
  },
} as const satisfies Record<ChangePhase, { readonly title: string; readonly text: string }>;

interface EndWords {
  /** What happened, true whether or not the card may have changed by then. */
  readonly happened: string;
  /** How the card is when the change was aborted for this. */
  readonly card: string;
  readonly toDo: string;
  readonly needsHelp: boolean;
}

const UNCHANGED = "Nothing was changed on your card.";

/** Why a change ended without success. */
export const END_REASONS = {
  operator_card_removed: {
    happened: "Your card was taken out.",
    card: UNCHANGED,
    toDo: "Put it in again, sign in, and start again. Leave it in until the change is done.",
    needsHelp: false,
  },
  holder_card_removed: {
    happened: "Your card was taken out.",
    card: UNCHANGED,
    toDo: "Put it in again, sign in, and start again. Leave it in until the change is done.",
    needsHelp: false,
  },
  session_ended: {
    happened: "Your session ended.",
    card: UNCHANGED,
    toDo: "Sign in again and start again.",
    needsHelp: false,
  },
  cancelled: {
    happened: "The change was cancelled on the passcode page.",
    card: UNCHANGED,
    toDo: "Start again when you are ready.",
    needsHelp: false,
  },
  timed_out: {
    happened: "The change took too long and was ended.",
    card: UNCHANGED,
    toDo: "Start again when you are ready.",
    needsHelp: false,
  },
  replaced: {
    happened: "Something else was started at this desk or with your card.",
    card: "This change did nothing to your card.",
    toDo: "Go on with the other one, or start again.",
    needsHelp: false,
  },
  agent_gone: {
    happened: "The card agent of the PC stopped answering.",
    card: UNCHANGED,
    toDo: "Make sure that the card agent is running, and start again.",
    needsHelp: true,
  },
  wrong_passcode: {
    happened: "The present passcode was wrong, which used up one try.",
    card: "Your passcode was not changed.",
    toDo: "Start again, and type your present passcode with care.",
    needsHelp: false,
  },
  passcode_blocked: {
    happened: "The present passcode was wrong, and no tries are left.",
    card: "Your passcode was not changed. Your card is locked.",
    toDo: "Ask your registration authority to unlock your card. You set a new passcode there.",
    needsHelp: false,
  },
  passcode_refused_by_card: {
    happened: "The card did not accept the new passcode.",
    card: "Your passcode was not changed.",
    toDo: "Start again and choose another passcode.",
    needsHelp: false,
  },
  refused_by_card: {
    happened: "The card refused the change.",
    card: "Your passcode was not changed.",
    toDo: "Take your card out, put it in again, sign in, and start again. If it refuses again, ask your registration authority.",
    needsHelp: true,
  },
  answer_lost: {
    happened: "The card’s answer did not arrive.",
    card: UNCHANGED,
    toDo: "Start again.",
    needsHelp: true,
  },
  proof_missing: {
    happened: "The card did not prove that the new passcode works.",
    card: UNCHANGED,
    toDo: "Start again.",
    needsHelp: true,
  },
  proof_invalid: {
    happened: "The card’s proof that the new passcode works was not valid.",
    card: UNCHANGED,
    toDo: "Start again.",
    needsHelp: true,
  },
} as const satisfies Record<ChangeEndReason, EndWords>;
