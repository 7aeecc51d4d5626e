import { setTimeout as pause } from "node:timers/promises";
import { CardError, type CardLoss, type CardSession, type ResponseApdu } from "@lanyard/piv";
import type { PcscCard, PcscContext } from "../pcsc/context.ts";
import { isServiceLost, PcscError, type PcscErrorCode } from "../pcsc/return-codes.ts";

const COMMAND_BYTES_MIN = 4;
/** How long a failed exchange waits to learn whether the card was taken out: vpcd looks every 400 ms. */
const DOUBT_MS = 800;
const DOUBT_STEP_MS = 40;
/** How long `close` waits for a card that does not answer. It lets go of it later all the same. */
const CLOSE_BUDGET_MS = 5_000;

/** What PC/SC's word means for an insertion. What is not listed leaves doubt. */
const LOSSES: Partial<Record<PcscErrorCode, CardLoss>> = {
  "pcsc/removed_card": "removed",
  "pcsc/no_card": "removed",
  "pcsc/reader_unavailable": "removed",
  "pcsc/unknown_reader": "removed",
  "pcsc/reset_card": "reset",
};

/** What a session is made of: a connected card, the context it alone uses, and which insertion it is. */
export interface ConnectedCard {
  readonly card: PcscCard;
  readonly context: PcscContext;
  readonly readerName: string;
  readonly insertion: string;
  readonly eventCount: number;
}

/** A `CardSession` over PC/SC. */
export class PcscSession implements CardSession {
  readonly removed: Promise<CardLoss>;
  /** Resolves when PC/SC has let go of the card, which may be long after `close`. Never rejects. */
  readonly released: Promise<void>;
  readonly #connected: ConnectedCard;
  #tellRemoved: (loss: CardLoss) => void = () => undefined;
  #tellReleased: () => void = () => undefined;
  #loss: CardLoss | undefined;
  #isOut = false;
  #isClosed = false;
  #isLettingGo = false;
  /** Calls wait for each other: PC/SC has one at a time per card. */
  #lastCall: Promise<unknown> = Promise.resolve();
  #lastTransaction: Promise<unknown> = Promise.resolve();

  constructor(connected: ConnectedCard) {
    this.#connected = connected;
    this.removed = new Promise((resolve) => {
      this.#tellRemoved = resolve;
    });
    this.released = new Promise((resolve) => {
      this.#tellReleased = resolve;
    });
  }

  get readerName(): string {
    return this.#connected.readerName;
  }

  get insertion(): string {
    return this.#connected.insertion;
  }

  /**
   * The insertion is over: nothing more is sent, and the reader is free for others at once. `presumed`: nobody can see
   * the card, so that it may still be there, with its passcode verified.
   */
  lose(loss: CardLoss, how: "seen" | "presumed"): void {
    this.#loss ??= loss;
    this.#isOut ||= loss === "removed" && how === "seen";
    this.#tellRemoved(this.#loss);
    this.#letGo();
  }

  /**
   * @throws {CardError} `card/bad_argument` | `card/removed` | `card/reset` | `card/transport`
   */
  async transmit(apdu: Uint8Array): Promise<ResponseApdu> {
    if (apdu.length < COMMAND_BYTES_MIN)
      throw new CardError("card/bad_argument", "No APDU is shorter than 4 bytes.");
    const answer = await this.#call((card) => card.transmit(apdu));
    const end = answer.length - 2;
    if (end < 0) {
      this.lose("removed", "seen");
      throw lost("removed");
    }
    const [high = 0, low = 0] = answer.subarray(end);
    return { data: answer.subarray(0, end), statusWord: high * 256 + low };
  }

  async transaction<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#lastTransaction.then(async () => {
      await this.#call((card) => card.begin());
      try {
        return await work();
      } finally {
        // When this fails the card is gone, and whatever comes next will say so.
        await this.#call((card) => card.end()).catch(ignoreCardError);
      }
    });
    this.#lastTransaction = result.catch(() => undefined);
    return result;
  }

  async powerCycle(): Promise<void> {
    await this.#call((card) => card.powerCycle());
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#letGo();
    const budget = new AbortController();
    const spent = pause(CLOSE_BUDGET_MS, undefined, { signal: budget.signal, ref: false });
    await Promise.race([this.released, spent.catch(() => undefined)]);
    budget.abort();
  }

  #letGo(): void {
    if (this.#isLettingGo) return;
    this.#isLettingGo = true;
    const { context } = this.#connected;
    this.#lastCall
      .then(() => this.#disconnect())
      .catch(() => undefined) // a card or a service that is gone needs no disconnecting
      .then(() => context.release())
      .then(this.#tellReleased, this.#tellReleased);
  }

  async #disconnect(): Promise<void> {
    const { card } = this.#connected;
    const isOut = this.#isOut || (await this.#isSeenOut());
    await (isOut ? card.abandon() : card.disconnect());
  }

  #call<Result>(work: (card: PcscCard) => Promise<Result>): Promise<Result> {
    const result = this.#lastCall.then(async () => {
      this.#check();
      try {
        return await work(this.#connected.card);
      } catch (error) {
        throw await this.#explain(error);
      }
    });
    this.#lastCall = result.catch(() => undefined);
    return result;
  }

  #check(): void {
    if (this.#loss !== undefined) throw lost(this.#loss);
    if (this.#isClosed) throw new CardError("card/transport", "This session is closed.");
  }

  async #explain(error: unknown): Promise<unknown> {
    if (!(error instanceof PcscError)) return error;
    const loss = LOSSES[error.code];
    if (loss !== undefined) {
      this.lose(loss, "seen");
      return lost(loss, error);
    }
    if (isServiceLost(error)) {
      this.lose("removed", "presumed");
      return new CardError("card/transport", "The PC's smartcard service is gone.", {
        cause: error,
      });
    }
    if (await this.#turnsOutGone()) {
      this.lose("removed", "seen");
      return lost("removed", error);
    }
    return new CardError("card/transport", "The reader failed to reach the card.", {
      cause: error,
    });
  }

  /** Whether the card turns out to be taken out: drivers fail an exchange before the service notices a removal. */
  async #turnsOutGone(): Promise<boolean> {
    for (let waitedMs = 0; waitedMs < DOUBT_MS; waitedMs += DOUBT_STEP_MS) {
      if (this.#loss !== undefined || (await this.#isSeenOut())) return true;
      await pause(DOUBT_STEP_MS);
    }
    return false;
  }

  /** Whether the service knows that this insertion is over. */
  async #isSeenOut(): Promise<boolean> {
    const { context, readerName, eventCount } = this.#connected;
    const status = await context.reader(readerName).catch(() => undefined);
    return status?.eventCount !== eventCount || !status.isPresent;
  }
}

function lost(loss: CardLoss, cause?: PcscError): CardError {
  return loss === "removed"
    ? new CardError("card/removed", "The card was taken out.", { cause })
    : new CardError("card/reset", "Another program reset the card.", { cause });
}

function ignoreCardError(error: unknown): void {
  if (!(error instanceof CardError)) throw error;
}
