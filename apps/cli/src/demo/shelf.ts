import { mkdir, open, readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { nodeCardCrypto } from "@lanyard/crypto";
import {
  type CardState,
  createVirtualCard,
  parseCardState,
  type VirtualCard,
} from "@lanyard/virtual-card";

/** All demo cards, by serial. Each is a file that only its owner may read: it is the card, with its keys in it. */
export type Shelf = ReadonlyMap<string, VirtualCard>;

/** Takes every card in the directory out of its file. */
export async function openShelf(directory: string): Promise<Shelf> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(".json")).sort();
  const cards = new Map<string, VirtualCard>();
  for (const name of names) {
    const state = parseCardState(JSON.parse(await readFile(join(directory, name), "utf8")));
    cards.set(state.serial, keptCard(directory, state));
  }
  return cards;
}

/** Puts a new card on the shelf, in a file of its own. */
export async function shelveCard(directory: string, state: CardState): Promise<VirtualCard> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeState(directory, state);
  return keptCard(directory, state);
}

function keptCard(directory: string, state: CardState): VirtualCard {
  return createVirtualCard({
    state,
    crypto: nodeCardCrypto,
    save: (changed) => writeState(directory, changed),
  });
}

/** Whole or not at all, and on the disk before the card answers: a killed demo leaves no half-written card. */
async function writeState(directory: string, state: CardState): Promise<void> {
  const path = join(directory, `${state.serial}.json`);
  const draft = `${path}.new`;
  const file = await open(draft, "w", 0o600);
  try {
    await file.writeFile(JSON.stringify(state));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}
