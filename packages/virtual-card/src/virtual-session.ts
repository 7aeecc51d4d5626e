import { CardError, type CardLoss, type CardSession, type ResponseApdu } from "@lanyard/piv";
import type { ReaderClaim, VirtualReader } from "./virtual-reader.ts";

/**
 * Opens an exclusive session with the card in a virtual reader: the port a PIV client works on, in this process.
 *
 * @throws {VirtualCardError} `virtual-card/reader_empty` | `virtual-card/reader_in_use` while another session is open
 */
export function openVirtualSession(reader: VirtualReader): CardSession {
  return new VirtualSession(reader);
}

class VirtualSession implements CardSession {
  readonly removed: Promise<CardLoss>;
  readonly #claim: ReaderClaim;
  #loss: CardLoss | undefined;
  #isClosed = false;
  #lastTransaction: Promise<unknown> = Promise.resolve();

  constructor(reader: VirtualReader) {
    let resolveLoss: (loss: CardLoss) => void = () => undefined;
    this.removed = new Promise((resolve) => {
      resolveLoss = resolve;
    });
    const lose = (loss: CardLoss): void => {
      this.#loss ??= loss;
      resolveLoss(loss);
    };
    this.#claim = reader.claim(() => lose("reset"));
    this.#claim.inserted.removed.then(
      () => lose("removed"),
      () => undefined,
    );
  }

  /** @throws {CardError} `card/removed` | `card/reset` | `card/transport` when the session is closed */
  async transmit(apdu: Uint8Array): Promise<ResponseApdu> {
    this.#check();
    const response = await this.#claim.inserted.transmit(apdu);
    this.#check();
    const end = response.length - 2;
    const [high = 0, low = 0] = response.subarray(end);
    return { data: response.slice(0, end), statusWord: high * 256 + low };
  }

  async transaction<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#lastTransaction.then(async () => {
      this.#check();
      return work();
    });
    this.#lastTransaction = result.catch(() => undefined);
    return result;
  }

  async powerCycle(): Promise<void> {
    this.#check();
    await this.#claim.inserted.reset();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      if (this.#loss === undefined) await this.#claim.inserted.reset();
    } catch (error) {
      if (!(error instanceof CardError)) throw error;
    } finally {
      this.#claim.release();
    }
  }

  #check(): void {
    if (this.#isClosed) throw new CardError("card/transport", "This session is closed.");
    if (this.#loss === "removed") throw new CardError("card/removed", "The card was taken out.");
    if (this.#loss === "reset")
      throw new CardError("card/reset", "Another program reset the card.");
  }
}
