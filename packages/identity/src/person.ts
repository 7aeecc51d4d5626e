import type { Branded } from "@lanyard/bytes";

/** The holder's 12-digit care identity number, called UUID on screen and on the card. Not an RFC 4122 UUID. */
export type CareId = Branded<string, "CareId">;

/** Twelve ASCII digits. Spaces are dropped; a check digit never decides (published samples break every rule). */
export function parseCareId(input: unknown): CareId | undefined {
  if (typeof input !== "string") return undefined;
  const digits = input.replaceAll(" ", "");
  return /^[0-9]{12}$/.test(digits) ? (digits as CareId) : undefined;
}

/** `555083916274` as people read it from the card: `5550 8391 6274`. */
export function formatCareId(careId: CareId): string {
  return careId.replace(/^(....)(....)(....)$/, "$1 $2 $3");
}

export interface Organisation {
  /** ODS code: 3 to 6 letters or digits. */
  readonly code: string;
  readonly name: string;
  /** The organisation whose registration authority it belongs to, if another's. */
  readonly parentCode: string | undefined;
}

/** A person's account. Closing it ends every right and every card's use; reopening is a decision of its own. */
export type PersonStatus = "open" | "closed";

export interface Person {
  readonly careId: CareId;
  readonly title: string | undefined;
  readonly givenNames: string;
  readonly familyName: string;
  /** Calendar date, `YYYY-MM-DD`. */
  readonly dateOfBirth: string;
  readonly email: string | undefined;
  /** A second address: who took over the first one does not read it. */
  readonly otherEmail?: string | undefined;
  readonly phone: string | undefined;
  readonly jobTitle: string | undefined;
  readonly status: PersonStatus;
  /** The organisation whose registration authority keeps this profile. */
  readonly organisationCode: string;
}

/** `Dr Maria Okafor`, as shown on pages. */
export function displayName(person: Pick<Person, "title" | "givenNames" | "familyName">): string {
  return [person.title, person.givenNames, person.familyName].filter(Boolean).join(" ");
}
