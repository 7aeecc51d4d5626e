import type { ReaderErrorCode } from "@lanyard/agent";
import type { CardErrorCode } from "@lanyard/piv";

/** Why a card cannot be connected to, and what to do. */
export const READER_WORDS: Readonly<Record<ReaderErrorCode, string>> = {
  "reader/insertion_over": "The card was taken out. Put it in and try again.",
  "reader/card_in_use":
    "Another program is using the card. Close it (the agent, if it is running here) and try again.",
  "reader/card_mute": "The card does not answer. Is it in the right way up, chip first?",
  "reader/service_down":
    "The smartcard service is not running on this PC. `lanyard doctor` says what to do.",
  "reader/failed": "The reader failed. Unplug it, plug it in again and try again.",
  "reader/closed": "The readers were closed.",
};

/** What went wrong with a card, and what to do. */
export const CARD_WORDS: Readonly<Record<CardErrorCode, string>> = {
  "card/removed": "The card was taken out. Put it in and try again.",
  "card/reset": "Another program reset the card. Close it and try again.",
  "card/transport": "The reader failed. Take the card out, put it in and try again.",
  "card/not_piv": "This card has no PIV application: it is another kind of card.",
  "card/object_not_found": "The card does not hold what was asked for.",
  "card/malformed_answer": "The card's answer makes no sense. It may be damaged.",
  "card/answer_too_long": "The card's answer does not end. It may be damaged.",
  "card/security_status": "The card wants its passcode first.",
  "card/unexpected_status": "The card refused, and does not say why.",
  "card/unsupported": "The card cannot do that.",
  "card/bad_argument":
    "Nothing was sent: a passcode has 1 to 8 characters and a PUK exactly 8, of letters and digits.",
};

/** `1 try`, `3 tries`. */
export function tries(count: number): string {
  return count === 1 ? "1 try" : `${count} tries`;
}

/** `one try was used; 2 tries are left.` */
export function triesLeftSentence(count: number | undefined): string {
  if (count === undefined) return "The card does not say how many tries are left.";
  return count === 1 ? "1 try is left." : `${count} tries are left.`;
}
