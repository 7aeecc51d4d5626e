import { rmSync } from "node:fs";
import { linkToVpcd, type ReaderDriver, type ReadersState, type VpcdLink } from "@lanyard/agent";
import type { VirtualCard } from "@lanyard/virtual-card";
import { type Pcscd, startPcscd } from "./pcscd.ts";

const SERVICE_FILES = ["/run/pcscd/pcscd.comm", "/run/pcscd/pcscd.pid"];

/** Two real PC/SC readers with hands: cards go in and out, and the service stops and starts. */
export interface VpcdDesk {
  readonly readerNames: readonly [string, string];
  cardIn(readerName: string): VirtualCard | undefined;
  /** Resolves when the reader has seen the card. */
  insert(readerName: string, card: VirtualCard): Promise<void>;
  /** As `insert`, without waiting: the card may be pulled again before anybody has seen it. */
  push(readerName: string, card: VirtualCard): void;
  /** Resolves when the card is out, which the service notices at its next look. */
  remove(readerName: string): Promise<void>;
  /** SIGTERM, or SIGKILL, which leaves its files behind as a crash does. Cards fall out. */
  stopService(how?: "SIGTERM" | "SIGKILL"): Promise<void>;
  /** Resolves when the service runs again, with the cards in that fell out. */
  startService(): Promise<void>;
  log(): string;
  end(): Promise<void>;
}

interface Inserted {
  readonly card: VirtualCard;
  readonly link: VpcdLink;
}

export async function openVpcdDesk(): Promise<VpcdDesk> {
  let pcscd: Pcscd = await startPcscd();
  const readerNames = pcscd.readers;
  const inserted = new Map<string, Inserted>();
  let fallen: readonly (readonly [string, VirtualCard])[] = [];
  const push = (readerName: string, card: VirtualCard): VpcdLink => {
    const port = pcscd.ports[readerNames[0] === readerName ? 0 : 1];
    const link = linkToVpcd({ host: "127.0.0.1", port, card });
    inserted.set(readerName, { card, link });
    return link;
  };
  const remove = async (readerName: string): Promise<void> => {
    const { link } = inserted.get(readerName) ?? {};
    inserted.delete(readerName);
    await link?.eject();
  };
  const removeAll = async (): Promise<void> => {
    for (const readerName of readerNames) await remove(readerName);
  };
  return {
    readerNames,
    cardIn: (readerName) => inserted.get(readerName)?.card,
    insert: (readerName, card) => push(readerName, card).inserted,
    push: (readerName, card) => void push(readerName, card),
    remove,
    async stopService(how = "SIGTERM") {
      fallen = [...inserted].map(([readerName, { card }]) => [readerName, card]);
      if (how === "SIGKILL") process.kill(pcscd.pid, how);
      await pcscd.stop();
      await removeAll();
    },
    async startService() {
      for (const file of SERVICE_FILES) rmSync(file, { force: true });
      pcscd = await startPcscd();
      for (const [readerName, card] of fallen) await push(readerName, card).inserted;
      fallen = [];
    },
    log: () => pcscd.log(),
    async end() {
      await removeAll();
      await pcscd.stop();
    },
  };
}

/** The first state from now on that is as asked. */
export async function untilReaders(
  driver: ReaderDriver,
  isSo: (state: ReadersState) => boolean,
  limitMs = 20_000,
): Promise<ReadersState> {
  let last: ReadersState | undefined;
  for await (const state of driver.watch(AbortSignal.timeout(limitMs))) {
    last = state;
    if (isSo(state)) return state;
  }
  throw new Error(`Not seen within ${limitMs} ms. Last: ${JSON.stringify(last)}`);
}

/** The insertion a reader shows, once it shows a card. */
export async function insertionShown(driver: ReaderDriver, readerName: string): Promise<string> {
  const slotOf = (state: ReadersState) => state.slots.find(({ name }) => name === readerName);
  const state = await untilReaders(driver, (seen) => slotOf(seen)?.state === "card");
  return slotOf(state)?.insertion ?? "";
}

export async function untilEmpty(driver: ReaderDriver): Promise<void> {
  await untilReaders(
    driver,
    ({ service, slots }) => service === "up" && slots.every(({ state }) => state === "empty"),
  );
}
