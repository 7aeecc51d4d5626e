import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { findPostgresBinaries } from "../e2e/harness/postgres.ts";
import { spent } from "./cpu-time.ts";
import type { PlayedDesk } from "./played-desk.ts";
import { quantile, say } from "./report.ts";
import { type ServedSite, startServedSite } from "./served-site.ts";

/** Desks that work at the same time: what a server shares among them is shared here too. */
const WIDTH = 8;
const PAIRS = 7;
/** The reference is so small that it is done more often. */
const BARE = 5;

interface Operation {
  readonly name: string;
  /** Signatures of cards that are verified in one. */
  readonly signatures: number;
  run(desk: PlayedDesk): Promise<void>;
}

// biome-ignore format: a row each
const OPERATIONS: readonly Operation[] = [
  { name: "sign-in: six requests, the card's 9A", signatures: 1, run: (desk) => desk.signIn() },
  { name: "unlock: its pages, 9E, the operator's 9A, the closing 9A", signatures: 3, run: (desk) => desk.unlock() },
];

/**
 * Processor time of server and PostgreSQL together, per operation, to what nobody can do without: its signature checks
 * and one committed row. Reference and subject take turns, so that a noisy machine disturbs both.
 */
export async function benchServerCpu(rounds: number): Promise<void> {
  if (findPostgresBinaries() === undefined) return say("server-cpu: PostgreSQL is not installed.");
  const site = await startServedSite();
  try {
    const desks = await Promise.all(Array.from({ length: WIDTH }, () => site.desk()));
    for (const desk of desks) await desk.signIn();
    for (const operation of OPERATIONS) await compare(site, { operation, desks, rounds });
  } finally {
    await site.close();
  }
}

interface Comparison {
  readonly operation: Operation;
  readonly desks: readonly PlayedDesk[];
  readonly rounds: number;
}

async function compare(site: ServedSite, { operation, desks, rounds }: Comparison): Promise<void> {
  const reference = await startReference(site, operation.signatures);
  const subject = () =>
    Promise.all(
      desks.map(async (desk) => {
        for (let round = 0; round < rounds; round += 1) await operation.run(desk);
      }),
    );
  const count = rounds * desks.length;
  await subject();
  await reference.run(count);
  const ratios: number[] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const bare = await spent([reference.pid, site.postgresPid], () => reference.run(count * BARE));
    const ours = await spent([...site.serverPids, site.postgresPid], subject);
    ratios.push(ours / (bare / BARE));
  }
  await reference.stop();
  const at = (share: number) => quantile(ratios, share).toFixed(1);
  say(
    `${operation.name}\n  to its ${operation.signatures} bare signature checks and one commit: ` +
      `median ${at(0.5)} (${at(0)} to ${at(1)}, ${PAIRS} pairs of ${count})`,
  );
}

async function startReference(site: ServedSite, signatures: number) {
  const program = fileURLToPath(new URL("bare.ts", import.meta.url));
  const child = fork(program, [site.databaseUrl, String(signatures)], { stdio: "inherit" });
  await once(child, "message");
  return {
    pid: child.pid ?? 0,
    run: async (times: number): Promise<void> => {
      const done = once(child, "message");
      child.send({ times, width: WIDTH });
      await done;
    },
    stop: async (): Promise<void> => {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}
