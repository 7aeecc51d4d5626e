import { ENROLMENT_CODE, formatEnrolmentCode } from "@lanyard/wire";
import type { Core } from "../core.ts";
import type { Answer, Route, SignedInVisitor } from "../http/route.ts";
import type { DeskRooms } from "../leash/desk-calls.ts";
import { addDeskPage, deskCodePage } from "../pages/administration/add-desk.page.tsx";
import { deskPage, revokeDeskPage } from "../pages/administration/desk.page.tsx";
import { deskRequestPage } from "../pages/administration/desk-request.page.tsx";
import { deskHref, requestHref } from "../pages/administration/desk-view.tsx";
import { desksPage } from "../pages/administration/desks.page.tsx";
import { DESKS } from "../pages/administration/words.ts";
import { problemPage } from "../pages/problem/problem.page.tsx";
import { deskNameFrom } from "./desk-name.ts";
import {
  type DeskFile,
  listDesks,
  organisationsOf,
  ownOrganisation,
  readDesk,
  requestView,
} from "./desk-views.ts";
import { shutOut } from "./shut-out.ts";

/** Which PCs may be used: the list, a code for a new one, those that ask, names, and shutting one out. */
export function desksRoutes(core: Core, rooms: DeskRooms): readonly Route[] {
  const access = "manage-desks";
  const list = "/administration/desks";
  const asking = "/administration/desk-requests/:key";
  const at =
    (handle: (scene: DeskScene) => Answer | Promise<Answer>) => (visitor: SignedInVisitor) =>
      withDesk({ core, rooms, visitor }, handle);
  // biome-ignore format: the columns are the documentation
  return [
    { method: "GET",  path: list,                  access, handle: (visitor) => showDesks(core, visitor) },
    { method: "GET",  path: `${list}/new`,         access, handle: (visitor) => askForPlace(core, visitor) },
    { method: "POST", path: `${list}/new`,         access, handle: (visitor) => makeCode(core, rooms, visitor) },
    { method: "GET",  path: `${list}/:id`,         access, handle: at(showDesk) },
    { method: "POST", path: `${list}/:id/name`,    access, handle: at(rename) },
    { method: "GET",  path: `${list}/:id/revoke`,  access, handle: at(askToRevoke) },
    { method: "POST", path: `${list}/:id/revoke`,  access, handle: at(revoke) },
    { method: "GET",  path: asking,                access, handle: (visitor) => showRequest(core, visitor) },
    { method: "POST", path: asking,                access, handle: (visitor) => decide(core, rooms, visitor) },
  ];
}

async function showDesks(core: Core, { frame, operator, query }: SignedInVisitor): Promise<Answer> {
  const text = (query["q"] ?? "").trim().slice(0, 80);
  return { page: desksPage(frame, { query: text, ...(await listDesks(core, operator, text)) }) };
}

async function askForPlace(
  core: Core,
  { frame, operator, form }: SignedInVisitor,
  noOrganisation?: boolean,
): Promise<Answer> {
  const organisations = await organisationsOf(core, operator);
  const chosen = ownOrganisation(operator, organisations);
  const name = form["name"] ?? "";
  const page = addDeskPage(frame, { organisations, chosen, name, noOrganisation });
  return { page, status: noOrganisation === true ? 400 : 200 };
}

/** The code is in this answer and nowhere else: a redirect would have to keep it. */
async function makeCode(
  core: Core,
  { desks }: DeskRooms,
  visitor: SignedInVisitor,
): Promise<Answer> {
  const { frame, operator } = visitor;
  const place = await placeIn(core, visitor);
  if (place === undefined) return askForPlace(core, visitor, true);
  const code = await desks.makeCode(place, operator.person.careId);
  const { minutes, tries } = ENROLMENT_CODE;
  const { organisation } = place;
  const page = deskCodePage(frame, {
    ...{ minutes, tries, organisation },
    code: formatEnrolmentCode(code),
  });
  return { page };
}

