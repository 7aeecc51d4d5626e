import { createHash, verify } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { pcscReaders, type ReaderDriver, ReaderError, type SlotState } from "@lanyard/agent";
import { asciiBytes, Secret } from "@lanyard/bytes";
import { CardError, type CardSession, openPivSession, type PivSession } from "@lanyard/piv";
import { issueTestCard, TEST_CARD, type TestCard, testCard } from "@lanyard/testkit";
import { CARD_PROFILES, type VirtualCard } from "@lanyard/virtual-card";
import { randomFrom } from "../../drills/drill.ts";
import { PRESENCE_POLL_MS } from "./pcscd.ts";
import { insertionShown, openVpcdDesk, untilReaders, type VpcdDesk } from "./vpcd-desk.ts";

export interface ReaderDrillOptions {
  /** How many times a card goes in or out, both readers together. */
  readonly events: number;
  /** Says which hand does what when; what the threads of the service make of it is theirs. */
  readonly seed: number;
  say(text: string): void;
}

export interface ReaderDrillReport {
  readonly events: number;
  readonly restarts: number;
  readonly connections: number;
  readonly exchanges: number;
  /** How sessions and connections ended, by code. */
  readonly endings: Readonly<Record<string, number>>;
}

/** How long anything may take to be noticed before it counts as wedged. */
const NOTICE_MS = 15_000;
const MESSAGE = asciiBytes("a normal exchange after the storm");

interface Drill {
  readonly desk: VpcdDesk;
  readonly driver: ReaderDriver;
  readonly issued: TestCard;
  readonly random: () => number;
  readonly counts: { events: number; restarts: number; connections: number; exchanges: number };
  readonly endings: Map<string, number>;
  /** While the service restarts: no hand moves. */
  calm: Promise<void>;
}

/**
 * Puts cards in and pulls them out at random, in two readers at once, while sessions are opened on whatever shows and
 * commands are sent without a break; the service is restarted half way, and killed after three quarters. Throws when
 * anything but a typed error comes out, when the driver does not come to show the truth, or when afterwards a normal
 * exchange fails.
 */
export async function drillReaders(options: ReaderDrillOptions): Promise<ReaderDrillReport> {
  const p256 = { "9a": "p256", "9c": "p256", "9d": "p256", "9e": "p256" } as const;
  const issued = await issueTestCard(CARD_PROFILES.care, p256);
  const desk = await openVpcdDesk();
  const driver = pcscReaders();
  const drill: Drill = {
    desk,
    driver,
    issued,
    random: randomFrom(options.seed),
    counts: { events: 0, restarts: 0, connections: 0, exchanges: 0 },
    endings: new Map(),
    calm: Promise.resolve(),
  };
  try {
    await storm(drill, options);
    await expectTruth(drill);
    for (const readerName of desk.readerNames) await normalExchange(drill, readerName);
    return { ...drill.counts, endings: Object.fromEntries(drill.endings) };
  } finally {
    await driver.close();
    await desk.end();
  }
}

async function storm(drill: Drill, { events, say }: ReaderDrillOptions): Promise<void> {
  const over = new AbortController();
  const users = drill.desk.readerNames.map((readerName) => use(drill, readerName, over.signal));
  const restarts = new Map<number, "SIGTERM" | "SIGKILL">([
    [Math.floor(events / 2), "SIGTERM"],
    [Math.floor((events * 3) / 4), "SIGKILL"],
  ]);
  const hand = async (readerName: string): Promise<void> => {
    while (drill.counts.events < events && !over.signal.aborted) {
      await drill.calm;
      drill.counts.events += 1;
      if (drill.counts.events % 100 === 0) say(`${drill.counts.events} events`);
      const how = restarts.get(drill.counts.events);
      restarts.delete(drill.counts.events);
      if (how !== undefined) drill.calm = restart(drill, how);
      await drill.calm;
      await move(drill, readerName);
    }
  };
  try {
    // What goes wrong in a user ends the hands too, and the other way round.
    await Promise.race([Promise.all(drill.desk.readerNames.map(hand)), Promise.all(users)]);
  } finally {
    over.abort();
    await Promise.all(users);
  }
}

async function restart(drill: Drill, how: "SIGTERM" | "SIGKILL"): Promise<void> {
  await drill.desk.stopService(how);
  await untilReaders(drill.driver, ({ service }) => service === "down", NOTICE_MS);
  await drill.desk.startService();
  await untilReaders(drill.driver, ({ service }) => service === "up", NOTICE_MS);
  drill.counts.restarts += 1;
}

