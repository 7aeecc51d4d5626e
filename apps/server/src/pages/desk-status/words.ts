/** What is said about the readers of a desk. */
export const WORDS = {
  title: "Smartcard readers at this PC",
  agentDown: {
    title: "The card agent is not running on this PC",
    toDo: "Start “Lanyard card agent” on this PC. This page shows the readers once it runs.",
  },
  serviceDown: {
    title: "The smartcard service of this PC does not answer",
    toDo: "Take your cards out and restart the PC.",
  },
  noReader: {
    title: "This PC has no smartcard reader",
    toDo: "Attach two smartcard readers. The one in a keyboard counts.",
  },
  oneReader: {
    title: "This PC has one smartcard reader",
    toDo: "To unlock a card you need two: one for your own card, one for the user’s. Attach a second reader. The one in a keyboard counts.",
  },
  empty: "No card",
  reading: "A card is being read",
  mute: "The card does not answer",
  muteToDo: "Take it out, wipe the chip, and put it in again the right way round.",
  foreign: "Not a smartcard of this kind",
  foreignToDo: "Take it out and use a smartcard of this service.",
  yours: "Your own card",
  yoursToDo: "Leave it in: taking it out signs you out.",
  holder: (name: string) => `Card of ${name}`,
  unknown: "A card this service has no record of",
  notTold: "A smartcard is in",
} as const;
