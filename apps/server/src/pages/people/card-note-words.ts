/** Notes about a card, in Smartcard Details and where its user starts. */
export const NOTE_WORDS = {
  unfinished: "Unlock not finished.",
  passcodeSet:
    "The card took a new passcode. Its user can sign in with it already: that finishes the unlock.",
  passcodeUnknown:
    "The card may have a new passcode. If its user can sign in with it, that finishes the unlock. If not, put the card in again and unlock it once more.",
  frozen:
    "This card refused every unblocking code that it could have. It is not tried any further until a supervisor decides.",
  granted: "A supervisor has allowed one more try. Unlock the card in the usual way.",
  incident: ({ firstDesk, foundAt }: { readonly firstDesk: string; readonly foundAt: string }) =>
    `This card changed its unblocking code behind our back. It was last unlocked at ${firstDesk}. It was found out at ${foundAt}.`,
  incidentToDo:
    "Have the PC at that desk looked at before it is used again. Replace the card, or let a supervisor decide about it.",
  settle: "Let this card be tried once more?",
  settleHint:
    "One try at the unblocking code is used, in an ordinary unlock. It is on record who allowed it.",
  tries: {
    previous: "With the code before: a PC may have said that it changed the code, and did not",
    next: "With the code after: the records may be older than the card, after a breakdown",
  },
  settleButton: "Allow one try",
  settled: {
    confirmed_later: "The unlock of your card is finished: you have signed in with it.",
    settled_unknown:
      "The unlock of your card had not been finished. It works, as you have signed in with it. If it refuses the passcode you chose at the desk, have it unlocked again.",
  },
} as const;
