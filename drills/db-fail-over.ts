import type { Store } from "@lanyard/identity";
import { openDatabase, openStore } from "@lanyard/server";
import { type PostgresPair, startPostgresPair } from "../e2e/harness/postgres-pair.ts";
import { type Drill, type DrillFigures, type DrillRun, must, randomFrom } from "./drill.ts";
import { type DrillCard, makeCard, PASSCODES } from "./world/cards.ts";
import { type Desk, openDesk, SUCCESS } from "./world/desk.ts";
import { reading, rewinding } from "./world/records.ts";
import { areOver } from "./world/scene.ts";
import { openWorld, type World } from "./world/world.ts";

/** The primary dies at any moment of three unlocks at once, and its standby takes over. */
export const databaseFailOver: Drill = {
  name: "db-fail-over",
  about:
    "the primary PostgreSQL killed at a random commit of three unlocks at three desks, its synchronous standby promoted; a round is one fail-over, then three unlocks without",
  passes:
    "every change that was acknowledged is there afterwards; every unlock has an end; the card's PUK stays known; the next unlock succeeds",
  rounds: { long: 100, short: 1 },
  needs: "postgres",
  run: drillFailOver,
  mutants: [
    {
      name: "acknowledged-before-written",
      about: "commits are answered before they are on the standby, or on any disk",
      file: "apps/server/src/sql/connection.ts",
      find: `const DURABLE = { options: "-c synchronous_commit=on" } as const;`,
      replace: `const DURABLE = { options: "-c synchronous_commit=off" } as const;`,
    },
  ],
};

const DESKS = 3;
/** What three unlocks write into the record; the primary dies right after one of these. */
const ENTRIES = 21;

interface Station {
  readonly desk: Desk;
  readonly operator: DrillCard;
  readonly holder: DrillCard;
}

/** A store that remembers which entries of the record it has acknowledged, and tells of every commit. */
interface WitnessedStore extends Store {
  readonly acknowledged: Set<string>;
  onCommit: () => void;
}

function witnessed(store: Store): WitnessedStore {
  const acknowledged = new Set<string>();
  const whole: WitnessedStore = {
    acknowledged,
    onCommit: () => undefined,
    close: () => store.close(),
    transaction: async (work) => {
      let leaves: string[] = [];
      const result = await store.transaction((records) => {
        // It may be run again: only what the last run wrote counts.
        leaves = [];
        const append: typeof records.audit.append = async (entry) => {
          leaves.push(Buffer.from(entry.leaf).toString("base64"));
          await records.audit.append(entry);
        };
        return work({ ...records, audit: { ...records.audit, append } });
      });
      for (const leaf of leaves) acknowledged.add(leaf);
      if (leaves.length > 0) whole.onCommit();
      return result;
    },
  };
  return whole;
}

async function drillFailOver({ rounds, seed, say }: DrillRun): Promise<DrillFigures> {
  const pair = await startPostgresPair();
  const quiet = { onDeath: () => undefined, onIdleError: () => undefined };
  const database = await openDatabase({ url: pair.url }, quiet);
  const store = witnessed(openStore(database));
  const close = () => database.close();
  const world = await openWorld({
    records: { store, rewind: rewinding(database), everyRow: reading(database), close },
  });
  const stations: Station[] = [];
  try {
    for (let index = 0; index < DESKS; index += 1) stations.push(await openStation(world, index));
    const counts = { succeeded: 0, interrupted: 0 };
    for (let round = 0; round < rounds; round += 1) {
      const random = randomFrom(seed + round);
      await oneRound({ pair, store, world, stations, counts }, 1 + Math.floor(random() * ENTRIES));
      say(`round ${round + 1}: ${JSON.stringify(counts)}`);
    }
    return {
      "fail-overs": rounds,
      "unlocks that went through": counts.succeeded,
      "unlocks that were interrupted": counts.interrupted,
      "acknowledged entries": store.acknowledged.size,
      "acknowledged entries lost": 0,
      "cards lost": 0,
    };
  } finally {
    for (const { desk } of stations) await desk.close();
    await world.close();
    await pair.stop();
  }
}

