import {
  type CareId,
  type Desk,
  type DeskRequest,
  displayName,
  mayPerform,
  type Organisation,
  organisationPath,
  type Records,
} from "@lanyard/identity";
import { deskFingerprint, LEASH_TIMES } from "@lanyard/wire";
import type { Core } from "../core.ts";
import type { Operator } from "../http/route.ts";
import { permissionSettings } from "../http/visitor.ts";
import type { DeskRequestView, DeskView } from "../pages/administration/desk-view.tsx";

/** One page of the list; more than that asks for part of a name. */
const LISTED = 100;

export interface DeskFile {
  readonly desk: Desk;
  readonly view: DeskView;
}

/** The organisations whose desks this operator looks after. */
export function organisationsOf(core: Core, operator: Operator): Promise<readonly Organisation[]> {
  return core.store.transaction((records) => managed(core, operator, records));
}

async function managed(
  core: Core,
  { actor }: Operator,
  records: Records,
): Promise<readonly Organisation[]> {
  const settings = permissionSettings(core.config);
  const all = await records.people.organisations();
  return all.filter(({ code }) => {
    const target = { organisationPaths: [organisationPath(code, all)] };
    return mayPerform("manage-desks", actor, settings, target).allowed;
  });
}

/** Where the operator holds a role, if desks may be put there: what a form offers first. */
export function ownOrganisation(
  { actor }: Operator,
  organisations: readonly Organisation[],
): string | undefined {
  const own = actor.roles.map(({ organisationCode }) => organisationCode);
  return organisations.find(({ code }) => own.includes(code))?.code ?? organisations[0]?.code;
}

export interface DeskList {
  readonly desks: readonly DeskView[];
  readonly hasMore: boolean;
  readonly requests: readonly DeskRequestView[];
}

export function listDesks(core: Core, operator: Operator, text: string): Promise<DeskList> {
  return core.store.transaction(async (records) => {
    const organisations = await managed(core, operator, records);
    const organisationCodes = organisations.map(({ code }) => code);
    const found = await records.desks.search({ text, organisationCodes, limit: LISTED + 1 });
    const shown = found.slice(0, LISTED);
    const requests = await records.enrolments.requests();
    return {
      desks: await viewsOf(records, shown),
      hasMore: found.length > LISTED,
      requests: requests.map(requestViewOf),
    };
  });
}

/** The desk if it is this operator's to look after; a desk of no organisation is everybody's. */
export function readDesk(
  core: Core,
  operator: Operator,
  id: string,
): Promise<DeskFile | undefined> {
  return core.store.transaction(async (records) => {
    const desk = await records.desks.find(id);
    const organisations = await managed(core, operator, records);
    const isTheirs =
      desk?.organisationCode === undefined ||
      organisations.some(({ code }) => code === desk.organisationCode);
    if (desk === undefined || !isTheirs) return undefined;
    const [view] = await viewsOf(records, [desk]);
    return view && { desk, view };
  });
}

export async function requestView(
  core: Core,
  keyHash: string,
): Promise<DeskRequestView | undefined> {
  const request = await core.store.transaction(({ enrolments }) => enrolments.findRequest(keyHash));
  return request === undefined || request.refusedAt !== undefined
    ? undefined
    : requestViewOf(request);
}

async function viewsOf(records: Records, desks: readonly Desk[]): Promise<readonly DeskView[]> {
  const organisations = await records.people.organisations();
  const names = await namesOf(
    records,
    desks.flatMap(({ enrolledBy }) => enrolledBy ?? []),
  );
  const states = await statesOf(records, desks);
  return desks.map((desk) => ({
    id: desk.id,
    name: desk.name,
    organisation: organisations.find(({ code }) => code === desk.organisationCode)?.name,
    state: states.get(desk.id) ?? "not_connected",
    lastSeenAt: desk.lastSeenAt,
    enrolledAt: desk.enrolledAt,
    enrolledHow: desk.enrolledHow,
    enrolledBy: desk.enrolledBy && names.get(desk.enrolledBy),
    revokedAt: desk.revokedAt,
    fingerprint: deskFingerprint(desk.keyHash),
  }));
}

async function statesOf(
  records: Records,
  desks: readonly Desk[],
): Promise<ReadonlyMap<string, DeskView["state"]>> {
  const states = new Map<string, DeskView["state"]>();
  for (const { id, revokedAt } of desks)
    if (revokedAt !== undefined) states.set(id, "revoked");
    else if ((await records.leashes.find(id, LEASH_TIMES.silenceMs)) !== undefined)
      states.set(id, "connected");
  return states;
}

async function namesOf(
  records: Records,
  careIds: readonly CareId[],
): Promise<ReadonlyMap<CareId, string>> {
  const names = new Map<CareId, string>();
  for (const careId of new Set(careIds)) {
    const person = await records.people.find(careId);
    if (person !== undefined) names.set(careId, displayName(person));
  }
  return names;
}

function requestViewOf({ keyHash, name, askedAt, lastAskedAt }: DeskRequest): DeskRequestView {
  return { keyHash, name, askedAt, lastAskedAt, fingerprint: deskFingerprint(keyHash) };
}
