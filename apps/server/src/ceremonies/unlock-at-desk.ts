import {
  type Ceremony,
  certificateIn,
  type Desk,
  isOver,
  keyVersionsNeeded,
  type Smartcard,
  type UnlockEvent,
  type Visit,
} from "@lanyard/identity";
import { statusEffect, statusName, triesLeftFrom } from "@lanyard/piv";
import {
  LeashLost,
  Refusal,
  type RequestOf,
  statements,
  type Task,
  type UnlockProgress,
} from "@lanyard/wire";
import { isSignedBy } from "../certificates/signatures.ts";
import type { Core } from "../core.ts";
import { SecretsError } from "../secrets/errors.ts";
import { isIn, type SessionService } from "../sessions/session.service.ts";
import type { VisitService } from "../visits/visit.service.ts";
import { isSealingKey, sealRelease } from "./sealed-release.ts";
import { type CommittedStep, commitStep, type StepDetails } from "./unlock-runner.ts";
import { unlockTask } from "./unlock-task.ts";

/** The agent's side of an unlock: what a desk may ask for, from the passcode page to the closing signature. */
export interface UnlockAtDesk {
  task(visit: Visit): Promise<Task>;
  authorise(desk: Desk, request: RequestOf<"unlock_authorise">): Promise<UnlockProgress>;
  report(desk: Desk, request: RequestOf<"unlock_report">): Promise<UnlockProgress>;
  prove(desk: Desk, request: RequestOf<"unlock_prove">): Promise<UnlockProgress>;
  lost(desk: Desk, request: RequestOf<"unlock_lost">): Promise<UnlockProgress>;
  giveUp(desk: Desk, request: RequestOf<"give_up">): Promise<{ readonly returnCode: string }>;
}

interface Rooms {
  readonly visits: VisitService;
  readonly sessions: SessionService;
}

/** An unlock and everything its decisions rest on, read afresh for every call. */
interface Scene {
  readonly visit: Visit;
  readonly ceremony: Ceremony;
  readonly card: Smartcard;
}

export function createUnlockAtDesk(core: Core, rooms: Rooms): UnlockAtDesk {
  const progress = (scene: Scene, step: CommittedStep | undefined): Promise<UnlockProgress> =>
    carryOut(core, rooms, scene, step);

  return {
    task: (visit) => unlockTask(core, visit),
    authorise: async (desk, request) => {
      const scene = await sceneOf(core, rooms, desk, request.visit);
      const again = scene.ceremony.notes.ephemeralKey === request.ephemeralKey;
      if (scene.ceremony.state.phase === "released" && again) return reseal(core, scene);
      const entry = await checkAuthorisation(core, rooms, scene, request);
      await checkSecrets(core, scene);
      const step = await commitStep(core, scene.ceremony.id, { type: "authorised" }, entry);
      if (step === undefined) throw new Refusal("not_released");
      return progress(scene, step);
    },
    report: async (desk, request) => {
      const scene = await sceneOf(core, rooms, desk, request.visit);
      const { event, entry } = readReport(scene.ceremony, request);
      return progress(scene, await commitStep(core, scene.ceremony.id, event, entry));
    },
    prove: async (desk, request) => {
      const scene = await sceneOf(core, rooms, desk, request.visit);
      const valid = isDone(core, scene, request);
      const { algorithm, value } = request.signature;
      const { origin } = core.config;
      const nonce = scene.ceremony.notes.doneNonce;
      const details = { origin, nonce, algorithm, signature: value };
      const event: UnlockEvent = { type: valid ? "proof_valid" : "proof_invalid" };
      const entry: StepDetails = { action: "unlock.verified", details };
      return progress(scene, await commitStep(core, scene.ceremony.id, event, entry));
    },
    lost: async (desk, request) => {
      const scene = await sceneOf(core, rooms, desk, request.visit);
      const event: UnlockEvent = { type: "lost", reason: request.reason };
      const step = await commitStep(core, scene.ceremony.id, event, { action: "unlock.uncertain" });
      return progress(scene, step);
    },
    giveUp: async (desk, request) => {
      const visit = await rooms.visits.bound(desk, request.visit);
      if (visit.ceremonyId !== undefined) {
        const reason = GIVE_UP_REASONS[request.reason];
        const event: UnlockEvent = { type: "abort", reason };
        await commitStep(core, visit.ceremonyId, event, { action: "unlock.aborted" });
      }
      return { returnCode: await rooms.visits.prove(visit.id, { gaveUp: request.reason }) };
    },
  };
}

