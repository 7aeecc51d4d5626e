export const WORDS = {
  title: "Lanyard",
  heading: "Unlock a smartcard in under a minute",
  intro:
    "For registration authority staff. You need two smartcard readers at this PC: one for your own card and one for the user’s.",
  launch: "Launch Care Identity Service",
  newWindow: "(opens in a new window)",
  howTo: "How it goes",
  steps: [
    "Put your own card into one of the readers and sign in. Leave it in: taking it out signs you out.",
    "Select Manage Smartcard, put the user’s card into the other reader, and check that this is the person.",
    "Select Unlock Smartcard. The user sets a new passcode that only they know.",
  ],
  bookmark: "Keep this page as a bookmark.",
} as const;
