import type { SignInProblem } from "./sign-in.page.tsx";

export const WORDS = {
  title: "Sign in",
  intro: "Put your own smartcard into one of the readers.",
  next: "Your passcode is asked for on the next page, by the card agent of this PC. It stays on this PC.",
  button: "Sign in with your smartcard",
  anotherPc: "Not this PC? Find the card readers again",
} as const;

/** Why a sign-in did not come about, and what to do. */
export const SIGN_IN_PROBLEMS = {
  cancelled: "You cancelled the sign-in. Nothing was done to your card.",
  operator_card_removed:
    "The card was taken out before the sign-in was done. Put it in and sign in again.",
  holder_card_removed:
    "The card was taken out before the sign-in was done. Put it in and sign in again.",
  too_many_cards: "There are too many cards in the readers. Leave only your own in and try again.",
  card_locked:
    "Your card is locked: all tries at its passcode have been used. Ask a colleague who may unlock smartcards.",
  card_unreadable:
    "Your card could not be read. Take it out, wipe the chip, and put it in again the right way round.",
  timed_out: "The sign-in took too long and was ended. Nothing was done to your card. Try again.",
  card_gone: "Your card was taken out just as you signed in. Put it in and sign in again.",
  expired: "The sign-in page had expired or was used already. Sign in again.",
  agent_not_running:
    "The card agent of this PC is not running. Start it, wait until the readers are shown, and try again.",
} as const satisfies Record<SignInProblem, string>;
