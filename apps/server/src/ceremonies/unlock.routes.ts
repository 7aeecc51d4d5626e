import { displayName, isEvidenceKind, isOfKind, type Smartcard } from "@lanyard/identity";
import type { Core } from "../core.ts";
import type { Answer, Operator, Route, SignedInVisitor } from "../http/route.ts";
import type { DeskRooms } from "../leash/desk-calls.ts";
import { describeDesk } from "../live/desk-status.ts";
import { toldOf } from "../notices/told.ts";
import { outcomePage } from "../pages/outcome/outcome.page.tsx";
import { endedUnlock } from "../pages/outcome/outcome.tsx";
import { deviceView } from "../pages/parts/device.tsx";
import { problemPage } from "../pages/problem/problem.page.tsx";
import { chooseDevicePage } from "../pages/unlock/choose-device.page.tsx";
import {
  type ExpectedDevice,
  manageSmartcardPage,
} from "../pages/unlock/manage-smartcard.page.tsx";
import { personalDetailsPage } from "../pages/unlock/personal-details.page.tsx";
import { servicePage } from "../pages/unlock/service.page.tsx";
import { serviceOffer } from "../pages/unlock/service-offer.ts";
import { type HolderFile, mayOpen, mayUnlock, readHolder } from "../people/holder.ts";
import type { CeremonyPages } from "./ceremony-pages.ts";
import type { CardRefusal } from "./holder-card.ts";
import { UNLOCK, type UnlockCeremony } from "./unlock-kind.ts";

/** The how-to's steps E to J, one route each. */
export function unlockRoutes(core: Core, rooms: DeskRooms): readonly Route[] {
  const at = (handle: (unlocking: Unlocking) => Promise<Answer>) => (visitor: SignedInVisitor) =>
    withCeremony(core, rooms, { visitor, handle });
  const tab = "manage-smartcard-tab";
  const access = "unlock";
  // biome-ignore format: the columns are the documentation
  return [
    { method: "GET",  path: "/manage-smartcard",         access: tab, handle: (visitor) => askForCard(core, visitor) },
    { method: "POST", path: "/manage-smartcard",         access: tab, handle: (visitor) => readCard(core, rooms, visitor) },
    { method: "GET",  path: "/manage-smartcard/:serial", access, handle: (visitor) => askForCard(core, visitor) },
    { method: "POST", path: "/manage-smartcard/:serial", access, handle: (visitor) => readCard(core, rooms, visitor) },
    { method: "GET",  path: "/ceremonies/:id",           access, handle: at(showStep) },
    { method: "POST", path: "/ceremonies/:id/person",    access, handle: at(confirmPerson) },
    { method: "POST", path: "/ceremonies/:id/device",    access, handle: at(chooseDevice) },
    { method: "GET",  path: "/ceremonies/:id/service",   access, handle: at(showService) },
    { method: "POST", path: "/ceremonies/:id/service",   access, handle: at(chooseService) },
  ];
}

export const unlockPages: CeremonyPages = {
  kind: UNLOCK.kind,
  address: ({ id }) => `/ceremonies/${id}`,
  ended: (ceremony) => (isOfKind(UNLOCK, ceremony) ? endedUnlock(ceremony.state) : undefined),
};

/** Step E: the user's card goes in. */
async function askForCard(
  core: Core,
  visitor: SignedInVisitor,
  refusal?: CardRefusal,
): Promise<Answer> {
  const { frame, operator, params } = visitor;
  const expected = await expectedDevice(core, operator, params["serial"]);
  if (params["serial"] !== undefined && expected === undefined)
    return { page: problemPage(frame, { status: 404 }), status: 404 };
  const { session } = operator;
  const desk = await describeDesk(core, session.deskId, session);
  const page = manageSmartcardPage(frame, { desk, expected, refusal });
  return { page, status: refusal === undefined ? 200 : 409 };
}

/** Whose device it is, for who may know; to anybody else there is no such device. */
async function expectedDevice(
  core: Core,
  operator: Operator,
  serial: string | undefined,
): Promise<ExpectedDevice | undefined> {
  if (serial === undefined) return undefined;
  return core.store.transaction(async (records) => {
    const card = await records.cards.find(serial);
    const file = card && (await readHolder(records, operator, card.careId));
    if (file === undefined || !mayOpen(core, operator, file.target).allowed) return undefined;
    return { serial, holderName: displayName(file.view.person) };
  });
}

async function readCard(
  core: Core,
  { unlocks }: DeskRooms,
  visitor: SignedInVisitor,
): Promise<Answer> {
  const started = await unlocks.start(visitor.operator.session, visitor.params["serial"]);
  return "reason" in started
    ? askForCard(core, visitor, started)
    : { redirect: `/ceremonies/${started.id}` };
}

/** A ceremony of this operator, whose holder they may unlock for, and all its pages show. */
interface Unlocking {
  readonly core: Core;
  readonly rooms: DeskRooms;
  readonly visitor: SignedInVisitor;
  readonly ceremony: UnlockCeremony;
  readonly card: Smartcard;
  readonly file: HolderFile;
}

