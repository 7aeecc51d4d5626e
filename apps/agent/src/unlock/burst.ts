import { type Secret, toBase64 } from "@lanyard/bytes";
import { type Burst, type BurstEvent, beginBurst, stepBurst } from "@lanyard/identity";
import { CardError, isCardLost, type ReferenceDataOutcome } from "@lanyard/piv";
import {
  type HintOrder,
  type ReleasedPuks,
  type RequestOf,
  type SealedRelease,
  statements,
  type UnlockProgress,
  type UnlockTask,
} from "@lanyard/wire";
import { signStatement } from "../desk/card-key.ts";
import type { CardHands, HeldCard } from "../desk/held-card.ts";
import { isSameCard } from "../desk/same-card.ts";
import type { Logger } from "../log.ts";
import { MANAGEMENT_ALGORITHM, writeHint } from "./hint.ts";
import type { Reports } from "./reports.ts";
import type { SealingKey } from "./sealed-puks.ts";

/** Everything one burst on the holder's card needs. */
export interface BurstOrder {
  readonly task: UnlockTask;
  readonly serverOrigin: string;
  readonly card: HeldCard;
  /** The new passcode. The caller wipes it. */
  readonly passcode: Secret;
  readonly sealingKey: SealingKey;
  readonly firstRelease: SealedRelease;
  readonly reports: Reports;
  readonly log: Logger;
  random(bytes: number): Uint8Array;
}

/** How it ended for the browser: back with this code, or nobody can say. */
export type BurstEnd = { readonly returnCode: string } | "unknown";

/**
 * Does the unlock on the card, one step after the other as the burst's table decides, and tells the server each answer.
 * Nothing that may cost a try is ever sent twice. Whatever happens, the PUKs are wiped at the end.
 */
export async function runBurst(order: BurstOrder): Promise<BurstEnd> {
  const run = new BurstRun(order);
  try {
    return await order.card.use((hands) => run.toTheEnd(hands));
  } catch (error) {
    if (!(error instanceof CardError)) throw error;
    // The card was gone before its first step.
    return run.endLost("holder_card_removed");
  } finally {
    run.wipe();
  }
}

/** The table is done when it says so, or stopped: nothing more goes to the card. */
const ENDS: ReadonlySet<Burst["phase"]> = new Set(["done", "stopped"]);

/** For the server; the card waits without a transaction. */
const WAITS: ReadonlySet<Burst["phase"]> = new Set(["await_release", "await_hint", "await_next"]);

class BurstRun {
  readonly #order: BurstOrder;
  #burst: Burst;
  #candidate: Secret | undefined;
  #next: Secret | undefined;
  /** The server's answer to the newest report. */
  #progress: Promise<UnlockProgress | undefined> = Promise.resolve(undefined);
  #returnCode: string | undefined;
  #challenge: Uint8Array | undefined;
  #hint: HintOrder | undefined;
  /** Which released PUK is in hand: the first, or the other candidate. */
  #attempt = 0;
  #isCardLost = false;

  constructor(order: BurstOrder) {
    this.#order = order;
    this.#burst = beginBurst({ ...order.task, canRotate: false });
  }

