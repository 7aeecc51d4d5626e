import { type Activity, type Actor, mayPerform, type PermissionSettings } from "@lanyard/identity";
import { AUDIT } from "../audit/words.ts";
import { DESKS, MASTER_KEYS } from "./words.ts";

export interface AdministrationSection {
  readonly activity: Activity;
  readonly href: string;
  readonly title: string;
  readonly text: string;
}

/** What there is behind the Administration tab, and who may go there: one row each. */
const SECTIONS: readonly AdministrationSection[] = [
  {
    activity: "manage-desks",
    href: "/administration/desks",
    title: DESKS.title,
    text: DESKS.summary,
  },
  {
    activity: "see-key-versions",
    href: "/administration/master-keys",
    title: MASTER_KEYS.title,
    text: MASTER_KEYS.summary,
  },
  {
    activity: "read-audit",
    href: "/administration/audit",
    title: AUDIT.title,
    text: AUDIT.summary,
  },
];

/** The rows this actor's roles give; the tab is shown when there is one. */
export function administrationSections(
  actor: Actor,
  settings: PermissionSettings,
): readonly AdministrationSection[] {
  return SECTIONS.filter(({ activity }) => mayPerform(activity, actor, settings).allowed);
}
