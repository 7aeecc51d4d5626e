import type { DeskEnrolment } from "@lanyard/identity";
import type { TagColour } from "@lanyard/pages";
import type { DeskState } from "./desk-view.tsx";

export const ADMINISTRATION = { title: "Administration" } as const;

export const DESK_STATES = {
  connected: { text: "Connected", colour: "green" },
  not_connected: { text: "Not connected", colour: "grey" },
  revoked: { text: "Shut out", colour: "red" },
} as const satisfies Record<DeskState, { readonly text: string; readonly colour: TagColour }>;

export const DESK_WORDS = {
  state: "Now",
  organisation: "Organisation",
  nobodys: "No organisation: it enrolled itself",
  lastSeen: "Last seen",
  neverSeen: "never",
  lastAsked: (moment: string) => `Last asked on ${moment}`,
  history: "Enrolled",
  revoked: "Shut out",
  fingerprint: "Fingerprint",
  enrolled: (moment: string, how: string) => `${moment}, ${how}`,
  how: {
    open: () => "by itself",
    code: (by) => `with a code made by ${by ?? "an administrator of the server"}`,
    approval: (by) => `approved by ${by ?? "an administrator of the server"}`,
  } satisfies Record<DeskEnrolment, (by: string | undefined) => string>,
} as const;

export const DESKS = {
  title: "Desks",
  summary: "Which PCs may be used with Lanyard: let one in, name it, shut it out",
  intro: "A PC can be used for smartcards only while its card agent is known here.",
  add: "Add a desk",
  asking: "Desks that ask to be let in",
  askingHint: "Nobody knows these PCs yet. Open one to compare its fingerprint and decide.",
  known: "Known desks",
  filterLabel: "Find a desk",
  filter: "Part of a desk’s name",
  filterButton: "Find",
  none: "There is no such desk.",
  tooMany: "There are more desks than are shown here. Type part of a name.",
  approved: (name: string) =>
    `${name} has been let in. Its agent connects by itself within a minute.`,
  refused: (name: string) => `${name} has been refused.`,
  revoked: (name: string) => `${name} has been shut out.`,
} as const;

export const DESK = {
  title: "Desk",
  name: "Name",
  rename: "Change the name",
  renameButton: "Save name",
  nameMissing: "Type a name for the desk",
  revoke: "Shut this desk out",
  revokeHint: "For a PC that was lost, stolen, replaced or is not trusted any more.",
  revokeTitle: "Do you want to shut this desk out?",
  revokeWhat:
    "Whoever is signed in at this desk is signed out at once, and an unlock that has not been released ends.",
  revokeOwn:
    "This is the desk you are signed in at. You are signed out at once, and nobody can sign in here again.",
  revokeBack:
    "It cannot be undone. The PC can come back only as a new desk, with a new device key.",
  revokeButton: "Shut the desk out",
} as const;

export const ADD = {
  title: "Add a desk",
  intro: "You get a code that is typed on that PC. Have somebody there before you go on.",
  organisation: "Organisation that looks after the desk",
  organisationMissing: "Choose an organisation",
  name: "Name of the desk",
  nameHint: "Where it stands, such as “Pharmacy, front desk”. Empty: what its agent calls it",
  button: "Get a code",
  codeTitle: "Code for one desk",
  code: "Code",
  command: "On that PC, run",
  type: "Type this code there when it asks. Capital or small letters are the same, and so are hyphens or spaces.",
  look: "Look for the desk in the list: it is there as soon as the code was taken.",
  limits: (minutes: number, tries: number, organisation: string) =>
    `The code is good for ${minutes} minutes, for one desk of ${organisation}, and for ${tries} tries. It is shown only here, only now. Say it to nobody but the person at that PC.`,
  done: "Go to the list of desks",
} as const;

export const REQUEST = {
  title: "A desk asks to be let in",
  callsItself: "It calls itself",
  first: "First asked",
  last: "Last asked",
  compare:
    "Anybody who can reach this server can ask, under any name. Have somebody at that PC open the card agent’s page and read you the fingerprint. Let it in only if every group is the same.",
  same: "The fingerprint on that PC is the same",
  notCompared: "Say that the fingerprints are the same, or refuse the desk",
  approve: "Let it in",
  refuse: "Refuse",
} as const;

export const MASTER_KEYS = {
  title: "Master keys",
  summary: "How many cards still need each version of the key their PUKs are made from",
  intro:
    "A card moves to the newest version with its next unlock. Until no card needs it any more, an older version must be kept.",
  caption: "Cards in use",
  columns: ["Version", "Cards", "Share"],
  newest: (version: number) => `${version} (newest)`,
  cards: (count: number) => count.toLocaleString("en-GB"),
  share: (count: number, all: number) => `${((count / all) * 100).toFixed(1)}%`,
  none: "No card is in use.",
  moved: "Every card in use is on the newest version.",
  left: (count: number) =>
    count === 1
      ? "1 card is still on an older version."
      : `${count.toLocaleString("en-GB")} cards are still on an older version.`,
} as const;
