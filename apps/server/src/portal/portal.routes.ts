import { isOfKind, type Visit } from "@lanyard/identity";
import { UNLOCK } from "../ceremonies/unlock-kind.ts";
import type { Core } from "../core.ts";
import { setCookie } from "../http/cookies.ts";
import type { Answer, Operator, Route, Visitor } from "../http/route.ts";
import type { DeskRooms } from "../leash/desk-calls.ts";
import { describeDesk } from "../live/desk-status.ts";
import { meetDeskPage } from "../pages/desk/meet-desk.page.tsx";
import { type HomeProps, homePage } from "../pages/home/home.page.tsx";
import { portalPage } from "../pages/portal/portal.page.tsx";
import { problemPage } from "../pages/problem/problem.page.tsx";
import { type SignInProblem, signInPage } from "../pages/sign-in/sign-in.page.tsx";
import { signedOutPage } from "../pages/sign-out/signed-out.page.tsx";
import { incidentsFor } from "../people/card-notes.ts";
import { hashOf } from "../random.ts";

/** The way in: the portal, meeting the desk, signing in and out, and the trips to the agent and back. */
export function portalRoutes(core: Core, rooms: DeskRooms): readonly Route[] {
  const { visits, signIn, sessions } = rooms;
  return [
    {
      method: "GET",
      path: "/",
      access: "public",
      handle: async (visitor) => {
        const { frame, deskId } = visitor;
        const desk = deskId === undefined ? undefined : await describeDesk(core, deskId, undefined);
        return { page: portalPage(frame, { desk }), cookies: endedSession(visitor) };
      },
    },
    { method: "GET", path: "/cis", access: "public", handle: (visitor) => cis(core, visitor) },
    {
      method: "POST",
      path: "/desk",
      access: "public",
      handle: async ({ browser }) => ({
        redirect: await visits.start({ purpose: "desk", browser }),
      }),
    },
    {
      method: "POST",
      path: "/sign-in",
      access: "public",
      handle: async (visitor) => {
        // The browser is sent on only while its desk's agent is there to receive it.
        if (visitor.deskId === undefined || (await core.links.find(visitor.deskId)) === undefined)
          return cis(core, visitor, "agent_not_running");
        return { redirect: await signIn.start(visitor.browser) };
      },
    },
    {
      method: "POST",
      path: "/sign-out",
      access: "session",
      handle: async ({ operator }) => {
        await sessions.end(operator.session.id, "signed_out");
        return { redirect: "/signed-out" };
      },
    },
    {
      method: "GET",
      path: "/signed-out",
      access: "public",
      handle: (visitor) => signedOut(core, visitor),
    },
    {
      method: "GET",
      path: "/bind/:visit/:secret",
      access: "public",
      handle: (visitor) => bind(core, rooms, visitor),
    },
    {
      method: "GET",
      path: "/return/:visit/:code",
      access: "public",
      handle: (visitor) => comeBack(core, rooms, visitor),
    },
  ];
}

/** Home for who is signed in; otherwise, or after a sign-in that came to nothing, the next step towards it. */
async function cis(core: Core, visitor: Visitor, problem?: SignInProblem): Promise<Answer> {
  const { frame, operator, deskId } = visitor;
  if (operator !== undefined && problem === undefined) {
    const desk = await describeDesk(core, operator.session.deskId, operator.session);
    const settled = await ownUnlockSettled(core, operator);
    const incidents = await core.store.transaction((records) =>
      incidentsFor(core, records, operator),
    );
    return { page: homePage(frame, { desk, settled, incidents }) };
  }
  const cookies = endedSession(visitor);
  if (deskId === undefined) return { page: meetDeskPage(frame), cookies };
  const desk = await describeDesk(core, deskId, undefined);
  return { page: signInPage(frame, { desk, problem }), cookies };
}

/** Told for a day: after that it is no news. */
const SETTLED_NEWS_MS = 86_400_000;

async function ownUnlockSettled(core: Core, { session }: Operator): Promise<HomeProps["settled"]> {
  const { cardSerial } = session;
  const [latest] = await core.store.transaction((records) =>
    records.ceremonies.ofCard(cardSerial, 1),
  );
  if (!isOfKind(UNLOCK, latest)) return undefined;
  if (core.now().getTime() - latest.startedAt.getTime() > SETTLED_NEWS_MS) return undefined;
  const { phase } = latest.state;
  return phase === "confirmed_later" || phase === "settled_unknown" ? phase : undefined;
}

/** The way on takes an ended session's cookie away; until then every tab of this browser can still learn why. */
function endedSession({ operator, sessionCookie }: Visitor): readonly string[] {
  const ended = operator === undefined && sessionCookie !== undefined;
  return ended ? [setCookie("session", undefined)] : [];
}

/** Says why, to every tab that asks: the cookie stays until somebody goes on from here. */
async function signedOut(core: Core, visitor: Visitor): Promise<Answer> {
  const { frame, operator, sessionCookie } = visitor;
  if (operator !== undefined) return { redirect: "/cis" };
  const session =
    sessionCookie === undefined
      ? undefined
      : await core.store.transaction((records) => records.sessions.find(hashOf(sessionCookie)));
  return { page: signedOutPage(frame, { reason: session?.endReason }) };
}

/** BIND BEFORE PASSCODE: a browser that did not start the visit is refused before anything is asked. */
async function bind(
  core: Core,
  { visits }: DeskRooms,
  { params, browser, frame }: Visitor,
): Promise<Answer> {
  const id = params["visit"] ?? "";
  const visit = await visits.bind(id, params["secret"] ?? "", browser);
  if (visit === undefined) return { page: problemPage(frame, { status: 410 }), status: 410 };
  const cookies = [setCookie("desk", visit.deskId)];
  if (visit.purpose === "desk") return { redirect: "/cis", cookies };
  return { redirect: `${core.config.agentOrigin}/t/${id}`, cookies };
}

async function comeBack(core: Core, rooms: DeskRooms, visitor: Visitor): Promise<Answer> {
  const { params, browser, frame } = visitor;
  const visit = await rooms.visits.complete(params["visit"] ?? "", params["code"] ?? "", browser);
  if (visit === undefined) return { page: problemPage(frame, { status: 410 }), status: 410 };
  if (visit.purpose === "sign_in") return collectSignIn(core, rooms, { visit, visitor });
  // The outcome stands, signed out or not; only who is signed in sees whose card it was.
  return { redirect: `/outcomes/${visit.id}` };
}

async function collectSignIn(
  core: Core,
  { signIn }: DeskRooms,
  { visit, visitor }: { readonly visit: Visit; readonly visitor: Visitor },
): Promise<Answer> {
  const { result } = visit;
  if (result !== undefined && "gaveUp" in result)
    return cis(core, visitor, asProblem(result.gaveUp));
  const cookie = await signIn.collect(visit);
  if (cookie === undefined) return cis(core, visitor, "card_gone");
  return { redirect: "/cis", cookies: [setCookie("session", cookie)] };
}

const PROBLEMS: readonly SignInProblem[] = [
  "cancelled",
  "operator_card_removed",
  "holder_card_removed",
  "too_many_cards",
  "card_locked",
  "card_unreadable",
  "timed_out",
];

function asProblem(reason: string): SignInProblem {
  return PROBLEMS.find((problem) => problem === reason) ?? "cancelled";
}
