import { type GrantedTry, grantTry, latestInDate, parseCareId } from "@lanyard/identity";
import { record } from "../audit/record.ts";
import type { Core } from "../core.ts";
import type { Answer, Route, SignedInVisitor } from "../http/route.ts";
import { deviceView } from "../pages/parts/device.tsx";
import { profileHref } from "../pages/parts/holder.ts";
import { profilePage } from "../pages/people/profile.page.tsx";
import { searchResultsPage } from "../pages/people/search-results.page.tsx";
import { problemPage } from "../pages/problem/problem.page.tsx";
import { cardNotesOf } from "./card-notes.ts";
import {
  findableOrganisations,
  type HolderFile,
  mayOpen,
  maySettleFrozen,
  mayUnlock,
  readHolder,
  targetOf,
  viewOf,
} from "./holder.ts";

type ProblemAnswer = Extract<Answer, { page: unknown }>;

/** One page of results; more than that asks for a narrower search. */
const RESULTS = 20;

/** Finding a person and opening the profile: the green box's way to a card. */
export function peopleRoutes(core: Core): readonly Route[] {
  const access = "find-person";
  return [
    { method: "GET", path: "/people", access, handle: (visitor) => search(core, visitor) },
    { method: "GET", path: "/people/:careId", access, handle: (visitor) => profile(core, visitor) },
    {
      method: "GET",
      path: "/people/:careId/photo",
      access,
      handle: (visitor) => photo(core, visitor),
    },
    {
      method: "POST",
      path: "/people/:careId/service",
      access: "unlock",
      handle: (visitor) => service(core, visitor),
    },
    {
      method: "POST",
      path: "/people/:careId/frozen",
      access: "settle-frozen-card",
      handle: (visitor) => settleFrozen(core, visitor),
    },
  ];
}

async function search(core: Core, { query, frame, operator }: SignedInVisitor): Promise<Answer> {
  const text = (query["q"] ?? "").trim().slice(0, 100);
  if (text === "") {
    const nothing = { query: text, results: [], hasMore: false };
    return { page: searchResultsPage(frame, nothing), status: 400 };
  }
  const { results, hasMore } = await core.store.transaction(async (records) => {
    const organisations = await records.people.organisations();
    // By name only the people of one's own organisations; by number whoever one may open (ADR 0011).
    const byNumber = /^[0-9 ]+$/.test(text);
    const organisationCodes = byNumber
      ? undefined
      : findableOrganisations(core, operator, organisations);
    const limit = RESULTS + 1;
    const found = await records.people.search({ text, organisationCodes, limit });
    const people = found.filter(
      (person) => mayOpen(core, operator, targetOf(person, operator, organisations)).allowed,
    );
    const shown = people.slice(0, RESULTS);
    const photos = await records.people.withPhoto(shown.map((person) => person.careId));
    return {
      results: shown.map((person) => viewOf(person, organisations, photos)),
      hasMore: people.length > RESULTS,
    };
  });
  return { page: searchResultsPage(frame, { query: text, results, hasMore }) };
}

async function profile(
  core: Core,
  visitor: SignedInVisitor,
  noDeviceChosen?: boolean,
): Promise<Answer> {
  const { frame, operator } = visitor;
  const file = await openFile(core, visitor);
  if ("page" in file) return file;
  const now = core.now();
  const notes = await core.store.transaction(async (records) => {
    await record(records, {
      action: "person.viewed",
      at: now,
      actor: operator.person.careId,
      holder: file.view.person.careId,
      deskId: operator.session.deskId,
    });
    return cardNotesOf(records, file.cards);
  });
  const maySettle = maySettleFrozen(core, operator, file.target).allowed;
  const settleHref = maySettle ? `${profileHref(file.view.person)}/frozen` : undefined;
  const props = {
    holder: file.view,
    devices: file.cards.map((card) => deviceView(card, now)),
    selected: latestInDate(file.cards, now)?.serial,
    service: mayUnlock(core, operator, file.target),
    cards: { notes, settleHref },
    noDeviceChosen,
  };
  return { page: profilePage(frame, props), status: noDeviceChosen === true ? 400 : 200 };
}

async function photo(core: Core, visitor: SignedInVisitor): Promise<Answer> {
  const file = await openFile(core, visitor);
  if ("page" in file) return file;
  const found = await core.store.transaction((records) =>
    records.people.photo(file.view.person.careId),
  );
  return found === undefined ? notFound(visitor) : found;
}

/** The device is chosen; now its card must go in. */
async function service(core: Core, visitor: SignedInVisitor): Promise<Answer> {
  const file = await openFile(core, visitor);
  if ("page" in file) return file;
  const serial = visitor.form["device"];
  const isTheirs = file.cards.some((card) => card.serial === serial);
  if (serial === undefined || !isTheirs) return profile(core, visitor, true);
  return { redirect: `/manage-smartcard/${encodeURIComponent(serial)}` };
}

/** A supervisor's word: one try for a frozen card, before or after what we believe, in an ordinary unlock. */
async function settleFrozen(core: Core, visitor: SignedInVisitor): Promise<Answer> {
  const { operator, form, frame } = visitor;
  const file = await openFile(core, visitor);
  if ("page" in file) return file;
  if (!maySettleFrozen(core, operator, file.target).allowed)
    return {
      page: problemPage(frame, { status: 403, activity: "settle-frozen-card" }),
      status: 403,
    };
  const serial = file.cards.find((card) => card.serial === form["device"])?.serial;
  const which = GRANTED_TRIES.find((name) => name === form["try"]);
  if (serial !== undefined && which !== undefined)
    await core.store.transaction(async (records) => {
      const card = await records.cards.lock(serial);
      const registers = card && grantTry(card.registers, which);
      if (registers?.granted === undefined) return;
      await records.cards.saveRegisters(serial, registers, core.secrets.keyVersion);
      await record(records, {
        action: "card.try_granted",
        at: core.now(),
        actor: operator.person.careId,
        holder: file.view.person.careId,
        cardSerial: serial,
        deskId: operator.session.deskId,
        details: { which, index: registers.granted },
      });
    });
  return { redirect: `${profileHref(file.view.person)}#smartcard-details` };
}

const GRANTED_TRIES: readonly GrantedTry[] = ["previous", "next"];

/** The person named in the address, if there is one and this operator may see them. */
async function openFile(core: Core, visitor: SignedInVisitor): Promise<HolderFile | ProblemAnswer> {
  const careId = parseCareId(visitor.params["careId"]);
  if (careId === undefined) return notFound(visitor);
  const file = await core.store.transaction((records) =>
    readHolder(records, visitor.operator, careId),
  );
  if (file === undefined) return notFound(visitor);
  if (mayOpen(core, visitor.operator, file.target).allowed) return file;
  const page = problemPage(visitor.frame, { status: 403, activity: "find-person" });
  return { page, status: 403 };
}

function notFound({ frame }: SignedInVisitor): ProblemAnswer {
  return { page: problemPage(frame, { status: 404 }), status: 404 };
}
