import type { Desk } from "@lanyard/identity";
import { type LeashHandlers, Refusal, type ReplyOf } from "@lanyard/wire";
import type { UnlockService } from "../ceremonies/unlock.service.ts";
import type { UnlockAtDesk } from "../ceremonies/unlock-at-desk.ts";
import type { Core } from "../core.ts";
import type { SessionService } from "../sessions/session.service.ts";
import type { SignInService } from "../sign-in/sign-in.service.ts";
import type { VisitService } from "../visits/visit.service.ts";

export interface DeskRooms {
  readonly sessions: SessionService;
  readonly visits: VisitService;
  readonly signIn: SignInService;
  readonly unlocks: UnlockService;
  readonly unlockAtDesk: UnlockAtDesk;
}

/** What a desk may ask of this server: the whole of it, one line each. */
export function deskCalls(core: Core, rooms: DeskRooms, desk: Desk): LeashHandlers<"server"> {
  return {
    desk_view: async (view) => {
      core.links.see(desk.id, view);
      await rooms.sessions.checkDesk(desk.id);
      await rooms.unlocks.checkDesk(desk.id);
      return {};
    },
    claim: async ({ visit }) => ({ bindSecret: await rooms.visits.claim(desk, visit) }),
    visit_status: ({ visit }) => visitStatus(rooms, desk, visit),
    give_up: (request) => rooms.unlockAtDesk.giveUp(desk, request),
    sign_in: (request) => rooms.signIn.prove(desk, request),
    unlock_authorise: (request) => rooms.unlockAtDesk.authorise(desk, request),
    unlock_report: (request) => rooms.unlockAtDesk.report(desk, request),
    unlock_prove: (request) => rooms.unlockAtDesk.prove(desk, request),
    unlock_lost: (request) => rooms.unlockAtDesk.lost(desk, request),
  };
}

async function visitStatus(
  rooms: DeskRooms,
  desk: Desk,
  id: string,
): Promise<ReplyOf<"visit_status">> {
  const visit = await rooms.visits.status(desk, id);
  if (visit.state === "claimed") return { state: "claimed" };
  if (visit.purpose === "unlock")
    return { state: "bound", task: await rooms.unlockAtDesk.task(visit) };
  if (visit.nonce === undefined) throw new Refusal("visit_over");
  return { state: "bound", task: { purpose: "sign_in", nonce: visit.nonce } };
}
