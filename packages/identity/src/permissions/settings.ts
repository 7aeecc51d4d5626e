import type { Activity } from "./table.ts";

/** Where a role's rights reach: anywhere, its organisation and those below it, or its organisation alone. */
export type Scope = "national" | "hierarchy" | "own-organisation";

/** What a site decides about the table. */
export interface PermissionSettings {
  /** Off as on the how-to's day: Smartcard Administrators then start from the search box. */
  readonly smartcardAdministratorsSeeManageTab: boolean;
  /** Where an activity reaches, if not as {@link DEFAULT_PERMISSION_SETTINGS} has it. */
  readonly scopes: Readonly<Partial<Record<Activity, Scope>>>;
  /** The kinds of request a sponsor decides and of report an ID checker sees: the table's `some`. */
  readonly kinds: Readonly<Partial<Record<Activity, readonly string[]>>>;
}

/** Unlocking knows no borders: card and holder are both at the desk. Everything else stays in the hierarchy. */
export const DEFAULT_PERMISSION_SETTINGS: PermissionSettings = {
  smartcardAdministratorsSeeManageTab: true,
  scopes: { unlock: "national", "read-audit": "national" },
  kinds: {
    "decide-requests": [],
    report: ["users", "requests", "smartcards", "positions"],
  },
};

export function scopeOf(activity: Activity, settings: PermissionSettings): Scope {
  return settings.scopes[activity] ?? DEFAULT_PERMISSION_SETTINGS.scopes[activity] ?? "hierarchy";
}
