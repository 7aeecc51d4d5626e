import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { LEASH_TIMES } from "@lanyard/wire";
import { Client } from "pg";
import { WebSocket } from "ws";
import { found } from "../apps/server/src/testing/test-card.ts";
import { findPostgresBinaries } from "../e2e/harness/postgres.ts";
import { spent } from "./cpu-time.ts";
import { inLanes } from "./lanes.ts";
import { memoryOf } from "./memory.ts";
import { quantile, say, timed } from "./report.ts";
import { type ServedSite, startServedSite } from "./served-site.ts";

/** Desks that dial in at the same time. */
const WIDTH = 32;
/** Time for what was made while dialling in to be collected. */
const SETTLE_MS = 2 * LEASH_TIMES.heartbeatMs;
/** So many of the connections come first, uncounted: a process grows once by working at all. */
const FIRST_SHARE = 0.25;
/** Enough for a 99th percentile. */
const REMOVALS = 300;
/** What the issue allows from a card's removal to the end of the session at another node. */
const AIM_MS = 1_000;

/** Idle desks at one node: their memory to a bare `ws` server's; then how soon a pulled card is heard of at another. */
export async function benchLeash(desks: number): Promise<void> {
  if (findPostgresBinaries() === undefined) return say("leash: PostgreSQL is not installed.");
  const bare = await growthOfEcho(desks);
  const site = await startServedSite(2);
  try {
    const ours = await idlenessOf(site, desks);
    say(`${desks} idle desks at one node`);
    say(`  memory for a desk, to a bare ws connection's: ${(ours.megabytes / bare).toFixed(1)}`);
    say(`  share of one processor, server and PostgreSQL: ${ours.processor.toFixed(3)}`);
    await compareRemovals(site);
  } finally {
    await site.close();
  }
}

async function growthOfEcho(connections: number): Promise<number> {
  const program = fileURLToPath(new URL("echo.ts", import.meta.url));
  const child = fork(program, { stdio: "inherit" });
  const port = await firstMessage(child);
  const growth = await growthOf(child.pid ?? 0, connections, () => greet(port));
  const ended = once(child, "exit");
  child.disconnect();
  await ended;
  return growth.megabytes;
}

interface Growth<Connection> {
  /** For one connection. */
  readonly megabytes: number;
  readonly all: readonly Connection[];
}

async function growthOf<Connection>(
  pid: number,
  connections: number,
  connect: () => Promise<Connection>,
): Promise<Growth<Connection>> {
  const first = await inLanes(
    { times: Math.floor(connections * FIRST_SHARE), width: WIDTH },
    connect,
  );
  await delay(SETTLE_MS);
  const before = memoryOf(pid).now;
  const more = await inLanes({ times: connections - first.length, width: WIDTH }, connect);
  await delay(SETTLE_MS);
  const megabytes = (memoryOf(pid).now - before) / more.length;
  return { megabytes, all: [...first, ...more] };
}

async function firstMessage(child: ChildProcess): Promise<unknown> {
  const [message]: unknown[] = await once(child, "message");
  return message;
}

async function greet(port: unknown): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
  await once(socket, "open");
  const answered = once(socket, "message");
  socket.send("hello");
  await answered;
}

interface Idleness {
  /** For one desk. */
  readonly megabytes: number;
  /** Processor time to wall time while all are idle. */
  readonly processor: number;
}

async function idlenessOf(site: ServedSite, desks: number): Promise<Idleness> {
  const pid = found(site.serverPids[0]);
  const { megabytes, all } = await growthOf(pid, desks, () => site.idleDesk());
  let wall = 0;
  const work = await spent([pid, site.postgresPid], async () => {
    wall = await timed(() => delay(SETTLE_MS));
  });
  const lost = await Promise.race([...all.map(({ closed }) => closed), delay(0)]);
  if (lost !== undefined) throw new Error(`A desk was hung up on: ${lost.code} ${lost.reason}`);
  return { megabytes, processor: work / 1e6 / wall };
}

/** The desk's leash at one node, its browser's page at the other; a bare notice takes its turn after each removal. */
async function compareRemovals(site: ServedSite): Promise<void> {
  const desk = await site.desk({ leash: 0, browser: 1 });
  const notice = await openNotices(site.databaseUrl);
  const removals: number[] = [];
  const notices: number[] = [];
  for (let turn = 0; turn < REMOVALS; turn += 1) {
    await desk.signIn();
    removals.push(await desk.pullCard());
    notices.push(await timed(() => notice.send()));
  }
  await notice.close();
  const share = (part: number) => {
    const value = quantile(removals, part) / AIM_MS;
    return `${value.toFixed(3)}${value <= 1 ? "" : " MISSED"}`;
  };
  const part = (value: number) => (quantile(removals, value) / quantile(notices, value)).toFixed(1);
  say(
    `card pulled at one node, page told at the other (${REMOVALS} times, those desks still there)`,
  );
  say(`  share of the aim: median ${share(0.5)}  p99 ${share(0.99)}`);
  say(`  to a bare LISTEN/NOTIFY: median ${part(0.5)}  p99 ${part(0.99)}`);
}

async function openNotices(url: string) {
  const [listener, teller] = [new Client(url), new Client(url)];
  await listener.connect();
  await teller.connect();
  await listener.query("listen bench");
  return {
    send: async (): Promise<void> => {
      const heard = once(listener, "notification");
      await teller.query("notify bench");
      await heard;
    },
    close: async (): Promise<void> => {
      await listener.end();
      await teller.end();
    },
  };
}