/**
 * One event: the card that is in comes out, or another goes in, and may be pulled before anybody has seen it. A slot
 * stays empty for one look of pcscd, as with a hand; what is quicker, pcscd itself takes for the same card, or a mute one.
 */
async function move(drill: Drill, readerName: string): Promise<void> {
  const { desk, random } = drill;
  if (desk.cardIn(readerName) !== undefined) {
    await desk.remove(readerName);
    await Promise.all([shows(drill, readerName, "empty"), pause(PRESENCE_POLL_MS * 1.25)]);
    return;
  }
  desk.push(readerName, newCard(drill));
  if (random() < 0.5) await shows(drill, readerName, "card");
  await pause(random() * 300);
}

async function shows({ driver }: Drill, readerName: string, wanted: SlotState): Promise<void> {
  await untilReaders(
    driver,
    ({ service, slots }) =>
      service === "down" || slots.find(({ name }) => name === readerName)?.state === wanted,
    NOTICE_MS,
  );
}

/** Opens a session on every card that shows, and sends commands until it is pulled. */
async function use(drill: Drill, readerName: string, signal: AbortSignal): Promise<void> {
  for await (const { slots } of drill.driver.watch(signal)) {
    const slot = slots.find(({ name }) => name === readerName);
    if (slot?.insertion === undefined) continue;
    try {
      await exchangeUntilPulled(drill, { readerName, insertion: slot.insertion, signal });
      count(drill, "closed");
    } catch (error) {
      if (!(error instanceof CardError || error instanceof ReaderError)) throw error;
      count(drill, error.code);
    }
  }
}

interface Visit {
  readonly readerName: string;
  readonly insertion: string;
  readonly signal: AbortSignal;
}

async function exchangeUntilPulled(
  drill: Drill,
  { readerName, insertion, signal }: Visit,
): Promise<void> {
  const session = await drill.driver.connect(readerName, insertion);
  drill.counts.connections += 1;
  try {
    let piv = await openPivSession(session);
    while (!signal.aborted && drill.random() > 0.002) {
      piv = await anything(drill, session, piv);
      drill.counts.exchanges += 1;
    }
  } finally {
    await session.close();
  }
}

async function anything(drill: Drill, session: CardSession, piv: PivSession): Promise<PivSession> {
  const choice = drill.random();
  if (choice < 0.02) {
    await session.powerCycle();
    return openPivSession(session, { extendedLength: piv.extendedLength });
  }
  if (choice < 0.1) await piv.sign("9e", "p256", digest());
  else if (choice < 0.2) await piv.verify(passcode());
  else if (choice < 0.4) await session.transaction(() => piv.readChuid());
  else await piv.verifyStatus();
  return piv;
}

/** What the driver shows comes to be what is in the readers. */
async function expectTruth({ desk, driver }: Drill): Promise<void> {
  const truth = new Map(
    desk.readerNames.map((name) => [name, desk.cardIn(name) === undefined ? "empty" : "card"]),
  );
  await untilReaders(
    driver,
    ({ service, slots }) =>
      service === "up" &&
      slots.length === truth.size &&
      slots.every(({ name, state }) => state === truth.get(name)),
    NOTICE_MS,
  );
}

/** Select, verify, sign, on a card that goes in now. */
async function normalExchange(drill: Drill, readerName: string): Promise<void> {
  const { desk, driver, issued } = drill;
  await desk.remove(readerName);
  await shows(drill, readerName, "empty");
  await desk.insert(readerName, newCard(drill));
  const session = await driver.connect(readerName, await insertionShown(driver, readerName));
  const piv = await openPivSession(session);
  const verified = await piv.verify(passcode());
  if (!verified.ok) throw new Error(`The passcode was refused: ${verified.reason}.`);
  const signature = await piv.sign("9a", "p256", digest());
  if (!verify("sha256", MESSAGE, issued.publicKeys["9a"], signature))
    throw new Error("The signature does not verify.");
  await session.close();
}

function newCard({ issued }: Drill): VirtualCard {
  return testCard(issued.state);
}

function digest(): Uint8Array {
  return new Uint8Array(createHash("sha256").update(MESSAGE).digest());
}

function passcode(): Secret {
  return new Secret(asciiBytes(TEST_CARD.passcode));
}

function count({ endings }: Drill, ending: string): void {
  endings.set(ending, (endings.get(ending) ?? 0) + 1);
}
