import { VirtualCardError } from "./errors.ts";
import type { InsertedCard, VirtualCard } from "./virtual-card.ts";

/** A reader with one place for one card, in memory. */
export interface VirtualReader {
  readonly name: string;
  /** The card that is in. */
  readonly card: VirtualCard | undefined;
  /** The contacts of the card that is in: for whoever holds the reader, see `openVirtualSession`. */
  readonly inserted: InsertedCard | undefined;
  /**
   * @throws {VirtualCardError} `virtual-card/reader_occupied` | `virtual-card/already_inserted`
   */
  insert(card: VirtualCard): void;
  /** Takes the card out and gives it back; `undefined` when there was none. */
  remove(): VirtualCard | undefined;
  /**
   * What is in now, then every change, none left out. Ends only by leaving the loop (`return`).
   */
  changes(): AsyncIterableIterator<ReaderChange>;
  /**
   * Claims the card that is in for one session. The claim ends with `release` or with the insertion.
   *
   * @throws {VirtualCardError} `virtual-card/reader_empty` | `virtual-card/reader_in_use`
   */
  claim(onReset: () => void): ReaderClaim;
  /** What another program may do to a card one has: a reset. Tests use it. */
  resetByAnother(): Promise<void>;
}

/** An empty reader has no card. */
export interface ReaderChange {
  readonly card: VirtualCard | undefined;
}

export interface ReaderClaim {
  readonly inserted: InsertedCard;
  release(): void;
}

export function createVirtualReader(name: string): VirtualReader {
  return new MemoryReader(name);
}

interface Held {
  readonly card: VirtualCard;
  readonly inserted: InsertedCard;
  onReset: (() => void) | undefined;
}

class MemoryReader implements VirtualReader {
  readonly name: string;
  readonly #watchers = new Set<(change: ReaderChange) => void>();
  #held: Held | undefined;

  constructor(name: string) {
    this.name = name;
  }

  get card(): VirtualCard | undefined {
    return this.#held?.card;
  }

  get inserted(): InsertedCard | undefined {
    return this.#held?.inserted;
  }

  insert(card: VirtualCard): void {
    if (this.#held !== undefined)
      throw new VirtualCardError("virtual-card/reader_occupied", `${this.name} holds a card.`);
    const held: Held = { card, inserted: card.insert(), onReset: undefined };
    this.#held = held;
    held.inserted.removed.then(
      () => this.#cleared(held),
      () => undefined,
    );
    this.#tell();
  }

  remove(): VirtualCard | undefined {
    const held = this.#held;
    if (held === undefined) return undefined;
    held.inserted.remove();
    this.#cleared(held);
    return held.card;
  }

  changes(): AsyncIterableIterator<ReaderChange> {
    const unread: ReaderChange[] = [{ card: this.card }];
    let waiting: ((result: IteratorResult<ReaderChange>) => void) | undefined;
    let isOver = false;
    const watcher = (change: ReaderChange): void => {
      unread.push(change);
      hand();
    };
    const hand = (): void => {
      const change = unread[0];
      if (waiting === undefined || (change === undefined && !isOver)) return;
      const resolve = waiting;
      waiting = undefined;
      unread.shift();
      resolve(change === undefined || isOver ? OVER : { done: false, value: change });
    };
    this.#watchers.add(watcher);
    return {
      next: () =>
        new Promise((resolve) => {
          waiting = resolve;
          hand();
        }),
      return: async () => {
        this.#watchers.delete(watcher);
        isOver = true;
        hand();
        return OVER;
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  claim(onReset: () => void): ReaderClaim {
    const held = this.#held;
    if (held === undefined)
      throw new VirtualCardError("virtual-card/reader_empty", `${this.name} holds no card.`);
    if (held.onReset !== undefined)
      throw new VirtualCardError("virtual-card/reader_in_use", `${this.name} is in use.`);
    held.onReset = onReset;
    return {
      inserted: held.inserted,
      release: () => {
        if (held.onReset === onReset) held.onReset = undefined;
      },
    };
  }

  async resetByAnother(): Promise<void> {
    const held = this.#held;
    if (held === undefined) return;
    await held.inserted.reset();
    held.onReset?.();
  }

  #cleared(held: Held): void {
    if (this.#held !== held) return;
    this.#held = undefined;
    this.#tell();
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher({ card: this.card });
  }
}

const OVER: IteratorReturnResult<undefined> = { done: true, value: undefined };