/** Organisation and name as sent, if the operator looks after desks there. */
async function placeIn(core: Core, { operator, form }: SignedInVisitor) {
  const organisations = await organisationsOf(core, operator);
  const found = organisations.find(({ code }) => code === form["organisation"]);
  if (found === undefined) return undefined;
  const name = deskNameFrom(form["name"] ?? "");
  return { organisationCode: found.code, organisation: found.name, name };
}

/** A desk that this operator may look after. */
interface DeskScene {
  readonly core: Core;
  readonly rooms: DeskRooms;
  readonly visitor: SignedInVisitor;
  readonly file: DeskFile;
}

async function withDesk(
  scene: Omit<DeskScene, "file">,
  handle: (scene: DeskScene) => Answer | Promise<Answer>,
): Promise<Answer> {
  const { core, visitor } = scene;
  const file = await readDesk(core, visitor.operator, visitor.params["id"] ?? "");
  return file === undefined ? notFound(visitor) : handle({ ...scene, file });
}

function notFound({ frame }: SignedInVisitor): Answer {
  return { page: problemPage(frame, { status: 404 }), status: 404 };
}

function showDesk({ visitor, file }: DeskScene): Answer {
  return { page: deskPage(visitor.frame, { desk: file.view }) };
}

async function rename({ rooms, visitor, file }: DeskScene): Promise<Answer> {
  const { frame, form, operator } = visitor;
  const name = deskNameFrom(form["name"] ?? "");
  if (name === undefined)
    return { page: deskPage(frame, { desk: file.view, noName: true }), status: 400 };
  if (name !== file.desk.name) await rooms.desks.rename(file.desk, name, operator.person.careId);
  return { redirect: deskHref(file.desk) };
}

function askToRevoke({ visitor, file }: DeskScene): Answer {
  const isOwn = visitor.operator.session.deskId === file.desk.id;
  return { page: revokeDeskPage(visitor.frame, { desk: file.view, isOwn }) };
}

async function revoke({ core, rooms, visitor, file }: DeskScene): Promise<Answer> {
  const { id } = file.desk;
  await rooms.desks.revoke(id, visitor.operator.person.careId);
  // Also when it had been revoked before: whoever asks again wants it gone.
  await shutOut(core, rooms, id);
  return { redirect: deskHref(file.desk) };
}

async function showRequest(
  core: Core,
  visitor: SignedInVisitor,
  wrong: { readonly notCompared?: boolean; readonly noOrganisation?: boolean } = {},
): Promise<Answer> {
  const { frame, operator, params } = visitor;
  const request = await requestView(core, params["key"] ?? "");
  if (request === undefined) return notFound(visitor);
  const organisations = await organisationsOf(core, operator);
  const chosen = ownOrganisation(operator, organisations);
  const page = deskRequestPage(frame, { request, organisations, chosen, ...wrong });
  return { page, status: Object.keys(wrong).length === 0 ? 200 : 400 };
}

async function decide(core: Core, { desks }: DeskRooms, visitor: SignedInVisitor): Promise<Answer> {
  const { frame, operator, params, form } = visitor;
  const keyHash = params["key"] ?? "";
  const request = await requestView(core, keyHash);
  if (request === undefined) return notFound(visitor);
  const by = operator.person.careId;
  const listed = async (done: string): Promise<Answer> => ({
    page: desksPage(frame, { query: "", done, ...(await listDesks(core, operator, "")) }),
  });
  if (form["decision"] === "refuse") {
    await desks.refuse(keyHash, by);
    return listed(DESKS.refused(request.name));
  }
  if (form["decision"] !== "approve") return { redirect: requestHref(request) };
  if (form["same"] !== "yes") return showRequest(core, visitor, { notCompared: true });
  const place = await placeIn(core, visitor);
  if (place === undefined) return showRequest(core, visitor, { noOrganisation: true });
  const desk = await desks.approve(keyHash, place, by);
  return desk === undefined ? notFound(visitor) : listed(DESKS.approved(desk.name));
}
