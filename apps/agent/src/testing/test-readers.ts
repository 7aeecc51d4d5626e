import { createVirtualReader, type VirtualCard } from "@lanyard/virtual-card";
import { type ReaderDriver, ReaderError } from "../readers/readers.ts";
import { type VirtualReaderDriver, virtualReaders } from "../readers/virtual-readers.ts";

/** Virtual readers whose cards a test moves by hand. */
export interface TestReaders {
  readonly driver: VirtualReaderDriver;
  /** Puts the card in and gives the insertion's name, once the driver has seen it. */
  insert(readerName: string, card: VirtualCard): Promise<string>;
  remove(readerName: string): void;
}

export function openTestReaders(...names: readonly string[]): TestReaders {
  const readers = names.map(createVirtualReader);
  const driver = virtualReaders(readers);
  const seen = new Set<string>();
  const named = (name: string) => {
    const reader = readers.find((candidate) => candidate.name === name);
    if (reader === undefined) throw new ReaderError("reader/failed", "There is no such reader.");
    return reader;
  };
  return {
    driver,
    insert: async (readerName, card) => {
      named(readerName).insert(card);
      const insertion = await newInsertion(driver, readerName, seen);
      seen.add(insertion);
      return insertion;
    },
    remove: (readerName) => {
      named(readerName).remove();
    },
  };
}

async function newInsertion(
  driver: ReaderDriver,
  readerName: string,
  seen: ReadonlySet<string>,
): Promise<string> {
  for await (const { slots } of driver.watch(new AbortController().signal)) {
    const insertion = slots.find(({ name }) => name === readerName)?.insertion;
    if (insertion !== undefined && !seen.has(insertion)) return insertion;
  }
  throw new ReaderError("reader/closed", "The readers were closed.");
}
