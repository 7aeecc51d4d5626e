import type { Desk, EndReason } from "@lanyard/identity";
import { type LeashHandlers, Refusal, type ReplyOf, type RequestOf } from "@lanyard/wire";
import type { CeremonyAtDesk } from "../ceremonies/at-desk.ts";
import type { CeremonyService } from "../ceremonies/ceremony.service.ts";
import type { ChangeService } from "../ceremonies/change.service.ts";
import type { ChangeAtDesk } from "../ceremonies/change-at-desk.ts";
import type { UnlockService } from "../ceremonies/unlock.service.ts";
import type { UnlockAtDesk } from "../ceremonies/unlock-at-desk.ts";
import type { Core } from "../core.ts";
import type { DeskAdministration } from "../desks/desk-administration.ts";
import type { RotationService } from "../rotations/rotation.service.ts";
import type { SessionService } from "../sessions/session.service.ts";
import type { SignInService } from "../sign-in/sign-in.service.ts";
import type { VisitService } from "../visits/visit.service.ts";

export interface DeskRooms {
  readonly desks: DeskAdministration;
  readonly sessions: SessionService;
  readonly visits: VisitService;
  readonly signIn: SignInService;
  readonly rotations: RotationService;
  readonly ceremonies: CeremonyService;
  readonly unlocks: UnlockService;
  readonly changes: ChangeService;
  /** Each kind of ceremony at the agent's page. */
  readonly atDesk: { readonly unlock: UnlockAtDesk; readonly change: ChangeAtDesk };
}

/** A desk that speaks over a leash of this node. */
export interface DeskOnLeash extends Desk {
  readonly leashId: string;
}

/** What a desk may ask of this server: the whole of it, one line each, and a line for each kind of ceremony. */
export function deskCalls(
  core: Core,
  rooms: DeskRooms,
  desk: DeskOnLeash,
): LeashHandlers<"server"> {
  return {
    desk_view: async (view) => {
      // The desk has a newer leash: what this one still says would end what began over that.
      const leash = { deskId: desk.id, leashId: desk.leashId };
      if (!(await core.links.see(leash, view))) throw new Refusal("desk_unknown");
      await rooms.sessions.checkDesk(desk.id);
      await rooms.ceremonies.checkDesk(desk.id);
      return {};
    },
    claim: async ({ visit }) => ({ bindSecret: await rooms.visits.claim(desk, visit) }),
    visit_status: ({ visit }) => visitStatus(core, rooms, { desk, id: visit }),
    give_up: (request) => giveUp(rooms, desk, request),
    rotation_release: (request) => rooms.rotations.release(desk, request),
    sign_in: (request) => rooms.signIn.prove(desk, request),
    ...rooms.atDesk.unlock.calls(desk),
    ...rooms.atDesk.change.calls(desk),
  };
}

async function visitStatus(
  core: Core,
  rooms: DeskRooms,
  { desk, id }: { readonly desk: Desk; readonly id: string },
): Promise<ReplyOf<"visit_status">> {
  const visit = await rooms.visits.status(desk, id);
  if (visit.state === "claimed") return { state: "claimed" };
  if (visit.purpose === "ceremony") {
    const { ceremonyId = "" } = visit;
    const kind = await core.store.transaction(async (records) => {
      const ceremony = await records.ceremonies.find(ceremonyId);
      return ceremony?.kind;
    });
    const atDesk = Object.values<CeremonyAtDesk>(rooms.atDesk).find((one) => one.kind === kind);
    if (atDesk === undefined) throw new Refusal("visit_unknown");
    return { state: "bound", task: await atDesk.task(visit) };
  }
  if (visit.nonce === undefined) throw new Refusal("visit_over");
  return { state: "bound", task: { purpose: "sign_in", nonce: visit.nonce } };
}

const GIVE_UP_REASONS = {
  cancelled: "cancelled",
  operator_card_removed: "operator_card_removed",
  holder_card_removed: "holder_card_removed",
  too_many_cards: "cancelled",
  card_locked: "cancelled",
  card_unreadable: "holder_card_removed",
  timed_out: "timed_out",
} as const satisfies Record<RequestOf<"give_up">["reason"], EndReason>;

/** Nothing was done at the agent: whatever ceremony the visit is about ends with nothing to repair. */
async function giveUp(
  rooms: DeskRooms,
  desk: Desk,
  { visit: id, reason }: RequestOf<"give_up">,
): Promise<ReplyOf<"give_up">> {
  const visit = await rooms.visits.bound(desk, id);
  if (visit.ceremonyId !== undefined)
    await rooms.ceremonies.abortById(visit.ceremonyId, GIVE_UP_REASONS[reason]);
  return { returnCode: await rooms.visits.prove(visit.id, { gaveUp: reason }) };
}
