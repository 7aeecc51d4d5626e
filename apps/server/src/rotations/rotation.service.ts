import {
  beginRotation,
  certificateIn,
  type Desk,
  mayRotate,
  type PukRotation,
  type Records,
  type RotationEvent,
  type RotationOutcome,
  type Session,
  type Smartcard,
  stepRotation,
} from "@lanyard/identity";
import { statusEffect, statusName, triesLeftFrom } from "@lanyard/piv";
import { LeashLost, Refusal, type ReplyOf, type RequestOf, statements } from "@lanyard/wire";
import { type Fact, record } from "../audit/record.ts";
import { heedHint, makeHint } from "../ceremonies/hint.ts";
import { isSealingKey } from "../ceremonies/sealed-release.ts";
import { isSignedByCard } from "../certificates/card-signature.ts";
import type { Core } from "../core.ts";
import { newNonce, newToken } from "../random.ts";
import { SecretsError } from "../secrets/errors.ts";

/**
 * The second touch: the PUK of a card that was unlocked elsewhere is changed once more when its user signs in here. In the
 * background: a sign-in waits for none of it and fails by none of it.
 */
export class RotationService {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  /** Rotates if it is due. Never rejects; resolves when all is on record. */
  async afterSignIn(session: Session): Promise<void> {
    try {
      const begun = await this.#begin(session);
      if (begun === undefined) return;
      // With the keys gone it stays due.
      await this.#core.releases.ready(begun.rotation.id);
      await this.#run(session, begun);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "failed";
      this.#core.log.error({ code }, "rotation.failed");
    }
  }

