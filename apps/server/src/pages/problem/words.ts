import type { Activity } from "@lanyard/identity";
import type { ProblemStatus } from "./problem.page.tsx";

interface ProblemWords {
  readonly title: string;
  readonly text: string;
}

export const PROBLEMS = {
  400: {
    title: "This could not be understood",
    text: "What your browser sent was not what this page expects. Nothing was changed. Go back and start again.",
  },
  403: {
    title: "You may not do this",
    text: "Nothing was changed. If you need it for your work, ask your registration authority.",
  },
  404: {
    title: "Page not found",
    text: "There is no such page, or it is not yours to see. Check the address, or start again.",
  },
  410: {
    title: "This page has expired",
    text: "It was used already, or too much time has passed. Go back and start again.",
  },
  421: {
    title: "Wrong address",
    text: "This server does not answer under the address your browser used. Open Lanyard from your bookmark.",
  },
  500: {
    title: "Something went wrong at the server",
    text: "Nobody did anything wrong here. If you were unlocking a card, start again: the next page tells you how the card stands.",
  },
  503: {
    title: "The card agent of this PC cannot be reached",
    text: "Start “Lanyard card agent” on this PC, wait a moment, and start again.",
  },
} as const satisfies Record<ProblemStatus, ProblemWords>;

/** What somebody may not do, as the end of "Your role does not allow you to ...". */
export const ACTIVITY_WORDS = {
  "find-person": "find people and see their profiles",
  "manage-smartcard-tab": "use the Manage Smartcard tab",
  unlock: "unlock smartcards",
  "renew-due": "renew smartcards",
  "manage-card-life": "issue, repair or cancel smartcards",
  "edit-person": "create people or edit their details",
  "close-person": "close or reopen people",
  "assign-position": "assign positions",
  "define-positions": "define positions",
  "decide-requests": "decide requests",
  "settle-frozen-card": "decide about a card that refuses its unblocking code",
  "manage-desks": "look after desks",
  "see-key-versions": "see which master keys cards are on",
  "read-audit": "read the record",
  report: "see reports",
  "change-own-passcode": "change the passcode of somebody else’s card",
} as const satisfies Record<Activity, string>;

export const WORDS = {
  notAllowed: (what: string) => `Your role does not allow you to ${what}.`,
  request: "Number of this request, for the service desk:",
  signedInStart: "Go to the start",
  signedOutStart: "Start again",
} as const;
