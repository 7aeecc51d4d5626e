import {
  type CareId,
  mayPerform,
  type Organisation,
  organisationPath,
  type Permission,
  type Person,
  type Records,
  type Smartcard,
  type Target,
} from "@lanyard/identity";
import type { Core } from "../core.ts";
import type { Operator } from "../http/route.ts";
import { permissionSettings } from "../http/visitor.ts";
import type { HolderView } from "../pages/parts/holder.ts";

/** A person with what every decision and page about them needs. */
export interface HolderFile {
  readonly view: HolderView;
  readonly cards: readonly Smartcard[];
  readonly target: Target;
}

/** Reads a person's file for an operator; whether they may see it is {@link mayOpen}'s to say. */
export async function readHolder(
  records: Records,
  operator: Operator,
  careId: CareId,
): Promise<HolderFile | undefined> {
  const person = await records.people.find(careId);
  if (person === undefined) return undefined;
  const organisations = await records.people.organisations();
  const photos = await records.people.withPhoto([careId]);
  return {
    view: viewOf(person, organisations, photos),
    cards: await records.cards.ofPerson(careId),
    target: targetOf(person, operator, organisations),
  };
}

export function viewOf(
  person: Person,
  organisations: readonly Organisation[],
  photos: ReadonlySet<CareId>,
): HolderView {
  const organisation = organisations.find(({ code }) => code === person.organisationCode);
  return {
    person,
    organisation: organisation?.name ?? person.organisationCode,
    hasPhoto: photos.has(person.careId),
  };
}

/** The person as a target of an operator's activity. */
export function targetOf(
  person: Person,
  operator: Operator,
  organisations: readonly Organisation[],
): Target {
  return {
    organisationPaths: [organisationPath(person.organisationCode, organisations)],
    isActor: person.careId === operator.person.careId,
  };
}

export function mayUnlock(core: Core, operator: Operator, target: Target): Permission {
  return mayPerform("unlock", operator.actor, permissionSettings(core.config), target);
}

/** Whether this operator may let a frozen card of this person be tried once more. Never one's own. */
export function maySettleFrozen(core: Core, operator: Operator, target: Target): Permission {
  return mayPerform("settle-frozen-card", operator.actor, permissionSettings(core.config), target);
}

/**
 * A profile opens for who may find people there, and for who may unlock there: with a card in hand and its number
 * typed, an unlocker must be able to see whose it is. Own profile: always.
 */
export function mayOpen(core: Core, operator: Operator, target: Target): Permission {
  const settings = permissionSettings(core.config);
  const { actor } = operator;
  const found = mayPerform("find-person", actor, settings, target);
  if (found.allowed) return found;
  return mayPerform("unlock", actor, settings, { ...target, isActor: false });
}

/** The organisations whose people an operator may find by name. */
export function findableOrganisations(
  core: Core,
  operator: Operator,
  organisations: readonly Organisation[],
): readonly string[] {
  const settings = permissionSettings(core.config);
  return organisations
    .filter(({ code }) => {
      const target = { organisationPaths: [organisationPath(code, organisations)] };
      return mayPerform("find-person", operator.actor, settings, target).allowed;
    })
    .map(({ code }) => code);
}
