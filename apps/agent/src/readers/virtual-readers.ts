import { randomUUID } from "node:crypto";
import type { CardLoss, CardSession } from "@lanyard/piv";
import {
  type InsertedCard,
  openVirtualSession,
  VirtualCardError,
  type VirtualReader,
} from "@lanyard/virtual-card";
import { Feed } from "./feed.ts";
import { type ReaderDriver, ReaderError, type ReaderSlot, type ReadersState } from "./readers.ts";
import { settled } from "./readers-memory.ts";

/** A driver over readers in memory: for the demo, and for tests that need no PC/SC. */
export interface VirtualReaderDriver extends ReaderDriver {
  /** Plugs one more reader in. One of that name that is in already stays as it is. */
  plug(reader: VirtualReader): void;
  /** Pulls a reader out; the card that is in it falls out. */
  unplug(readerName: string): void;
  /** Stops or starts what stands for the PC's smartcard service. Stopping ends every session. */
  setService(service: ReadersState["service"]): void;
}

/** The driver reads these readers: who made them puts cards in and takes them out. */
export function virtualReaders(readers: readonly VirtualReader[]): VirtualReaderDriver {
  const driver = new VirtualReaders();
  for (const reader of readers) driver.plug(reader);
  return driver;
}

interface PluggedReader {
  readonly reader: VirtualReader;
  /** Stops listening to it. */
  leave(): void;
}

interface OpenSession {
  readonly session: CardSession;
  end(loss: CardLoss): Promise<void>;
}

class VirtualReaders implements VirtualReaderDriver {
  readonly #feed = new Feed<ReadersState>();
  readonly #plugged = new Map<string, PluggedReader>();
  readonly #sessions = new Set<OpenSession>();
  /** What each insertion is called. Forgotten when the service stops: afterwards all are new ones. */
  #insertions = new WeakMap<InsertedCard, string>();
  #state: ReadersState = { service: "up", slots: [] };
  #isClosed = false;

  constructor() {
    this.#feed.publish(this.#state);
  }

  watch(signal: AbortSignal): AsyncIterable<ReadersState> {
    return this.#feed.watch(signal);
  }

  async connect(readerName: string, insertion: string): Promise<CardSession> {
    if (this.#isClosed) throw new ReaderError("reader/closed", "The readers were closed.");
    if (this.#state.service === "down")
      throw new ReaderError("reader/service_down", "The virtual readers are switched off.");
    const reader = this.#plugged.get(readerName)?.reader;
    if (reader?.inserted === undefined || this.#insertionOf(reader.inserted) !== insertion)
      throw new ReaderError("reader/insertion_over", "That card is no longer in that reader.");
    const open = openSession(reader, (ended) => this.#sessions.delete(ended));
    this.#sessions.add(open);
    return open.session;
  }

  plug(reader: VirtualReader): void {
    if (this.#isClosed || this.#plugged.has(reader.name)) return;
    const changes = reader.changes();
    void this.#follow(changes);
    this.#plugged.set(reader.name, { reader, leave: () => void changes.return?.() });
    this.#show();
  }

  unplug(readerName: string): void {
    const plugged = this.#plugged.get(readerName);
    if (plugged === undefined) return;
    this.#plugged.delete(readerName);
    plugged.leave();
    plugged.reader.remove();
    this.#show();
  }

  setService(service: ReadersState["service"]): void {
    if (this.#isClosed || service === this.#state.service) return;
    this.#insertions = new WeakMap();
    this.#state = { service, slots: [] };
    if (service === "down") for (const open of this.#sessions) void open.end("removed");
    else this.#state = this.#now();
    this.#feed.publish(this.#state);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { leave } of this.#plugged.values()) leave();
    await Promise.all([...this.#sessions].map(({ session }) => session.close()));
    this.#feed.end();
  }

  /** What changes while the last change is being told is told with it: the state shown is the one that is. */
  async #follow(changes: AsyncIterable<unknown>): Promise<void> {
    for await (const _change of changes) this.#show();
  }

  #show(): void {
    if (this.#state.service === "down" || this.#isClosed) return;
    const now = settled(this.#state, this.#now());
    if (now === this.#state) return;
    this.#state = now;
    this.#feed.publish(now);
  }

  #now(): ReadersState {
    return {
      service: "up",
      slots: [...this.#plugged.values()].map(({ reader }) => this.#slot(reader)),
    };
  }

  #slot({ name, inserted }: VirtualReader): ReaderSlot {
    if (inserted === undefined) return { name, state: "empty", insertion: undefined };
    return { name, state: "card", insertion: this.#insertionOf(inserted) };
  }

  #insertionOf(inserted: InsertedCard): string {
    const known = this.#insertions.get(inserted) ?? randomUUID();
    this.#insertions.set(inserted, known);
    return known;
  }
}

/** A session that the driver, too, can end. */
function openSession(reader: VirtualReader, onEnd: (ended: OpenSession) => void): OpenSession {
  const inner = claimed(reader);
  let tell: (loss: CardLoss) => void = () => undefined;
  const ended = new Promise<CardLoss>((resolve) => {
    tell = resolve;
  });
  const open: OpenSession = {
    session: {
      removed: Promise.race([inner.removed, ended]),
      transmit: (apdu) => inner.transmit(apdu),
      transaction: (work) => inner.transaction(work),
      powerCycle: () => inner.powerCycle(),
      async close() {
        onEnd(open);
        await inner.close();
      },
    },
    end(loss) {
      tell(loss);
      return open.session.close();
    },
  };
  return open;
}

function claimed(reader: VirtualReader): CardSession {
  try {
    return openVirtualSession(reader);
  } catch (error) {
    if (!(error instanceof VirtualCardError)) throw error;
    const isInUse = error.code === "virtual-card/reader_in_use";
    const code = isInUse ? "reader/card_in_use" : "reader/insertion_over";
    throw new ReaderError(code, "The card cannot be connected to.", { cause: error });
  }
}
