import { certificateIn, type Desk, standingOf, type UnlockEvent } from "@lanyard/identity";
import { statusEffect, statusName, triesLeftFrom } from "@lanyard/piv";
import {
  type CallsFrom,
  type HintOrder,
  Refusal,
  type RequestOf,
  statements,
  type UnlockProgress,
} from "@lanyard/wire";
import { isSignedByCard } from "../certificates/card-signature.ts";
import type { Core } from "../core.ts";
import { SecretsError } from "../secrets/errors.ts";
import { isIn, type SessionService } from "../sessions/session.service.ts";
import type { VisitService } from "../visits/visit.service.ts";
import {
  type CeremonyAtDesk,
  goOnOrReturn,
  lateSceneOf,
  type Scene as SceneOf,
  sceneOf,
} from "./at-desk.ts";
import { makeHint } from "./hint.ts";
import { type CommittedStep as Committed, commitStep, type StepEntry as Entry } from "./runner.ts";
import { isSealingKey } from "./sealed-release.ts";
import { UNLOCK, type UnlockCeremony, type UnlockTypes } from "./unlock-kind.ts";
import { unlockTask } from "./unlock-task.ts";

interface Rooms {
  readonly visits: VisitService;
  readonly sessions: SessionService;
}

type Scene = SceneOf<UnlockTypes>;
type StepEntry = Entry<UnlockTypes>;
type CommittedStep = Committed<UnlockTypes>;

/** An unlock at the desk, from the passcode page to the closing signature. */
export type UnlockAtDesk = CeremonyAtDesk<Extract<CallsFrom<"agent">, `unlock_${string}`>>;

export function createUnlockAtDesk(core: Core, rooms: Rooms): UnlockAtDesk {
  const { visits } = rooms;
  const late = (desk: Desk, visit: string): Promise<Scene> =>
    lateSceneOf(core, { kind: UNLOCK, visits, desk, visit });
  const commit = async (scene: Scene, event: UnlockEvent, entry: StepEntry) => {
    const step = await commitStep(core, { kind: UNLOCK, id: scene.ceremony.id, event, entry });
    return carryOut(core, rooms, { scene, step });
  };

  return {
    kind: UNLOCK.kind,
    task: (visit) => unlockTask(core, visit),
    calls: (desk) => ({
      unlock_authorise: async (request) => {
        const scene = await sceneOf(core, { kind: UNLOCK, visits, desk, visit: request.visit });
        return authorise(core, rooms, { scene, request });
      },
      unlock_report: async (request) => {
        const scene = await late(desk, request.visit);
        if (isRepeat(scene.ceremony, request)) return answerRepeat(core, rooms, scene);
        const { event, entry } = readReport(scene.ceremony, request);
        return commit(scene, event, entry);
      },
      unlock_hint: async ({ visit, challenge }) => {
        const scene = await sceneOf(core, { kind: UNLOCK, visits, desk, visit });
        return giveHint(core, scene, challenge);
      },
      unlock_prove: async (request) => {
        const scene = await late(desk, request.visit);
        const type = isDone(core, scene, request) ? "proof_valid" : "proof_invalid";
        const { algorithm, value } = request.signature;
        const { origin } = core.config;
        const nonce = scene.ceremony.notes.doneNonce;
        const details = { origin, nonce, algorithm, signature: value };
        return commit(scene, { type }, { action: "unlock.verified", details });
      },
      unlock_lost: async ({ visit, reason }) => {
        const scene = await late(desk, visit);
        return commit(scene, { type: "lost", reason }, { action: "unlock.uncertain" });
      },
    }),
  };
}

interface Authorising {
  readonly scene: Scene;
  readonly request: RequestOf<"unlock_authorise">;
}

async function authorise(
  core: Core,
  rooms: Rooms,
  { scene, request }: Authorising,
): Promise<UnlockProgress> {
  // The reply to a release was lost: the same PUKs, sealed anew to the same key. Nothing moves.
  const again = scene.ceremony.notes.ephemeralKey === request.ephemeralKey;
  if (scene.ceremony.state.phase === "released" && again) return open(core, scene.ceremony);
  const entry = await checkAuthorisation(core, rooms, { scene, request });
  await checkSecrets(core, scene);
  const event = { type: "authorised" } as const;
  const step = await commitStep(core, { kind: UNLOCK, id: scene.ceremony.id, event, entry });
  if (step === undefined) throw new Refusal("not_released");
  return carryOut(core, rooms, { scene, step });
}

