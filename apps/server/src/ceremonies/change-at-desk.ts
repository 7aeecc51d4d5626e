import type { ChangeEvent, Desk } from "@lanyard/identity";
import { statusEffect, statusName, triesLeftFrom } from "@lanyard/piv";
import {
  type CallsFrom,
  type CeremonyProgress,
  Refusal,
  type RequestOf,
  statements,
} from "@lanyard/wire";
import { isSignedByCard } from "../certificates/card-signature.ts";
import type { Core } from "../core.ts";
import { isIn, type SessionService } from "../sessions/session.service.ts";
import type { VisitService } from "../visits/visit.service.ts";
import {
  type CeremonyAtDesk,
  goOnOrReturn,
  lateSceneOf,
  type Scene as SceneOf,
  sceneOf,
} from "./at-desk.ts";
import { CHANGE, type ChangeTypes } from "./change-kind.ts";
import { changeTask } from "./change-task.ts";
import { commitStep, type StepEntry as Entry } from "./runner.ts";

interface Rooms {
  readonly visits: VisitService;
  readonly sessions: SessionService;
}

type Scene = SceneOf<ChangeTypes>;
type StepEntry = Entry<ChangeTypes>;

/** A change of passcode at the desk, from the passcode page to the closing signature. */
export type ChangeAtDesk = CeremonyAtDesk<Extract<CallsFrom<"agent">, `change_${string}`>>;

export function createChangeAtDesk(core: Core, rooms: Rooms): ChangeAtDesk {
  const { visits } = rooms;
  const late = (desk: Desk, visit: string): Promise<Scene> =>
    lateSceneOf(core, { kind: CHANGE, visits, desk, visit });
  const commit = async (scene: Scene, event: ChangeEvent, entry: StepEntry) => {
    const step = await commitStep(core, { kind: CHANGE, id: scene.ceremony.id, event, entry });
    return goOnOrReturn(core, { kind: CHANGE, visits }, { scene, step });
  };
  /** What was said of an earlier attempt, and is said again, is no news of this one. */
  const ofAttempt = async ({ scene, attempt }: Attempt, event: ChangeEvent, entry: StepEntry) =>
    scene.ceremony.notes.attempt === attempt
      ? commit(scene, event, entry)
      : goOnOrReturn(core, { kind: CHANGE, visits }, { scene, step: undefined });

  return {
    kind: CHANGE.kind,
    task: (visit) => changeTask(core, visit),
    calls: (desk) => ({
      change_send: async ({ visit, attempt }) => {
        const scene = await sceneOf(core, { kind: CHANGE, visits, desk, visit });
        return send(core, rooms, { scene, attempt });
      },
      change_report: async (request) => {
        const scene = await late(desk, request.visit);
        const { event, entry } = readReport(request);
        return ofAttempt({ scene, attempt: request.attempt }, event, entry);
      },
      change_prove: async (request) => {
        const scene = await late(desk, request.visit);
        const type = isDone(core, scene, request) ? "proof_valid" : "proof_invalid";
        const { algorithm, value } = request.signature;
        const { origin } = core.config;
        const nonce = scene.ceremony.notes.doneNonce;
        const details = { origin, nonce, algorithm, signature: value };
        return commit(scene, { type }, { action: "change.changed", details });
      },
      change_lost: async ({ visit, attempt, reason }) => {
        const scene = await late(desk, visit);
        if (reason === "not_sent")
          return ofAttempt({ scene, attempt }, { type: reason }, { action: "change.not_sent" });
        const event = { type: "lost", reason } as const;
        return ofAttempt({ scene, attempt }, event, { action: "change.uncertain" });
      },
    }),
  };
}

interface Attempt {
  readonly scene: Scene;
  readonly attempt: string;
}

/**
 * Nothing is sent to the card before this is on record. A second attempt is let through only once the card has answered
 * to the first: two tabs never spend two tries at once.
 */
async function send(
  core: Core,
  { visits, sessions }: Rooms,
  { scene, attempt }: Attempt,
): Promise<CeremonyProgress> {
  const { ceremony } = scene;
  const session = await sessions.current(ceremony.sessionId);
  const view = (await core.links.find(ceremony.deskId))?.view;
  if (session === undefined || view === undefined || !isIn(view, ceremony.insertion))
    throw new Refusal("operator_gone");
  if (!(await sessions.mayGoOn(session))) throw new Refusal("card_cancelled");
  const isRepeat = ceremony.notes.attempt === attempt;
  const entry: StepEntry = { action: "change.sent", notes: { attempt } };
  const event = { type: "sending" } as const;
  const step = isRepeat
    ? undefined
    : await commitStep(core, { kind: CHANGE, id: ceremony.id, event, entry });
  const progress = await goOnOrReturn(core, { kind: CHANGE, visits }, { scene, step });
  if (progress.next === "go_on" && step === undefined && !isRepeat)
    throw new Refusal("ceremony_running");
  return progress;
}

/** The one place that says what a reported status word means for a change of passcode. */
function readReport({ status, lost }: RequestOf<"change_report">): {
  readonly event: ChangeEvent;
  readonly entry: StepEntry;
} {
  const effect = lost ? "unknown" : statusEffect(status);
  const details = { status: lost ? "none" : status.toString(16), effect };
  if (effect === "applied")
    return { event: { type: "applied" }, entry: { action: "change.set", details } };
  if (effect !== "not_applied")
    return {
      event: { type: "lost", reason: "answer_lost" },
      entry: { action: "change.uncertain", details },
    };
  return { event: refusalOf(status), entry: { action: "change.refused", details } };
}

function refusalOf(status: number): ChangeEvent {
  switch (statusName(status)) {
    case "authentication_method_blocked":
      return { type: "wrong_passcode", triesLeft: 0 };
    case "wrong_reference_data":
    case "verification_failed":
      return { type: "wrong_passcode", triesLeft: triesLeftFrom(status) };
    default:
      return { type: "refused", passcode: statusName(status) === "incorrect_data" };
  }
}

/** The card on record signed this ceremony's own nonce with the key that asks for the passcode. */
function isDone(
  core: Core,
  { ceremony, card }: Scene,
  { signature }: RequestOf<"change_prove">,
): boolean {
  const message = statements.changeDone({
    origin: core.config.origin,
    ceremony: ceremony.id,
    careId: ceremony.holder,
    nonce: ceremony.notes.doneNonce,
  });
  return isSignedByCard(core.trust, card, { slot: "9A", message, signature });
}
