import {
  displayName,
  effectivePolicy,
  isOfKind,
  mayPerform,
  policySentence,
  SITE_POLICIES,
} from "@lanyard/identity";
import type { Core } from "../core.ts";
import type { Answer, Route, SignedInVisitor } from "../http/route.ts";
import { permissionSettings } from "../http/visitor.ts";
import type { DeskRooms } from "../leash/desk-calls.ts";
import { changeOutcomePage, endedChange } from "../pages/change/change-outcome.page.tsx";
import { changePasscodePage } from "../pages/change/change-passcode.page.tsx";
import { problemPage } from "../pages/problem/problem.page.tsx";
import type { CeremonyPages } from "./ceremony-pages.ts";
import type { ChangeRefusal } from "./change.service.ts";
import { CHANGE } from "./change-kind.ts";

const START = "/my-passcode";

/** Whoever is signed in changes the passcode of the card they are signed in with. */
export function changeRoutes(core: Core, rooms: DeskRooms): readonly Route[] {
  const access = "change-own-passcode";
  // biome-ignore format: the columns are the documentation
  return [
    { method: "GET",  path: START,          access, handle: (visitor) => start(core, visitor) },
    { method: "POST", path: START,          access, handle: (visitor) => begin(core, rooms, visitor) },
    { method: "GET",  path: `${START}/:id`, access, handle: (visitor) => outcome(core, rooms, visitor) },
  ];
}

export const changePages: CeremonyPages = {
  kind: CHANGE.kind,
  address: ({ id }) => `${START}/${id}`,
  ended: (ceremony) => (isOfKind(CHANGE, ceremony) ? endedChange(ceremony.state) : undefined),
};

async function start(
  core: Core,
  { frame, operator }: SignedInVisitor,
  refusal?: ChangeRefusal,
): Promise<Answer> {
  const card = await core.store.transaction((records) =>
    records.cards.find(operator.session.cardSerial),
  );
  if (card === undefined) return { page: problemPage(frame, { status: 404 }), status: 404 };
  const policy = effectivePolicy(
    SITE_POLICIES[core.config.passcodePolicy],
    card.profile.passcodeRule,
  );
  const page = changePasscodePage(frame, {
    holderName: displayName(operator.person),
    serial: card.serial,
    rule: policySentence(policy),
    refusal,
  });
  return { page, status: refusal === undefined ? 200 : 409 };
}

async function begin(core: Core, { changes }: DeskRooms, visitor: SignedInVisitor) {
  const { operator, browser } = visitor;
  const begun = await changes.begin(operator.session, browser);
  return "refusal" in begun ? start(core, visitor, begun.refusal) : { redirect: begun.address };
}

/** Wherever it stands: Back, a reload or a second tab lead here, and this page says how it is now. */
async function outcome(
  core: Core,
  { changes }: DeskRooms,
  { frame, operator, params }: SignedInVisitor,
): Promise<Answer> {
  const ceremony = await changes.find(operator.session, params["id"] ?? "");
  if (ceremony === undefined) return { page: problemPage(frame, { status: 404 }), status: 404 };
  const target = { isActor: ceremony.holder === operator.person.careId };
  const settings = permissionSettings(core.config);
  const activity = "change-own-passcode";
  if (!mayPerform(activity, operator.actor, settings, target).allowed)
    return { page: problemPage(frame, { status: 403, activity }), status: 403 };
  const { phase, reason } = ceremony.state;
  const page = changeOutcomePage(frame, {
    ceremony: ceremony.id,
    phase,
    reason,
    holderName: displayName(operator.person),
    serial: ceremony.cardSerial,
  });
  return { page };
}
