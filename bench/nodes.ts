import { findPostgresBinaries } from "../e2e/harness/postgres.ts";
import { spent } from "./cpu-time.ts";
import type { PlayedDesk } from "./played-desk.ts";
import { quantile, say, timed } from "./report.ts";
import { type NodesOfDesk, type ServedSite, startServedSite } from "./served-site.ts";

/** Desks that work at the same time, in each arrangement. */
const WIDTH = 8;
const PAIRS = 7;

interface Arrangement {
  readonly name: string;
  /** The nodes of the desk with this number. */
  place(desk: number): NodesOfDesk;
}

const ONE_NODE: Arrangement = { name: "one node", place: () => ({ leash: 0, browser: 0 }) };

// biome-ignore format: a row each
const TWO_NODES: readonly Arrangement[] = [
  { name: "two nodes, each desk at the node of its browser", place: (desk) => ({ leash: desk % 2, browser: desk % 2 }) },
  { name: "two nodes, each desk at the other one", place: (desk) => ({ leash: desk % 2, browser: 1 - (desk % 2) }) },
];

interface Figures {
  /** Of a whole run, in whatever unit: only ratios leave this file. */
  readonly wall: number;
  readonly processor: number;
}

/**
 * Unlocks by two nodes to unlocks by one, at the same number of desks. Both nodes run all the time. Nodes, PostgreSQL
 * and the desks share the processors of this machine: that the second node brings more shows only where some are idle.
 */
export async function benchNodes(rounds: number): Promise<void> {
  if (findPostgresBinaries() === undefined) return say("nodes: PostgreSQL is not installed.");
  const site = await startServedSite(2);
  try {
    const one = await startWork(site, ONE_NODE, rounds);
    for (const arrangement of TWO_NODES) {
      const two = await startWork(site, arrangement, rounds);
      await one();
      await two();
      const pairs: { readonly one: Figures; readonly two: Figures }[] = [];
      for (let pair = 0; pair < PAIRS; pair += 1)
        pairs.push({ one: await one(), two: await two() });
      say(
        `${arrangement.name}, to ${ONE_NODE.name}: ${WIDTH} desks, ${PAIRS} pairs of ${WIDTH * rounds} unlocks`,
      );
      say(
        `  unlocks in the same time: ${spread(pairs.map(({ one, two }) => one.wall / two.wall))}`,
      );
      say(
        `  processor time of one: ${spread(pairs.map(({ one, two }) => two.processor / one.processor))}`,
      );
    }
  } finally {
    await site.close();
  }
}

async function startWork(
  site: ServedSite,
  { place }: Arrangement,
  rounds: number,
): Promise<() => Promise<Figures>> {
  const desks: PlayedDesk[] = [];
  for (let number = 0; number < WIDTH; number += 1) desks.push(await site.desk(place(number)));
  for (const desk of desks) await desk.signIn();
  const unlockAll = async (desk: PlayedDesk): Promise<void> => {
    for (let round = 0; round < rounds; round += 1) await desk.unlock();
  };
  return async () => {
    let wall = 0;
    const processor = await spent([...site.serverPids, site.postgresPid], async () => {
      wall = await timed(() => Promise.all(desks.map(unlockAll)));
    });
    return { wall, processor };
  };
}

function spread(ratios: readonly number[]): string {
  const at = (share: number) => quantile(ratios, share).toFixed(2);
  return `median ${at(0.5)} (${at(0)} to ${at(1)})`;
}
