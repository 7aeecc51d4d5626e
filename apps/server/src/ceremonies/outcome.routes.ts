import type { Core } from "../core.ts";
import type { Answer, Route, Visitor } from "../http/route.ts";
import type { DeskRooms } from "../leash/desk-calls.ts";
import { problemPage } from "../pages/problem/problem.page.tsx";
import { signedOutPage } from "../pages/sign-out/signed-out.page.tsx";
import type { CeremonyPages } from "./ceremony-pages.ts";
import { changePages } from "./change.routes.ts";
import { unlockPages } from "./unlock.routes.ts";

/** Each kind of ceremony, at its end. */
const PAGES: readonly CeremonyPages[] = [unlockPages, changePages];

/** Back from the agent, whatever was done there. */
export function outcomeRoutes(core: Core, rooms: DeskRooms): readonly Route[] {
  return [
    {
      method: "GET",
      path: "/outcomes/:visit",
      access: "public",
      handle: (visitor) => outcome(core, rooms, visitor),
    },
  ];
}

/** The outcome stands, signed in or not; only who is signed in sees whose card it was. */
async function outcome(core: Core, rooms: DeskRooms, visitor: Visitor): Promise<Answer> {
  const { frame, operator, params, browser } = visitor;
  const visit = await rooms.visits.ofBrowser(params["visit"] ?? "", browser);
  const found =
    visit?.ceremonyId &&
    (await core.store.transaction(async (records) => {
      const ceremony = await records.ceremonies.find(visit.ceremonyId ?? "");
      const session = ceremony && (await records.sessions.find(ceremony.sessionId));
      return ceremony && session && { ceremony, session };
    }));
  const pages = found && PAGES.find(({ kind }) => kind === found.ceremony.kind);
  if (!found || !pages) return { page: problemPage(frame, { status: 410 }), status: 410 };
  const { ceremony, session } = found;
  if (operator?.person.careId === ceremony.operator) return { redirect: pages.address(ceremony) };
  const page = signedOutPage(frame, { reason: session.endReason, outcome: pages.ended(ceremony) });
  return { page };
}