const GIVE_UP_REASONS = {
  cancelled: "cancelled",
  operator_card_removed: "operator_card_removed",
  holder_card_removed: "holder_card_removed",
  too_many_cards: "cancelled",
  card_locked: "cancelled",
  card_unreadable: "holder_card_removed",
  timed_out: "timed_out",
} as const satisfies Record<RequestOf<"give_up">["reason"], Ceremony["state"]["reason"]>;

async function sceneOf(core: Core, rooms: Rooms, desk: Desk, visitId: string): Promise<Scene> {
  const visit = await rooms.visits.bound(desk, visitId);
  const { ceremonyId } = visit;
  if (ceremonyId === undefined) throw new Refusal("visit_unknown");
  const found = await core.store.transaction(async (records) => {
    const ceremony = await records.ceremonies.find(ceremonyId);
    const card = ceremony && (await records.cards.find(ceremony.cardSerial));
    return ceremony && card && { ceremony, card };
  });
  if (found === undefined || found.ceremony.deskId !== desk.id) throw new Refusal("visit_unknown");
  return { visit, ...found };
}

/** T:AUTHORISED: the operator's own card, in this very session, signed for this unlock and this agent's key. */
async function checkAuthorisation(
  core: Core,
  rooms: Rooms,
  { ceremony, card }: Scene,
  request: RequestOf<"unlock_authorise">,
): Promise<StepDetails> {
  const session = await rooms.sessions.current(ceremony.sessionId);
  if (session === undefined || !isOperatorHere(core, ceremony, session.insertion))
    throw new Refusal("operator_gone");
  if (!(await rooms.sessions.mayGoOn(session))) throw new Refusal("not_released");
  const operatorCard = await core.store.transaction((records) =>
    records.cards.find(session.cardSerial),
  );
  const slot = core.config.authorise === "passcode" ? "9C" : "9A";
  const certificate = operatorCard && certificateIn(operatorCard, slot);
  const verified = certificate && core.trust.verify(certificate.der);
  const { evidence } = ceremony.state;
  const keyHash = certificateIn(card, "9E")?.keyHash ?? "";
  const message = statements.unlockAuthorise({
    ceremony: ceremony.id,
    careId: ceremony.holder,
    keyHash,
    ephemeralKey: Buffer.from(request.ephemeralKey, "base64"),
    evidence: evidence ?? "",
    nonce: ceremony.notes.authoriseNonce,
  });
  const signed =
    request.slot === slot &&
    evidence !== undefined &&
    verified !== undefined &&
    isSignedBy(verified.publicKey, message, request.signature);
  if (!signed || !(await isSealingKey(request.ephemeralKey)))
    throw new Refusal("signature_invalid");
  const { algorithm, value } = request.signature;
  return {
    action: "unlock.released",
    ephemeralKey: request.ephemeralKey,
    details: {
      operatorCard: session.cardSerial,
      slot,
      evidence,
      keyHash,
      algorithm,
      signature: value,
      ephemeralKey: request.ephemeralKey,
      nonce: ceremony.notes.authoriseNonce,
    },
  };
}

/** With the key store gone nothing is released, and nothing is half done: asked before the commit. */
async function checkSecrets(core: Core, { card }: Scene): Promise<void> {
  const seed = await core.store.transaction((records) => records.cards.seedOf(card.serial));
  if (seed === undefined) throw new Refusal("not_released");
  try {
    await core.secrets.ready(keyVersionsNeeded(seed, card.registers));
  } catch (error) {
    if (!(error instanceof SecretsError)) throw error;
    core.log.error({ code: error.code, message: error.message }, "secrets.unavailable");
    throw new Refusal("not_released");
  }
}