  async toTheEnd(hands: CardHands): Promise<BurstEnd> {
    const first = await this.#take(this.#order.firstRelease);
    if (first?.candidate === undefined) return this.endLost("answer_lost");
    this.#burst = beginBurst({ ...this.#order.task, canRotate: first.next !== undefined });
    while (!ENDS.has(this.#burst.phase)) {
      if (WAITS.has(this.#burst.phase)) await this.#wait();
      else if (this.#burst.phase === "power_cycle") await this.#step(hands);
      // One transaction for what belongs together; never across a wait for the server, or the power cycle.
      else await hands.session.transaction(() => this.#whileOnCard(hands));
    }
    return this.#end();
  }

  wipe(): void {
    this.#candidate?.wipe();
    this.#next?.wipe();
  }

  async endLost(
    reason: "holder_card_removed" | "answer_lost" | "proof_missing",
  ): Promise<BurstEnd> {
    this.#note(await this.#progress);
    if (this.#returnCode === undefined) this.#note(await this.#order.reports.lost(reason));
    return this.#returnCode === undefined ? "unknown" : { returnCode: this.#returnCode };
  }

  async #whileOnCard(hands: CardHands): Promise<void> {
    const isOffCard = () =>
      ENDS.has(this.#burst.phase) ||
      WAITS.has(this.#burst.phase) ||
      this.#burst.phase === "power_cycle";
    while (!isOffCard()) await this.#step(hands);
  }

  /** One phase on the card. A card that does not answer is an answer too: `unknown`. */
  async #step(hands: CardHands): Promise<void> {
    const { phase } = this.#burst;
    const event = await this.#carryOut(hands, phase).catch((error: unknown): BurstEvent => {
      if (!(error instanceof CardError)) throw error;
      this.#isCardLost ||= isCardLost(error);
      return { type: isCardLost(error) ? "unknown" : "not_applied" };
    });
    this.#burst = stepBurst(this.#burst, event);
    this.#order.log.info({ phase, event: event.type, next: this.#burst.phase }, "unlock.step");
  }

  async #carryOut(hands: CardHands, phase: Burst["phase"]): Promise<BurstEvent> {
    const { task, passcode, random } = this.#order;
    switch (phase) {
      case "recheck":
      case "recheck_after":
        return (await isSameCard(hands, task.keyHash, random))
          ? { type: "same_card" }
          : { type: "not_applied" };
      case "reset":
        return this.#reported("reset", () =>
          hands.piv.resetRetryCounter(inHand(this.#candidate), passcode),
        );
      case "hint_challenge":
        this.#challenge = await hands.piv.askManagementChallenge(MANAGEMENT_ALGORITHM);
        return { type: this.#challenge === undefined ? "not_applied" : "applied" };
      case "hint_write":
        return this.#reported("hint", () => writeHint(hands.piv, inHand(this.#hint)));
      case "rotate":
        return this.#reported("rotate", () =>
          hands.piv.changePuk(inHand(this.#candidate), inHand(this.#next)),
        );
      case "power_cycle":
        await hands.powerCycle();
        return { type: "applied" };
      case "verify":
        return { type: (await hands.piv.verify(passcode)).ok ? "applied" : "not_applied" };
      case "sign":
        return this.#signDone(hands);
      default:
        return { type: "not_applied" };
    }
  }

  /** Sends the command once and reports what came of it, without waiting for the reply. */
  async #reported(
    step: RequestOf<"unlock_report">["step"],
    send: () => Promise<Pick<ReferenceDataOutcome, "statusWord" | "effect">>,
  ): Promise<BurstEvent> {
    const { reports } = this.#order;
    const answered = { step, attempt: this.#attempt } as const;
    try {
      const { statusWord: status, effect } = await send();
      this.#follow(reports.report({ ...answered, status, lost: effect === "unknown" }));
      return { type: effect };
    } catch (error) {
      if (isCardLost(error)) this.#follow(reports.report({ ...answered, status: 0, lost: true }));
      throw error;
    }
  }

  async #signDone(hands: CardHands): Promise<BurstEvent> {
    const { task, serverOrigin: origin, reports } = this.#order;
    const { ceremony, doneNonce: nonce } = task;
    const { careId } = task.holder;
    const statement = statements.unlockDone({ origin, ceremony, careId, nonce });
    const key = await hands.key("9a");
    const signature = await signStatement(hands.piv, "9a", { key, statement });
    this.#follow(reports.prove({ signature }));
    return { type: "applied" };
  }

  /** Waits for what the server has to say: another PUK, the hint, or the end. */
  async #wait(): Promise<void> {
    const puks = await this.#nextPuks();
    if (this.#burst.phase === "await_hint") {
      const canRotate = puks !== undefined && puks.candidate === undefined;
      const challenge = toBase64(inHand(this.#challenge));
      this.#hint = await this.#order.reports.askHint(challenge);
      const type = this.#hint === undefined ? "not_hinted" : "hinted";
      this.#burst = stepBurst(this.#burst, { type, canRotate });
      return;
    }
    const event: BurstEvent =
      puks === undefined
        ? { type: "unknown" }
        : { type: "released", canRotate: puks.candidate === undefined };
    this.#burst = stepBurst(this.#burst, event);
  }

  async #nextPuks(): Promise<ReleasedPuks | undefined> {
    const progress = await this.#progress;
    this.#note(progress);
    return progress?.next === "open" ? this.#take(progress.release) : undefined;
  }

  /**
   * A new candidate replaces the one that was refused, and what came with it; a PUK to rotate to joins the one that was
   * accepted. `undefined` when it does not open: it was sealed for another ceremony, card or key.
   */
  async #take(release: SealedRelease): Promise<ReleasedPuks | undefined> {
    try {
      const puks = await this.#order.sealingKey.open(release);
      if (puks.candidate !== undefined) {
        this.wipe();
        this.#candidate = puks.candidate;
        this.#attempt += 1;
      }
      this.#next = puks.next;
      return puks;
    } catch {
      this.#order.log.error("unlock.release_unreadable");
      return undefined;
    }
  }

  #follow(reply: Promise<UnlockProgress | undefined>): void {
    this.#progress = reply.then((progress) => {
      this.#note(progress);
      return progress;
    });
  }

  #note(progress: UnlockProgress | undefined): void {
    if (progress?.next === "return") this.#returnCode ??= progress.returnCode;
  }

  async #end(): Promise<BurstEnd> {
    await this.#progress;
    if (this.#returnCode !== undefined) return { returnCode: this.#returnCode };
    if (this.#burst.phase === "done") return "unknown";
    return this.endLost(this.#isCardLost ? "holder_card_removed" : "proof_missing");
  }
}

/** The table never asks for what is not in hand. */
function inHand<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw new CardError("card/bad_argument", "That was not released.");
  return thing;
}