async function withCeremony(
  core: Core,
  rooms: DeskRooms,
  step: {
    readonly visitor: SignedInVisitor;
    handle(unlocking: Unlocking): Promise<Answer>;
  },
): Promise<Answer> {
  const { visitor, handle } = step;
  const { frame, operator, params } = visitor;
  const ceremony = await rooms.unlocks.find(operator.session, params["id"] ?? "");
  const file =
    ceremony &&
    (await core.store.transaction((records) => readHolder(records, operator, ceremony.holder)));
  const card = file?.cards.find(({ serial }) => serial === ceremony?.cardSerial);
  if (ceremony === undefined || file === undefined || card === undefined)
    return { page: problemPage(frame, { status: 404 }), status: 404 };
  if (!mayOpen(core, operator, file.target).allowed)
    return { page: problemPage(frame, { status: 403, activity: "unlock" }), status: 403 };
  return handle({ core, rooms, visitor, ceremony, card, file });
}

/** Wherever it stands: Back, a reload or a second tab lead here, and this page says how it is now. */
async function showStep(unlocking: Unlocking): Promise<Answer> {
  const { ceremony, visitor } = unlocking;
  const { phase } = ceremony.state;
  if (phase === "card_proven") return personalDetails(unlocking);
  if (phase === "person_confirmed") {
    // The device was chosen by search already: on to step H.
    if (ceremony.expectedSerial !== undefined)
      return { redirect: `/ceremonies/${ceremony.id}/service` };
    return devices(unlocking);
  }
  const notices = await unlocking.core.store.transaction((records) =>
    records.notices.ofCeremony(ceremony.id),
  );
  const page = outcomePage(visitor.frame, {
    told: toldOf(notices),
    ceremony: ceremony.id,
    phase,
    reason: ceremony.state.reason,
    passcodeSet: ceremony.state.passcodeSet,
    holderName: displayName(unlocking.file.view.person),
    careId: ceremony.holder,
    serial: ceremony.cardSerial,
  });
  return { page };
}

/** Step F. */
function personalDetails(
  { core, visitor, ceremony, card, file }: Unlocking,
  answer?: Parameters<typeof personalDetailsPage>[1]["answer"],
): Answer {
  const page = personalDetailsPage(visitor.frame, {
    ceremony: ceremony.id,
    holder: file.view,
    device: deviceView(card, core.now()),
    passcode: ceremony.state.passcodeState,
    answer,
  });
  return { page, status: answer === undefined ? 200 : 400 };
}

async function confirmPerson(unlocking: Unlocking): Promise<Answer> {
  const { rooms, visitor, ceremony } = unlocking;
  const { form, operator } = visitor;
  const given = form["evidence"];
  const evidence = isEvidenceKind(given) ? given : undefined;
  const isPerson = form["person"] === "yes";
  if (evidence === undefined || !isPerson)
    return personalDetails(unlocking, { isPerson, evidence });
  await rooms.unlocks.confirm(operator.session, ceremony.id, evidence);
  return { redirect: `/ceremonies/${ceremony.id}` };
}

/** Step G. */
function devices(
  { core, visitor, ceremony, file }: Unlocking,
  refused?: { readonly chosen: string | undefined },
): Answer {
  const page = chooseDevicePage(visitor.frame, {
    ceremony: ceremony.id,
    holder: file.view,
    devices: file.cards.map((card) => deviceView(card, core.now())),
    inReader: ceremony.cardSerial,
    refused,
  });
  return { page, status: refused === undefined ? 200 : 400 };
}

async function chooseDevice(unlocking: Unlocking): Promise<Answer> {
  const { visitor, ceremony, file } = unlocking;
  const device = visitor.form["device"];
  const chosen = file.cards.find(({ serial }) => serial === device)?.serial;
  if (chosen !== ceremony.cardSerial) return devices(unlocking, { chosen });
  return { redirect: `/ceremonies/${ceremony.id}/service` };
}

/** Step H: what is on offer follows from the card's state and the operator's role. */
async function showService(unlocking: Unlocking): Promise<Answer> {
  const { phase } = unlocking.ceremony.state;
  if (phase !== "person_confirmed" && phase !== "chosen")
    return { redirect: `/ceremonies/${unlocking.ceremony.id}` };
  return services(unlocking);
}

function services(unlocking: Unlocking, nothingChosen?: boolean): Answer {
  const { core, visitor, ceremony, card, file } = unlocking;
  const page = servicePage(visitor.frame, {
    ceremony: ceremony.id,
    holder: file.view,
    device: deviceView(card, core.now()),
    offer: offerFor(unlocking),
    nothingChosen,
  });
  return { page, status: nothingChosen === true ? 400 : 200 };
}

function offerFor({ core, visitor, ceremony, card, file }: Unlocking) {
  return serviceOffer({
    standing: deviceView(card, core.now()).standing,
    passcode: ceremony.state.passcodeState,
    mayUnlock: mayUnlock(core, visitor.operator, file.target),
  });
}

async function chooseService(unlocking: Unlocking): Promise<Answer> {
  const { core, rooms, visitor, ceremony } = unlocking;
  const { frame, operator, browser, form } = visitor;
  const offer = offerFor(unlocking);
  const isOffered =
    "options" in offer && offer.options.some(({ value }) => value === form["operation"]);
  if (!isOffered) return services(unlocking, true);
  // The browser is sent on only while the agent is there to receive it.
  if ((await core.links.find(operator.session.deskId)) === undefined)
    return { page: problemPage(frame, { status: 503 }), status: 503 };
  const address = await rooms.unlocks.choose(operator.session, ceremony.id, browser);
  return { redirect: address ?? `/ceremonies/${ceremony.id}` };
}
