import type { NoticeState, UnlockEndReason } from "@lanyard/identity";
import type { OutcomePhase } from "./outcome.tsx";

interface OutcomeWords {
  readonly title: string;
  readonly text: string;
}

/** How an unlock stands, without a name or number in it: these stand on the signed-out page too. */
export const OUTCOMES = {
  chosen: {
    title: "The new passcode has not been set yet",
    text: "The unlock waits on the card agent’s page. Nothing has been changed on the card.",
  },
  released: {
    title: "The unlock is being finished",
    text: "Leave both cards in. Nothing is certain yet.",
  },
  pin_set: {
    title: "The unlock is being finished",
    text: "Leave both cards in. The new passcode is being checked.",
  },
  verified: {
    title: "Smartcard successfully unlocked",
    text: "The card has proved that it works with the new passcode.",
  },
  aborted: {
    title: "The card was not unlocked",
    text: "The unlock ended before it was done.",
  },
  uncertain: {
    title: "Unlock not finished",
    text: "The card did not prove that it works with its new passcode. Put the card in again.",
  },
  confirmed_later: {
    title: "The unlock is finished",
    text: "It had been in doubt. Since then the card has proved that it works: the new passcode was set.",
  },
  settled_unknown: {
    title: "The card works",
    text: "This unlock had been in doubt. Since then the card has proved that it works, but not with which passcode. If the user’s passcode is refused, unlock the card again.",
  },
} as const satisfies Record<OutcomePhase, OutcomeWords>;

/** What is known of the passcode while an unlock is in doubt: no more, and no less. */
export const DOUBT = {
  passcodeSet:
    "The card took the new passcode. The user can sign in with it already: that finishes the unlock too.",
  passcodeUnknown:
    "The card may have its new passcode, or its old one. If the user can sign in with the new one already, that finishes the unlock too.",
} as const;

interface EndWords {
  /** What happened, true whether or not the card may have changed by then. */
  readonly happened: string;
  /** How the card is when the unlock was aborted for this. */
  readonly card: string;
  readonly toDo: string;
  readonly needsHelp: boolean;
}

const UNCHANGED = "Nothing was changed on the card.";
const START_AGAIN = "Put both cards in and start again.";

/** Why an unlock ended without success. */
export const END_REASONS = {
  operator_card_removed: {
    happened: "The operator’s card was taken out.",
    card: UNCHANGED,
    toDo: "Sign in again and start again. Leave your own card in until the unlock is done.",
    needsHelp: false,
  },
  holder_card_removed: {
    happened: "The user’s card was taken out.",
    card: UNCHANGED,
    toDo: "Put it in again, leave it in, and start again.",
    needsHelp: false,
  },
  session_ended: {
    happened: "The operator’s session ended.",
    card: UNCHANGED,
    toDo: "Sign in again and start again.",
    needsHelp: false,
  },
  cancelled: {
    happened: "The unlock was cancelled on the passcode page.",
    card: UNCHANGED,
    toDo: "Start again when the user is ready.",
    needsHelp: false,
  },
  timed_out: {
    happened: "The unlock took too long and was ended.",
    card: UNCHANGED,
    toDo: "Start again when the user is ready.",
    needsHelp: false,
  },
  replaced: {
    happened: "Something else was started at this desk or with this card.",
    card: "This unlock changed nothing on the card.",
    toDo: "Go on with the other one, or start again.",
    needsHelp: false,
  },
  agent_gone: {
    happened: "The card agent of the PC stopped answering.",
    card: UNCHANGED,
    toDo: "Make sure that the card agent is running, and start again.",
    needsHelp: true,
  },
  card_frozen: {
    happened: "This card refused the service’s unblocking code before.",
    card: UNCHANGED,
    toDo: "Do not try again. A supervisor at your registration authority has to decide about this card.",
    needsHelp: true,
  },
  puk_tries_floor: {
    happened:
      "Only one try at the card’s unblocking code is left, and this service does not spend it.",
    card: UNCHANGED,
    toDo: "Do not try again. A supervisor at your registration authority has to decide about this card.",
    needsHelp: true,
  },
  puk_refused: {
    happened: "The card refused the service’s unblocking code.",
    card: "Its passcode was not changed, but a try at the unblocking code was used up.",
    toDo: "Do not try again. A supervisor at your registration authority has to decide about this card.",
    needsHelp: true,
  },
  puk_blocked: {
    happened: "The card refused the service’s unblocking code, and no tries at it are left.",
    card: "Its passcode was not changed. The card cannot be unlocked any more.",
    toDo: "The user needs a new card, or this one repaired. Ask your registration authority.",
    needsHelp: true,
  },
  passcode_refused_by_card: {
    happened: "The card did not accept the new passcode.",
    card: "Its passcode was not changed.",
    toDo: "Start again, and let the user choose another passcode.",
    needsHelp: false,
  },
  refused_by_card: {
    happened: "The card refused to be unlocked.",
    card: "Its passcode was not changed.",
    toDo: "Take the card out, put it in again and start again. If it refuses again, ask your registration authority.",
    needsHelp: true,
  },
  answer_lost: {
    happened: "The card’s answer did not arrive.",
    card: UNCHANGED,
    toDo: START_AGAIN,
    needsHelp: true,
  },
  proof_missing: {
    happened: "The card did not prove that the new passcode works.",
    card: UNCHANGED,
    toDo: START_AGAIN,
    needsHelp: true,
  },
  proof_invalid: {
    happened: "The card’s proof that the new passcode works was not valid.",
    card: UNCHANGED,
    toDo: START_AGAIN,
    needsHelp: true,
  },
} as const satisfies Record<UnlockEndReason, EndWords>;

/** Whether the user has been told by mail, for the operator. */
export const TOLD = {
  waiting: "A message to the user’s e-mail address tells them of this.",
  sent: "The user has been told of this by e-mail.",
  given_up:
    "The e-mail that tells the user of this could not be delivered. Tell them yourself, and have their address put right.",
  no_address:
    "No e-mail address is on record for the user, so nobody can be told of this by mail. Have one put on record.",
} as const satisfies Record<NoticeState, string>;

export const WORDS = {
  whatNow: "What to do now",
  underWay: "The unlock that was under way",
  user: "The user can take the card out and use it with the new passcode at once. The old passcode does not work any more.",
  keepSecret: "Only the user may know the passcode. If somebody else saw it, set another one now.",
  another: "Do another card",
  again: "Start again",
  device: "Device",
  uncertainSignIn: "Let the user sign in with the new passcode: that finishes the unlock.",
  uncertainAgain: "If the card does not take it, put the card in again and unlock it once more.",
  look: "Look again",
  lookHint: "This page does not change by itself.",
  goOn: "The user still has to set the new passcode.",
  goOnButton: "Continue",
} as const;
