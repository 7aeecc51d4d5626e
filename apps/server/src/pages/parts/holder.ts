import { formatCareId, type Person } from "@lanyard/identity";
import type { SummaryRow } from "@lanyard/pages";
import { formatCalendarDate } from "./dates.ts";
import { PERSON_STATUSES, ROWS } from "./words.ts";

/** A person as pages show them. */
export interface HolderView {
  readonly person: Person;
  /** Name of the organisation that keeps the profile. */
  readonly organisation: string;
  readonly hasPhoto: boolean;
}

export function photoHref({ person, hasPhoto }: HolderView): string | undefined {
  return hasPhoto ? `${profileHref(person)}/photo` : undefined;
}

export function profileHref(person: Pick<Person, "careId">): string {
  return `/people/${person.careId}`;
}

/** The rest of Personal Details, below {@link personLines}: what is not known has no row. */
export function personalRows({ person }: HolderView): readonly SummaryRow[] {
  const rows: readonly (readonly [string, string | undefined])[] = [
    [ROWS.email, person.email],
    [ROWS.phone, person.phone],
    [ROWS.status, PERSON_STATUSES[person.status]],
  ];
  return rows.flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }]));
}

/** What tells two people of one name apart, under the name. */
export function personLines({ person, organisation }: HolderView): readonly string[] {
  const uuid = `${ROWS.uuid} ${formatCareId(person.careId)}`;
  const born = `${ROWS.dateOfBirth} ${formatCalendarDate(person.dateOfBirth)}`;
  const { jobTitle } = person;
  return [uuid, born, ...(jobTitle === undefined ? [] : [jobTitle]), organisation];
}
