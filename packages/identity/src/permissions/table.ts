import type { Role } from "./roles.ts";

/**
 * What a role may do of an activity.
 *
 * - `yes`: within the activity's scope. `own`: in the role's own organisation only, whatever the scope.
 * - `ask`: by raising a request. `assignable`: what is marked assignable; anything else by a request.
 * - `some`: the kinds that the settings name. `setting`: where the setting of that name is on.
 * - `self`: to what is one's own, and only that; so may whoever is signed in, with any role or none.
 * - `-`: no.
 */
export type Cell = "yes" | "own" | "ask" | "assignable" | "some" | "setting" | "self" | "-";

type Columns = readonly [
  manager: Cell,
  advancedAgent: Cell,
  agent: Cell,
  sponsor: Cell,
  idChecker: Cell,
  administrator: Cell,
  /** Reads the record and does nothing that is in it: ADR 0032. */
  privacyOfficer?: Cell,
];

/** Who may do what. What is not in the table may nobody; a plain user is not in the table, but has a `self` too. */
// biome-ignore format: the columns are the documentation
const TABLE = {
  //                       manager  advanced  agent  sponsor       checker  administrator  privacy officer
  "find-person":          ["yes",  "yes",    "yes", "yes",        "yes",   "yes"],
  "manage-smartcard-tab": ["yes",  "yes",    "yes", "yes",        "-",     "setting"],
  "unlock":               ["yes",  "yes",    "yes", "yes",        "-",     "yes"],
  "renew-due":            ["yes",  "yes",    "yes", "yes",        "-",     "yes"],
  "manage-card-life":     ["yes",  "yes",    "yes", "-",          "-",     "-"],
  "edit-person":          ["yes",  "yes",    "yes", "ask",        "yes",   "-"],
  "close-person":         ["yes",  "yes",    "yes", "ask",        "-",     "-"],
  "assign-position":      ["yes",  "yes",    "yes", "assignable", "-",     "-"],
  "define-positions":     ["yes",  "yes",    "-",   "-",          "-",     "-"],
  "decide-requests":      ["yes",  "yes",    "yes", "some",       "-",     "-"],
  "settle-frozen-card":   ["yes",  "yes",    "-",   "-",          "-",     "-"],
  "manage-desks":         ["yes",  "yes",    "-",   "-",          "-",     "-"],
  "see-key-versions":     ["yes",  "yes",    "-",   "-",          "-",     "-"],
  "read-audit":           ["-",    "-",      "-",   "-",          "-",     "-",           "yes"],
  "report":               ["yes",  "yes",    "yes", "own",        "some",  "-"],
  "change-own-passcode":  ["self", "self",   "self", "self",      "self",  "self",        "self"],
} as const satisfies Record<string, Columns>;

/**
 * `renew-due`: in the last 90 days before expiry. `manage-card-life`: renew or repair an expired card, issue, clear,
 * cancel. `edit-person`: create a person too. `close-person`: reopen too. `settle-frozen-card`: let a card be tried once
 * more that does not hold the PUK it should. `manage-desks`: let a desk in, name it, shut it out. `see-key-versions`: how
 * many cards still need each master key. `read-audit`: search the record, see an entry whole, export it.
 */
export type Activity = keyof typeof TABLE;

// biome-ignore format: as the columns of the table
export const ACTIVITIES: readonly Activity[] = [
  "find-person", "manage-smartcard-tab", "unlock", "renew-due", "manage-card-life", "edit-person", "close-person",
  "assign-position", "define-positions", "decide-requests", "settle-frozen-card", "manage-desks",
  "see-key-versions", "read-audit", "report", "change-own-passcode",
];

// biome-ignore format: as the columns of the table
const COLUMNS: readonly Role[] = [
  "RA Manager", "Advanced RA Agent", "RA Agent", "RA Sponsor", "ID Checker", "Smartcard Administrator",
  "Privacy Officer",
];

/** Whether the row is everybody's, for what is their own. */
export function isSelfService(activity: Activity): boolean {
  return cellOf(activity, "RA Manager") === "self";
}

/** The cell for `role` in `activity`'s row: `-` unless the table says more. */
export function cellOf(activity: Activity, role: Role): Cell {
  return TABLE[activity][COLUMNS.indexOf(role)] ?? "-";
}
