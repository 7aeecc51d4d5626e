import { setTimeout as pause } from "node:timers/promises";
import { linkToVpcd, type VpcdLink, virtualReaders } from "@lanyard/agent";
import { createVirtualReader, type VirtualCard, type VirtualReader } from "@lanyard/virtual-card";

/** The readers of the demo's desk, as the tray sees them. */
export interface ReaderBay {
  readonly readers: readonly BayReader[];
  /** What a hand may do to the PC besides moving cards. Only readers in memory can be pulled out by program. */
  readonly pc: BayPc | undefined;
}

export interface BayPc {
  plug(reader: string): void;
  unplug(reader: string): void;
  /** Stops or starts what stands for the PC's smartcard service. */
  setService(service: "up" | "down"): void;
}

export interface BayReader {
  /** As the agent and the pages call it. */
  readonly name: string;
  readonly card: VirtualCard | undefined;
  /** Resolves when the reader has it. A reader that is occupied keeps what it has, and `false` comes back. */
  insert(card: VirtualCard): Promise<boolean>;
  remove(): Promise<void>;
}

/** Readers in memory: `driver` is what the agent reads them through. */
export function openVirtualBay(names: readonly string[]) {
  const readers = names.map((name) => createVirtualReader(name));
  const driver = virtualReaders(readers);
  const pc: BayPc = {
    plug: (name) => {
      const reader = readers.find((known) => known.name === name);
      if (reader !== undefined) driver.plug(reader);
    },
    unplug: (name) => driver.unplug(name),
    setService: (service) => driver.setService(service),
  };
  const bay: ReaderBay = { readers: readers.map(bayReader), pc };
  return { bay, driver };
}

function bayReader(reader: VirtualReader): BayReader {
  return {
    name: reader.name,
    get card() {
      return reader.card;
    },
    insert: async (card) => {
      if (reader.card !== undefined || card.isInserted) return false;
      reader.insert(card);
      return true;
    },
    remove: async () => {
      reader.remove();
    },
  };
}

/** Readers of the PC/SC service: each slot of vpcd listens on one port, from `firstPort` on. */
export function openPcscBay(host: string, firstPort: number): ReaderBay {
  return {
    readers: [0, 1].map((slot) => new VpcdReader(host, firstPort + slot, slot)),
    pc: undefined,
  };
}

/**
 * pcscd looks every 400 ms whether a card is in, and a card that left during a command and is back before the next
 * look is missed. No hand is that quick, so this one is not either.
 */
const EMPTY_MS = 1000;

class VpcdReader implements BayReader {
  readonly name: string;
  card: VirtualCard | undefined;
  readonly #host: string;
  readonly #port: number;
  #link: VpcdLink | undefined;
  #emptySince = -EMPTY_MS;

  constructor(host: string, port: number, slot: number) {
    this.name = `PC/SC reader, vpcd slot ${slot}`;
    this.#host = host;
    this.#port = port;
  }

  async insert(card: VirtualCard): Promise<boolean> {
    if (this.card !== undefined || card.isInserted) return false;
    this.card = card;
    await pause(Math.max(0, this.#emptySince + EMPTY_MS - performance.now()));
    const link = linkToVpcd({ host: this.#host, port: this.#port, card });
    this.#link = link;
    link.removed.then(
      () => this.#forget(link),
      () => this.#forget(link),
    );
    await link.inserted;
    return true;
  }

  async remove(): Promise<void> {
    await this.#link?.eject();
  }

  #forget(link: VpcdLink): void {
    if (this.#link !== link) return;
    this.#link = undefined;
    this.card = undefined;
    this.#emptySince = performance.now();
  }
}