async function openStation(world: World, index: number): Promise<Station> {
  const desk = await openDesk(world, `Desk ${index + 1}`);
  const operator = await makeCard(world, await world.person(["RA Agent"]), {
    ...{ name: "operator", passcode: PASSCODES.operator },
  });
  return { desk, operator, holder: await makeCard(world, await world.person()) };
}

interface Drilling {
  readonly pair: PostgresPair;
  readonly store: WitnessedStore;
  readonly world: World;
  readonly stations: readonly Station[];
  readonly counts: { succeeded: number; interrupted: number };
}

async function oneRound(drilling: Drilling, killAfter: number): Promise<void> {
  const { pair, store, world, stations, counts } = drilling;
  const [typed, typedNext] = PASSCODES.chosen;
  await each(stations, ready);
  const killed = killAtCommit(pair, store, killAfter);
  const outcomes = each(stations, (station) => unlock(station, typed).catch(() => false));
  await Promise.race([killed, outcomes]);
  store.onCommit = () => undefined;
  if (!(await Promise.race([killed, false]))) pair.killPrimary();
  await pair.promote();
  const shown = await outcomes;

  await expectNothingLost(store);
  await pair.rebuildStandby();
  await world.settled();
  for (const [index, station] of stations.entries()) {
    await untilOver(drilling, station);
    must(areOver(await phasesOf(store, station)), "every unlock has an end");
    must(!shown[index] || station.holder.takesPasscode(typed), "success only when it is one");
    must(await station.holder.holdsKnownPuk(), "the card holds a PUK between n and hi");
    if (shown[index]) counts.succeeded += 1;
    else counts.interrupted += 1;
  }
  await each(stations, ready);
  const next = await each(stations, (station) => unlock(station, typedNext));
  must(next.every(Boolean), "the next unlock succeeds");
}

function each<Result>(
  stations: readonly Station[],
  work: (station: Station) => Promise<Result>,
): Promise<Result[]> {
  return Promise.all(stations.map(work));
}

/** Resolves once the primary is dead: right after it has acknowledged that many changes to the record. */
function killAtCommit(pair: PostgresPair, store: WitnessedStore, after: number): Promise<true> {
  return new Promise((resolve) => {
    let left = after;
    store.onCommit = () => {
      left -= 1;
      if (left !== 0) return;
      pair.killPrimary();
      resolve(true);
    };
  });
}

async function expectNothingLost(store: WitnessedStore): Promise<void> {
  const kept = await store.transaction(({ audit }) => audit.read(0, Number.MAX_SAFE_INTEGER));
  const there = new Set(kept.map(({ leaf }) => Buffer.from(leaf).toString("base64")));
  const lost = [...store.acknowledged].filter((leaf) => !there.has(leaf));
  must(lost.length === 0, `${lost.length} acknowledged entries are lost`);
}

async function ready({ desk, operator, holder }: Station): Promise<void> {
  desk.holderReader.remove();
  holder.lock();
  await desk.insert(desk.operatorReader, operator.card);
  if (!(await desk.isSignedIn())) await desk.signIn(PASSCODES.operator);
  await desk.insert(desk.holderReader, holder.card);
}

async function unlock({ desk }: Station, passcode: string): Promise<boolean> {
  const { heading } = await desk.confirm(await desk.toPasscodePage(), passcode);
  return heading === SUCCESS;
}

async function phasesOf(store: Store, { holder }: Station): Promise<readonly string[]> {
  const all = await store.transaction(({ ceremonies }) => ceremonies.ofCard(holder.serial, 1_000));
  return all.map(({ state }) => state.phase);
}

/** As much time as it takes the server to give up what nobody goes on with. */
async function untilOver({ store, world }: Drilling, station: Station): Promise<void> {
  for (let waited = 0; waited < 17 * 60_000; waited += 20_000) {
    if (areOver(await phasesOf(store, station))) return;
    world.advance(20_000);
    await world.round();
  }
}