function isOperatorHere(core: Core, ceremony: Ceremony, insertion: string): boolean {
  const view = core.links.find(ceremony.deskId)?.view;
  return view !== undefined && isIn(view, insertion);
}

/** The one place that says what a reported status word means for an unlock. */
function readReport(
  ceremony: Ceremony,
  { step, status, lost }: RequestOf<"unlock_report">,
): { readonly event: UnlockEvent; readonly entry: StepDetails } {
  const effect = lost ? "unknown" : statusEffect(status);
  const details = { step, status: lost ? "none" : status.toString(16), effect };
  if (step === "rotate")
    return {
      event: { type: "rotation_answered", applied: effect === "applied" },
      entry: { action: "unlock.rotated", details },
    };
  const index = ceremony.state.candidate ?? -1;
  if (effect === "applied")
    return { event: { type: "puk_accepted", index }, entry: { action: "unlock.pin_set", details } };
  if (effect !== "not_applied")
    return {
      event: { type: "lost", reason: "answer_lost" },
      entry: { action: "unlock.uncertain", details },
    };
  const blocked = statusName(status) === "authentication_method_blocked";
  const triesLeft = blocked ? 0 : triesLeftFrom(status);
  const event: UnlockEvent =
    triesLeft === undefined
      ? { type: "reset_refused", passcode: statusName(status) === "incorrect_data" }
      : { type: "puk_refused", index, triesLeft };
  return { event, entry: { action: "unlock.puk_refused", details } };
}

/** T:VERIFIED: the card on record signed this ceremony's own nonce with the key that asks for the passcode. */
function isDone(
  core: Core,
  { ceremony, card }: Scene,
  { signature }: RequestOf<"unlock_prove">,
): boolean {
  const certificate = certificateIn(card, "9A");
  const verified = certificate && core.trust.verify(certificate.der);
  if (verified === undefined) return false;
  const message = statements.unlockDone({
    origin: core.config.origin,
    ceremony: ceremony.id,
    careId: ceremony.holder,
    nonce: ceremony.notes.doneNonce,
  });
  return isSignedBy(verified.publicKey, message, signature);
}

/**
 * After the commit: send what may leave, or send the browser home. A report that came twice changes nothing: it is
 * answered by how the ceremony stands, so that a repeated report never ends one that is still under way.
 */
async function carryOut(
  core: Core,
  rooms: Rooms,
  scene: Scene,
  step: CommittedStep | undefined,
): Promise<UnlockProgress> {
  const release = step?.commands.find((command) => command.type === "release");
  if (step !== undefined && release !== undefined) return open(core, step, release);
  const { id } = scene.ceremony;
  const now =
    step?.ceremony ?? (await core.store.transaction((records) => records.ceremonies.find(id)));
  if (now !== undefined && !isOver(now.state.phase)) return { next: "go_on" };
  return { next: "return", returnCode: await rooms.visits.prove(scene.visit.id) };
}

async function open(
  core: Core,
  { ceremony, card }: Pick<CommittedStep, "ceremony" | "card">,
  {
    candidate,
    next,
  }: { readonly candidate: number | undefined; readonly next: number | undefined },
): Promise<UnlockProgress> {
  const seed = await core.store.transaction((records) => records.cards.seedOf(card.serial));
  const { ephemeralKey } = ceremony.notes;
  if (seed === undefined || ephemeralKey === undefined)
    throw new LeashLost("The card has no seed.");
  const order = { ceremony: ceremony.id, card, seed, ephemeralKey, candidate, next };
  return { next: "open", release: await sealRelease(core, order) };
}

/** The reply to a release was lost: the same PUKs, sealed anew to the same key. Nothing moves. */
function reseal(core: Core, scene: Scene): Promise<UnlockProgress> {
  const { candidate, next } = scene.ceremony.state;
  return open(core, scene, { candidate, next });
}
