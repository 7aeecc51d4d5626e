import type { LeashState } from "../leash/leash.ts";

/** Every sentence of the agent's pages, in one place. */
export const WORDS = {
  service: "Card agent",
  home: {
    title: "The card agent is running",
    intro: "This program lets Lanyard use the smartcard readers of this PC.",
    server: "Server",
    readers: "Readers",
    noReaders:
      "This PC has no smartcard reader. Connect one. If there is one, contact the service desk.",
    serviceDown:
      "The smartcard service of this PC does not answer. Restart the PC, or contact the service desk.",
    open: "Go to Lanyard",
    fingerprint: "Fingerprint",
    notKnown: {
      title: (host: string) => `This desk is not known at ${host}`,
      fingerprint: "Its fingerprint is",
      ask: "Ask your registration authority for a code, or for approval.",
      code: "With a code, run on this PC:",
      approval:
        "For approval, read the fingerprint to them. This page changes when you load it again, some seconds after they let the desk in.",
    },
  },
  signIn: {
    title: "Enter your passcode",
    intro: (host: string) => `You are signing in to Lanyard at ${host}.`,
    card: "Your card",
    chooseCard: "Which card is yours?",
    chooseCardError: "Choose which card is yours",
    passcode: "Passcode",
    passcodeHint: "The 4 to 8 letters or numbers you use with this card",
    button: "Sign in",
    cancel: "Cancel",
    empty: "Enter your passcode",
    badFormat: "A passcode has 4 to 8 letters or numbers. No try was used.",
    noCardTitle: "Put your card in a reader",
    noCard:
      "There is no smartcard in the readers of this PC that can be used here. Put your card in and look again.",
    reading: "A card is being read. Wait a moment and look again.",
    mute: "A card does not answer. Take it out, wipe the chip, and put it in again the right way round.",
    foreign: "The card in the reader is not a smartcard of this kind.",
    lookAgain: "Look again",
    cardGone: "The card was taken out. Put it in again and enter your passcode. No try was used.",
    lockedTitle: "This card is locked",
    locked:
      "This card is locked: all tries at its passcode have been used. Ask somebody who may unlock smartcards to unlock it.",
    goBack: "Go back to Lanyard",
  },
  unlock: {
    title: "Set a new passcode",
    lookAway:
      "Please look away and hand over the keyboard. Only the user of the card may know its passcode.",
    lookAwayTitle: "To the operator",
    operation: "What happens",
    operationName: "Unlock Smartcard",
    holder: "For",
    whose: (holder: {
      readonly name: string;
      readonly careId: string;
      readonly cardSerial: string;
    }) => `${holder.name}, UUID ${holder.careId}, device ${holder.cardSerial}`,
    operator: "Allowed by",
    allowed: (operator: string, host: string) => `${operator}, at ${host}`,
    passcode: "New passcode",
    again: "New passcode again",
    button: "Confirm",
    cancel: "Cancel",
    empty: "Type the new passcode",
    emptyAgain: "Type the new passcode again",
    timedOut: "The new passcode was not kept any longer. Type it again.",
  },
  operatorPasscode: {
    title: "Operator, enter your own passcode",
    always: "This service asks for your passcode before a card is unlocked.",
    again:
      "Your card wants your passcode again before it signs. Nothing has been done to the other card yet.",
    passcode: "Your own passcode",
    button: "Unlock Smartcard",
  },
  change: {
    title: "Change my passcode",
    operation: "What happens",
    operationName: (host: string) => `Change my passcode, at ${host}`,
    holder: "For",
    whose: (holder: {
      readonly name: string;
      readonly careId: string;
      readonly cardSerial: string;
    }) => `${holder.name}, UUID ${holder.careId}, device ${holder.cardSerial}`,
    tries:
      "A wrong present passcode uses up one try. Leave your card in until the next page appears.",
    current: "Present passcode",
    passcode: "New passcode",
    again: "New passcode again",
    button: "Change passcode",
    cancel: "Cancel",
    emptyCurrent: "Type your present passcode",
    same: "The new passcode must be different from the present one",
    blocked:
      "Wrong passcode, and no tries are left: your card is locked. Ask your registration authority to unlock it.",
    refused: "The card refused. Nothing was changed on it. Start again.",
    broken: {
      set: {
        title: "Your card has its new passcode",
        sentences: [
          "The connection to Lanyard broke after the change. Your card took the new passcode and works with it; the old one does not work any more.",
          "Lanyard is told as soon as this PC has a connection again. You may have to sign in again, with the new passcode.",
        ],
      },
      unknown: {
        title: "Change not finished",
        sentences: [
          "Your card may have its new passcode, or its old one: it did not prove which.",
          "Go back to Lanyard and sign in with the new passcode. If it is refused, use the old one. A wrong passcode uses up one try, so type each only once.",
        ],
      },
    },
  },
  trouble: {
    goBack: "Go back to Lanyard",
    startAgain: "Try again",
    stopped: "This cannot go on",
    leashDownTitle: "The server cannot be reached",
    leashDown:
      "This PC's card agent has no connection to Lanyard at the moment. Nothing was done. Wait a little and try again; if it stays so, contact the service desk.",
    unknownTitle: "Unlock not finished",
    unknown:
      "The connection to Lanyard broke while the card was being unlocked. The new passcode may be set already.",
    unknownNext:
      "Go back to Lanyard: it says how this ended as soon as this PC has a connection again. If the card takes the new passcode, sign in with it: that finishes the unlock. If not, put the card in again and start again.",
    oldForm: "This page was out of date, so nothing was done. Please try again.",
    tooMany: "Too many pages were opened here. Wait a minute, go back to Lanyard and start again.",
    tooManyTitle: "Wait a minute",
    internal: "Something went wrong in the card agent. Go back to Lanyard and start again.",
    overTitle: "This has been finished already",
  },
} as const;

/** "Wrong passcode. You have 2 tries left before the card locks." */
export function wrongPasscode(triesLeft: number | undefined): string {
  if (triesLeft === undefined) return "Wrong passcode.";
  if (triesLeft === 1)
    return "Wrong passcode. You have 1 try left. If that one is wrong too, the card locks.";
  return `Wrong passcode. You have ${triesLeft} tries left before the card locks.`;
}

/** `555083916274` as people read it from the card: `5550 8391 6274`. */
export function spacedCareId(careId: string): string {
  return careId.replace(/^(....)(....)(....)$/, "$1 $2 $3");
}

export const LEASH_WORDS: Readonly<Record<Exclude<LeashState["state"], "refused">, string>> = {
  up: "Connected",
  down: "Not connected. The agent keeps trying.",
};
