import type { CardRefusalReason } from "../../ceremonies/holder-card.ts";
import type { ServiceUnavailable } from "./service-offer.ts";

export const CAPTIONS = {
  card: "Step 1 of 4",
  person: "Step 2 of 4",
  device: "Step 3 of 4",
  service: "Step 4 of 4",
} as const;

export const MANAGE_WORDS = {
  title: "Manage Smartcard",
  place: "Place the user’s card in the second card reader.",
  keepOwn: "Do not remove your own card: that signs you out.",
  button: "Continue",
  next: "Select Continue once the card is in. Nothing is done to the card yet: this only finds out whose it is.",
  expected: "The card of this search",
  expectedHint:
    "You came here by search, so only this card will do. To use any card, start from the Manage Smartcard tab.",
  whatToDo: "What to do",
  expectedSerial: "Expected device",
  foundSerial: "Device in the reader",
} as const;

interface RefusalWords {
  /** One sentence, for the summary. */
  readonly problem: string;
  readonly toDo: string;
  /** Whether the service desk is likely to be needed. */
  readonly mayNeedDesk: boolean;
}

/** Why Continue did not go on, and what to do. Nothing was done to any card in any of them. */
export const CARD_REFUSALS = {
  agent_not_running: {
    problem: "The card agent is not running on this PC",
    toDo: "Start “Lanyard card agent” on this PC, wait until the readers are shown here, and select Continue again.",
    mayNeedDesk: true,
  },
  service_down: {
    problem: "The smartcard service of this PC does not answer",
    toDo: "Save your work, take the cards out and restart the PC. Then sign in again.",
    mayNeedDesk: true,
  },
  no_reader: {
    problem: "This PC has no smartcard reader",
    toDo: "Attach two smartcard readers. The one in a keyboard counts.",
    mayNeedDesk: true,
  },
  one_reader: {
    problem: "This PC has only one smartcard reader",
    toDo: "Attach a second reader: your own card has to stay in the first. The reader in a keyboard counts.",
    mayNeedDesk: true,
  },
  no_card: {
    problem: "There is no user’s card in the second reader",
    toDo: "Put the user’s card into the free reader, chip first and facing up, and select Continue.",
    mayNeedDesk: false,
  },
  too_many_cards: {
    problem: "There is more than one card besides your own",
    toDo: "Take one out, so that only your own card and this user’s card are in. Then select Continue.",
    mayNeedDesk: false,
  },
  card_mute: {
    problem: "The user’s card does not answer",
    toDo: "It is upside down, dirty or broken. Take it out, wipe the chip, and put it in again chip first and facing up. If it still does not answer, the user needs a new card.",
    mayNeedDesk: true,
  },
  card_foreign: {
    problem: "The card in the reader is not a smartcard of this service",
    toDo: "Take it out. Make sure that it is the user’s smartcard and not a bank card or another organisation’s card.",
    mayNeedDesk: false,
  },
  card_reading: {
    problem: "The user’s card is still being read",
    toDo: "Wait a moment until the reader shows that the card is in, and select Continue again.",
    mayNeedDesk: false,
  },
  card_busy: {
    problem: "Another program is using the user’s card",
    toDo: "Close other programs that use smartcards, take the card out, put it in again and select Continue.",
    mayNeedDesk: true,
  },
  card_gone: {
    problem: "The user’s card was taken out while it was being read",
    toDo: "Put it in again, leave it in, and select Continue.",
    mayNeedDesk: false,
  },
  card_not_genuine: {
    problem: "The card could not prove that it is genuine",
    toDo: "Keep the card, do not give it back, and report it to your registration authority. It may be a copy, or a card that was cleared.",
    mayNeedDesk: true,
  },
  card_unknown: {
    problem: "This service has no record of this card",
    toDo: "It was issued properly, but not by this service. Ask your registration authority which service keeps it.",
    mayNeedDesk: true,
  },
  own_card: {
    problem: "This is a card of your own",
    toDo: "Nobody unlocks their own card. Ask a colleague to do it at their desk.",
    mayNeedDesk: false,
  },
  ceremony_running: {
    problem: "An unlock is still being finished at this desk or with this card",
    toDo: "Leave both cards in. Wait a minute and select Continue again.",
    mayNeedDesk: false,
  },
  another_card: {
    problem: "The card in the reader is not the one you chose. Nothing was done to it",
    toDo: "Take it out and put in the expected card. If this is the card to unlock, search for its user again.",
    mayNeedDesk: false,
  },
} as const satisfies Record<CardRefusalReason, RefusalWords>;

export const PERSON_WORDS = {
  title: "Personal Details",
  check: "Check that this is the person in front of you.",
  noPhoto: "There is no photo on record. Check an identity document with a photo.",
  locked: "The card is locked.",
  notLocked: (triesLeft: number) =>
    triesLeft === 1
      ? "The card is not locked: 1 try left. You can still let the user set a new passcode."
      : `The card is not locked: ${triesLeft} tries left. You can still let the user set a new passcode.`,
  unknown: "The card did not say whether it is locked. You can let the user set a new passcode.",
  passcodeState: "Passcode",
  evidence: "How do you know?",
  person: "This is the person",
  button: "Continue",
  notThem: "If this is not the person, take the card out and start again.",
  personMissing: "Tick “This is the person”, or take the card out",
  evidenceMissing: "Select how you know that this is the person",
  back: "Back to the start",
} as const;

export const DEVICE_PAGE_WORDS = {
  title: "Smartcard Details",
  which: "Which device?",
  hint: "Only the device in the reader can be serviced",
  button: "Service",
  missing: "Select the device to service",
  another:
    "The device you selected is not the one in the reader. Select the one in the reader, or put the other card in and start again",
  chosenSerial: "Selected device",
  insertedSerial: "Device in the reader",
  nothingDone: "Nothing was done to either card.",
} as const;

export const SERVICE_WORDS = {
  title: "Service",
  which: "What do you want to do?",
  button: "Continue",
  missing: "Select what to do",
  next: "On the next page the user sets a new passcode. Hand over the keyboard and look away: only the user may know it.",
  unlock: "Unlock Smartcard",
  unlockLocked: "The user sets a new passcode, and the card works again",
  unlockFirst: "The card waits for its first passcode; the user sets it",
  unlockNotLocked: "The card is not locked. The user sets a new passcode in place of the old one",
  unavailableTitle: "Unlock Smartcard is not possible",
  anotherCard: "Do another card",
} as const;

/** Why Unlock Smartcard is not offered, and who can help. */
export const UNAVAILABLE = {
  expired:
    "The card’s certificates have expired. It needs repair, not unlocking. An RA Manager, an Advanced RA Agent or an RA Agent can repair it.",
  cancelled: "The card has been cancelled and cannot be used again. The user needs a new card.",
  cleared: "The card has been cleared and belongs to nobody. The user needs a new card.",
  revoked: "The card’s certificates have been revoked. The user needs a new card.",
  not_permitted:
    "Your role does not allow you to unlock this person’s card. Ask a colleague who may.",
} as const satisfies Record<ServiceUnavailable, string>;
