import {
  type Ceremony,
  type CeremonyTypes,
  type Desk,
  isOfKind,
  isUnderWay,
  type Smartcard,
  standingOf,
  type Visit,
} from "@lanyard/identity";
import { type CallsFrom, type LeashHandlers, Refusal, type Task } from "@lanyard/wire";
import type { Core } from "../core.ts";
import type { VisitService } from "../visits/visit.service.ts";
import type { StoredKind } from "./kind.ts";
import type { CommittedStep } from "./runner.ts";

/** The agent's side of one kind of ceremony: what its page is to do, and what it may ask for. */
export interface CeremonyAtDesk<Call extends CallsFrom<"agent"> = never> {
  readonly kind: string;
  /** @throws {Refusal} `visit_unknown` | `visit_over` */
  task(visit: Visit): Promise<Task>;
  calls(desk: Desk): Pick<LeashHandlers<"server">, Call>;
}

/** A ceremony and everything its decisions rest on, read afresh for every call. */
export interface Scene<Types extends CeremonyTypes = CeremonyTypes> {
  readonly visit: Visit;
  readonly ceremony: Ceremony<Types>;
  readonly card: Smartcard;
}

export interface SceneWish<Types extends CeremonyTypes> {
  readonly kind: StoredKind<Types>;
  readonly visits: VisitService;
  readonly desk: Desk;
  readonly visit: string;
}

/**
 * The ceremony that this desk's visit is about, if it is of this kind.
 *
 * @throws {Refusal} `visit_unknown` | as `VisitService.bound`
 */
export async function sceneOf<Types extends CeremonyTypes>(
  core: Core,
  wish: SceneWish<Types>,
): Promise<Scene<Types>> {
  return sceneOfVisit(core, wish, await wish.visits.bound(wish.desk, wish.visit));
}

/**
 * The same for a report, which comes from the desk that did the work, however late: what a card answered stays true
 * when the visit is over.
 *
 * @throws {Refusal} `visit_unknown`
 */
export async function lateSceneOf<Types extends CeremonyTypes>(
  core: Core,
  wish: SceneWish<Types>,
): Promise<Scene<Types>> {
  const visit = await wish.visits.ofDesk(wish.desk, wish.visit);
  if (visit === undefined) throw new Refusal("visit_unknown");
  return sceneOfVisit(core, wish, visit);
}

async function sceneOfVisit<Types extends CeremonyTypes>(
  core: Core,
  { kind, desk }: Pick<SceneWish<Types>, "kind" | "desk">,
  visit: Visit,
): Promise<Scene<Types>> {
  const { ceremonyId } = visit;
  if (ceremonyId === undefined) throw new Refusal("visit_unknown");
  const found = await core.store.transaction(async (records) => {
    const ceremony = await records.ceremonies.find(ceremonyId);
    if (!isOfKind(kind, ceremony)) return undefined;
    const card = await records.cards.find(ceremony.cardSerial);
    return card && { ceremony, card };
  });
  if (found === undefined || found.ceremony.deskId !== desk.id) throw new Refusal("visit_unknown");
  return { visit, ...found };
}

/** Where a ceremony stands after a report, when there is nothing more to send. */
export type GoOnOrReturn =
  | { readonly next: "go_on" }
  | { readonly next: "return"; readonly returnCode: string }
  /** It is over, and no browser waits for it any more. */
  | { readonly next: "over" };

/**
 * After the commit: go on, or send the browser home. A report that came twice changes nothing: it is answered by how
 * the ceremony stands, so that a repeated report never ends one that is still under way.
 */
export async function goOnOrReturn<Types extends CeremonyTypes>(
  core: Core,
  { kind, visits }: Pick<SceneWish<Types>, "kind" | "visits">,
  { scene, step }: { readonly scene: Scene; readonly step: CommittedStep<Types> | undefined },
): Promise<GoOnOrReturn> {
  const { id } = scene.ceremony;
  const now =
    step?.ceremony ?? (await core.store.transaction((records) => records.ceremonies.find(id)));
  if (isOfKind(kind, now) && isUnderWay(standingOf(kind, now.state))) return { next: "go_on" };
  const returnCode = await visits.proveAgain(scene.visit.id);
  return returnCode === undefined ? { next: "over" } : { next: "return", returnCode };
}
