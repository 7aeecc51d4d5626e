export const WORDS = {
  title: "Find the card readers of this PC",
  intro:
    "This browser does not know yet which PC it is on. Your browser will go to the card agent of this PC and come straight back here. Nothing is asked of you, and nothing is done to a card.",
  ready: "Before you continue, make sure that the card agent is running on this PC.",
  button: "Continue",
  cannotTitle: "If your browser says that it cannot connect",
  cannot: [
    "Then the card agent is not running. Start “Lanyard card agent” on this PC.",
    "Go back to this page and select Continue again.",
  ],
  notCompleted: "This PC was not found. Select Continue to try again.",
} as const;
