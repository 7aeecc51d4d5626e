import type { Secret } from "@lanyard/bytes";
import { CardError, isCardLost, type ReferenceDataOutcome } from "@lanyard/piv";
import { type CeremonyProgress, type ChangeTask, type RequestOf, statements } from "@lanyard/wire";
import { signStatement } from "../desk/card-key.ts";
import type { CardHands, HeldCard } from "../desk/held-card.ts";
import type { Tell } from "../journal/teller.ts";
import type { Logger } from "../log.ts";

/** Everything one change on the session's own card needs. */
export interface ChangeOrder {
  readonly task: ChangeTask;
  readonly visit: string;
  /** What the server was told that this press is called. */
  readonly attempt: string;
  readonly serverOrigin: string;
  readonly card: HeldCard;
  /** The caller wipes both. */
  readonly current: Secret;
  readonly passcode: Secret;
  readonly tell: Tell;
  readonly log: Logger;
}

/** What the card answered, and what the server made of the last report; `undefined`: it could not be asked in time. */
export interface ChangeEnd {
  readonly outcome: ReferenceDataOutcome | "lost" | "not_sent";
  /** The card took VERIFY with the new passcode and signed. */
  readonly isProven: boolean;
  readonly progress: CeremonyProgress | undefined;
}

type Progress = Awaited<ReturnType<Tell>>;

/**
 * Sends the one command that changes the passcode [PIV-2 §3.2.2], and proves the new one in the same connection: the
 * session hangs on it, so the card is not powered off. Instead what is verified is taken back first, then VERIFY with the
 * new passcode must answer 9000, then 9A signs (docs/adr/0023). One transaction, one try at most.
 */
export async function runChange(order: ChangeOrder): Promise<ChangeEnd> {
  const run = new ChangeRun(order);
  try {
    await order.card.use((hands) => hands.session.transaction(() => run.onCard(hands)));
  } catch (error) {
    if (!(error instanceof CardError)) throw error;
    run.failed(error);
  }
  return run.end();
}

class ChangeRun {
  readonly #order: ChangeOrder;
  #outcome: ChangeEnd["outcome"] = "not_sent";
  #isProven = false;
  #progress: Promise<Progress> = Promise.resolve(undefined);

  constructor(order: ChangeOrder) {
    this.#order = order;
  }

  async onCard(hands: CardHands): Promise<void> {
    const { current, passcode, log } = this.#order;
    // Before the command: a card that cannot sign afterwards is not changed.
    const key = await hands.key("9a");
    this.#outcome = "lost";
    const outcome = await hands.piv.changePasscode(current, passcode);
    this.#outcome = outcome;
    const { statusWord: status, effect } = outcome;
    log.info({ effect, status: status.toString(16) }, "change.answered");
    this.#report({ status, lost: effect === "unknown" });
    if (effect !== "applied") return;
    await takeBackVerified(hands);
    if (!(await hands.piv.verify(passcode)).ok) return this.#lost("proof_missing");
    const { task, serverOrigin: origin, visit } = this.#order;
    const { ceremony, doneNonce: nonce } = task;
    const { careId } = task.holder;
    const statement = statements.changeDone({ origin, ceremony, careId, nonce });
    const signature = await signStatement(hands.piv, "9a", { key, statement });
    this.#isProven = true;
    this.#tell({ ceremony, call: "change_prove", body: { visit, signature } });
  }

  /** The card is gone, or does not do its part. What that means depends on how far it came. */
  failed(error: CardError): void {
    const { log } = this.#order;
    log.warn({ code: error.code }, "change.card_failed");
    if (this.#outcome === "not_sent") this.#lost("not_sent");
    else if (this.#outcome === "lost") this.#report({ status: 0, lost: true });
    else this.#lost(isCardLost(error) ? "holder_card_removed" : "proof_missing");
  }

  async end(): Promise<ChangeEnd> {
    const progress = await this.#progress;
    // No PUK is ever released in a change.
    const own = progress?.next === "open" ? undefined : progress;
    return { outcome: this.#outcome, isProven: this.#isProven, progress: own };
  }

  #report(answer: Pick<RequestOf<"change_report">, "status" | "lost">): void {
    const { task, visit, attempt } = this.#order;
    const body = { visit, attempt, ...answer };
    this.#tell({ ceremony: task.ceremony, call: "change_report", body });
  }

  #lost(reason: RequestOf<"change_lost">["reason"]): void {
    const { task, visit, attempt } = this.#order;
    const body = { visit, attempt, reason };
    this.#tell({ ceremony: task.ceremony, call: "change_lost", body });
  }

  /** Told in order while the card goes on; the last answer that came is what counts. */
  #tell(entry: Parameters<Tell>[0]): void {
    const before = this.#progress;
    const answer = this.#order.tell(entry);
    this.#progress = before.then(async (earlier) => {
      const now = await answer;
      return earlier?.next === "return" ? earlier : now;
    });
  }
}

/** CHANGE leaves the card verified; a card that cannot take that back still compares what VERIFY brings. */
async function takeBackVerified({ piv }: CardHands): Promise<void> {
  try {
    await piv.resetVerification();
  } catch (error) {
    if (!(error instanceof CardError) || isCardLost(error)) throw error;
  }
}