/** As with a PUK: with the keys at hand, the commit and its audit entry first, and only then what was asked for. */
async function giveHint(core: Core, scene: Scene, challenge: string): Promise<HintOrder> {
  await core.secrets.ready([]).catch((error: unknown) => {
    throw notReleased(core, error);
  });
  const event = { type: "hint_asked" } as const;
  const entry = { action: "unlock.hint_given", details: { challenge } } as const;
  const step = await commitStep(core, { kind: UNLOCK, id: scene.ceremony.id, event, entry });
  const order = step?.commands.find((command) => command.type === "give_hint");
  if (step === undefined || order === undefined) throw new Refusal("not_released");
  return makeHint(core, step.card, { challenge, index: order.index });
}

/** An answer to the first candidate, when the second has been released already. */
function isRepeat(
  { state }: UnlockCeremony,
  { step, attempt }: RequestOf<"unlock_report">,
): boolean {
  return step === "reset" && attempt === 1 && state.triedBoth;
}

/** The reply to a first refusal was lost: the other candidate again, and not a second refusal. */
function answerRepeat(core: Core, rooms: Rooms, scene: Scene): Promise<UnlockProgress> {
  return standingOf(UNLOCK, scene.ceremony.state) === "released"
    ? open(core, scene.ceremony)
    : carryOut(core, rooms, { scene, step: undefined });
}

/** T:AUTHORISED: the operator's own card, in this very session, signed for this unlock and this agent's key. */
async function checkAuthorisation(
  core: Core,
  rooms: Rooms,
  { scene: { ceremony, card }, request }: Authorising,
): Promise<StepEntry> {
  const session = await rooms.sessions.current(ceremony.sessionId);
  if (session === undefined || !(await isOperatorHere(core, ceremony, session.insertion)))
    throw new Refusal("operator_gone");
  if (!(await rooms.sessions.mayGoOn(session))) throw new Refusal("not_released");
  const operatorCard = await core.store.transaction((records) =>
    records.cards.find(session.cardSerial),
  );
  const slot = core.config.authorise === "passcode" ? "9C" : "9A";
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
    isSignedByCard(core.trust, operatorCard, { slot, message, signature: request.signature });
  if (!signed || !(await isSealingKey(request.ephemeralKey)))
    throw new Refusal("signature_invalid");
  const { algorithm, value } = request.signature;
  return {
    action: "unlock.released",
    notes: { ephemeralKey: request.ephemeralKey },
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
async function checkSecrets(core: Core, { ceremony }: Scene): Promise<void> {
  try {
    await core.releases.ready(ceremony.id);
  } catch (error) {
    throw notReleased(core, error);
  }
}

function notReleased(core: Core, error: unknown): unknown {
  if (!(error instanceof SecretsError)) return error;
  core.log.error({ code: error.code, message: error.message }, "secrets.unavailable");
  return new Refusal("not_released");
}

async function isOperatorHere(
  core: Core,
  ceremony: UnlockCeremony,
  insertion: string,
): Promise<boolean> {
  const view = (await core.links.find(ceremony.deskId))?.view;
  return view !== undefined && isIn(view, insertion);
}

/** The one place that says what a reported status word means for an unlock. */
function readReport(
  ceremony: UnlockCeremony,
  { step, status, lost }: RequestOf<"unlock_report">,
): { readonly event: UnlockEvent; readonly entry: StepEntry } {
  const effect = lost ? "unknown" : statusEffect(status);
  const details = { step, status: lost ? "none" : status.toString(16), effect };
  if (step === "rotate")
    return {
      event: { type: "rotation_answered", applied: effect === "applied" },
      entry: { action: "unlock.rotated", details },
    };
  if (step === "hint")
    return {
      event: { type: "hint_answered", applied: effect === "applied" },
      entry: { action: "unlock.hint_answered", details },
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
  const message = statements.unlockDone({
    origin: core.config.origin,
    ceremony: ceremony.id,
    careId: ceremony.holder,
    nonce: ceremony.notes.doneNonce,
  });
  return isSignedByCard(core.trust, card, { slot: "9A", message, signature });
}

/** After the commit: send what may leave, or send the browser home. */
async function carryOut(
  core: Core,
  { visits }: Rooms,
  { scene, step }: { readonly scene: Scene; readonly step: CommittedStep | undefined },
): Promise<UnlockProgress> {
  const release = step?.commands.find((command) => command.type === "release");
  if (step !== undefined && release !== undefined) return open(core, step.ceremony);
  return goOnOrReturn(core, { kind: UNLOCK, visits }, { scene, step });
}

/** The sealer reads for itself what this release is: the ceremony's id is all it is told. */
async function open(core: Core, ceremony: UnlockCeremony): Promise<UnlockProgress> {
  try {
    const answer = await core.releases.seal(ceremony.id);
    if (answer.ok) return { next: "open", release: answer.release };
  } catch (error) {
    throw notReleased(core, error);
  }
  throw new Refusal("not_released");
}
