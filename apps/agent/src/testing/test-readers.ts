import { randomUUID } from "node:crypto";
import {
  createVirtualReader,
  openVirtualSession,
  type VirtualCard,
  VirtualCardError,
  type VirtualReader,
} from "@lanyard/virtual-card";
import { Feed } from "../readers/feed.ts";
import { type ReaderDriver, ReaderError, type ReadersState } from "../readers/readers.ts";

/** Readers in memory whose cards a test moves by hand. */
export interface TestReaders extends ReaderDriver {
  /** Puts the card in and gives the insertion's name. */
  insert(readerName: string, card: VirtualCard): string;
  remove(readerName: string): void;
}

interface Slot {
  readonly reader: VirtualReader;
  insertion: string | undefined;
}

export function openTestReaders(...names: readonly string[]): TestReaders {
  const slots = new Map<string, Slot>(
    names.map((name) => [name, { reader: createVirtualReader(name), insertion: undefined }]),
  );
  const feed = new Feed<ReadersState>();
  const publish = (): void => feed.publish(stateOf(slots));
  publish();
  return {
    watch: (signal) => feed.watch(signal),
    connect: async (readerName, insertion) => {
      const slot = slots.get(readerName);
      if (slot?.insertion !== insertion)
        throw new ReaderError("reader/insertion_over", "That card is gone.");
      return connect(slot.reader);
    },
    close: async () => feed.end(),
    insert: (readerName, card) => {
      const slot = slotNamed(slots, readerName);
      slot.reader.insert(card);
      slot.insertion = randomUUID();
      publish();
      return slot.insertion;
    },
    remove: (readerName) => {
      const slot = slotNamed(slots, readerName);
      slot.reader.remove();
      slot.insertion = undefined;
      publish();
    },
  };
}

function stateOf(slots: ReadonlyMap<string, Slot>): ReadersState {
  return {
    service: "up",
    slots: [...slots].map(([name, { insertion }]) => ({
      name,
      state: insertion === undefined ? "empty" : "card",
      insertion,
    })),
  };
}

function slotNamed(slots: ReadonlyMap<string, Slot>, name: string): Slot {
  const slot = slots.get(name);
  if (slot === undefined) throw new ReaderError("reader/failed", "There is no such reader.");
  return slot;
}

function connect(reader: VirtualReader) {
  try {
    return openVirtualSession(reader);
  } catch (error) {
    if (!(error instanceof VirtualCardError)) throw error;
    throw new ReaderError("reader/card_in_use", "Another session holds the card.", {
      cause: error,
    });
  }
}