  /**
   * The agent, in the middle of it: the card signed for this change and this key. Commit first, then the PUKs.
   *
   * @throws {Refusal} `not_released` | `signature_invalid`
   */
  async release(
    desk: Pick<Desk, "id">,
    request: RequestOf<"rotation_release">,
  ): Promise<ReplyOf<"rotation_release">> {
    const { store, releases } = this.#core;
    const committed = await store.transaction((records) => this.#release(records, desk, request));
    const { rotation, card, outcome } = committed;
    const sealed = await releases.seal(rotation.id);
    const { candidate } = outcome.rotation;
    if (!sealed.ok || candidate === undefined) throw new Refusal("not_released");
    const { release } = sealed;
    const { challenge } = request;
    if (challenge === undefined || !card.profile.hint) return { release };
    const hint = await this.#hintFor(card, { challenge, index: candidate });
    return hint === undefined ? { release } : { release, hint };
  }

  /** Where the keys are elsewhere, a card is served without its hint. */
  async #hintFor(card: Smartcard, wish: Parameters<typeof makeHint>[2]) {
    try {
      return await makeHint(this.#core, card, wish);
    } catch (error) {
      if (error instanceof SecretsError) return undefined;
      throw error;
    }
  }

  #begin(session: Session): Promise<Begun | undefined> {
    const { store } = this.#core;
    return store.transaction(async (records) => {
      const dueSince = await records.rotations.dueSince(session.cardSerial);
      if (dueSince === undefined) return undefined;
      const card = await records.cards.lock(session.cardSerial);
      if (card === undefined) return undefined;
      const { registers, profile } = card;
      const { pukChangeable } = profile;
      if (!mayRotate(dueSince, session.deskId, { registers, pukChangeable })) return undefined;
      if ((await records.ceremonies.openOfCard(card.serial)) !== undefined) return undefined;
      const rotation: PukRotation = {
        ...{ id: newToken(), nonce: newNonce(), startedAt: this.#core.now() },
        ...{ cardSerial: card.serial, deskId: session.deskId, state: beginRotation(dueSince) },
      };
      await records.rotations.add(rotation);
      return { rotation, card };
    });
  }

  async #run(session: Session, { rotation, card }: Begun): Promise<void> {
    const event = await this.#ask(session, { rotation, card });
    await this.#core.store.transaction(async (records) => {
      const step = await this.#step(records, rotation.id, event);
      if (step === undefined) return;
      const { state } = step.rotation;
      const { candidate = -1 } = step.outcome.rotation;
      const details = { phase: step.outcome.rotation.phase, index: candidate };
      await this.#record(records, step, { action: "card.rotation_ended", details });
      if (!step.outcome.isDue) await records.rotations.clearDue(card.serial);
      if (step.outcome.rotation.phase !== "incident") return;
      const { firstDesk } = state;
      await records.rotations.addIncident({
        ...{ cardSerial: card.serial, at: this.#core.now() },
        ...{ firstDesk, foundAt: session.deskId },
      });
      await this.#record(records, step, { action: "card.incident", details: { firstDesk } });
    });
  }

  /** What the card answered, as far as it is known. */
  async #ask(session: Session, { rotation, card }: Begun): Promise<RotationEvent> {
    const { insertion, deskId } = session;
    const keyHash = certificateIn(card, "9E")?.keyHash ?? "";
    const { id, nonce } = rotation;
    try {
      const link = await this.#core.links.need(deskId);
      const { hint } = card.profile;
      return eventOf(
        await link.call("puk_rotate", { rotation: id, insertion, keyHash, nonce, hint }),
      );
    } catch (error) {
      // Before the release nothing can have been done; the table knows which it was.
      if (error instanceof LeashLost) return { type: "lost" };
      if (error instanceof Refusal) return { type: "not_applied" };
      throw error;
    }
  }

  async #release(
    records: Records,
    desk: Pick<Desk, "id">,
    request: RequestOf<"rotation_release">,
  ): Promise<Stepped> {
    const { origin } = this.#core.config;
    const found = await records.rotations.lock(request.rotation);
    const card = found && (await records.cards.lock(found.cardSerial));
    if (card === undefined || found?.deskId !== desk.id) throw new Refusal("not_released");
    const message = statements.rotation({
      ...{ origin, rotation: found.id, nonce: found.nonce },
      keyHash: certificateIn(card, "9E")?.keyHash ?? "",
      ephemeralKey: Buffer.from(request.ephemeralKey, "base64"),
    });
    if (!(await this.#isSigned(card, message, request))) throw new Refusal("signature_invalid");
    // What a fail-over forgot would look like a foreign PUK.
    const shown = { serial: card.serial, hint: request.hint };
    const finding = await heedHint(this.#core, records, shown);
    const step = await this.#step(records, found.id, { type: "authorised" });
    if (step === undefined) throw new Refusal("not_released");
    const { algorithm, value } = request.signature;
    const details = {
      ...{ origin, nonce: found.nonce, algorithm, signature: value },
      ephemeralKey: request.ephemeralKey,
      ...finding,
    };
    await this.#record(records, step, { action: "card.rotation_released", details });
    return step;
  }

  async #isSigned(
    card: Smartcard,
    message: Uint8Array,
    { signature, ephemeralKey }: RequestOf<"rotation_release">,
  ): Promise<boolean> {
    const isTheirs = isSignedByCard(this.#core.trust, card, { slot: "9A", message, signature });
    return isTheirs && (await isSealingKey(ephemeralKey));
  }

  /** One event through the table: rotation and registers in the caller's transaction. */
  async #step(records: Records, id: string, event: RotationEvent): Promise<Stepped | undefined> {
    const rotation = await records.rotations.lock(id);
    const card = rotation && (await records.cards.lock(rotation.cardSerial));
    if (rotation === undefined || card === undefined) return undefined;
    const context = { rotation: rotation.state, registers: card.registers };
    const outcome = stepRotation(context, event);
    if (outcome === undefined) return undefined;
    await records.rotations.save(id, outcome.rotation);
    const { keyVersion } = this.#core.secrets;
    await records.cards.saveRegisters(card.serial, outcome.registers, keyVersion);
    return { rotation, card, outcome };
  }

  #record(
    records: Records,
    { rotation, card, outcome }: Stepped,
    { action, details }: Pick<Fact, "action" | "details">,
  ): Promise<void> {
    const { n, hi } = outcome.registers;
    return record(records, {
      action,
      at: this.#core.now(),
      actor: card.careId,
      holder: card.careId,
      cardSerial: card.serial,
      ceremonyId: rotation.id,
      deskId: rotation.deskId,
      details: { ...details, n, hi },
    });
  }
}

interface Begun {
  readonly rotation: PukRotation;
  readonly card: Smartcard;
}

interface Stepped extends Begun {
  readonly outcome: RotationOutcome;
}

/** What a reported status word means for a rotation. */
function eventOf({ status, lost }: ReplyOf<"puk_rotate">): RotationEvent {
  const effect = lost ? "unknown" : statusEffect(status);
  if (effect === "applied") return { type: "applied" };
  if (effect !== "not_applied") return { type: "lost" };
  const blocked = statusName(status) === "authentication_method_blocked";
  const triesLeft = blocked ? 0 : triesLeftFrom(status);
  return triesLeft === undefined ? { type: "not_applied" } : { type: "puk_refused", triesLeft };
}
