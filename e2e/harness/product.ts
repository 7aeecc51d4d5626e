import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CHROMIUM } from "./chromium.ts";
import { type Pcscd, pcscUnavailable, startPcscd } from "./pcscd.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** The command as it was built, for people to run. */
export const LANYARD = join(ROOT, "apps/cli/bin/lanyard.js");
/** What decides how the demo's world is made: a world of an older build is not used. */
const WORLD_MAKERS = ["people", "seed", "shelf"].map((name) =>
  join(ROOT, `apps/cli/dist/demo/${name}.js`),
);
const START_LIMIT_MS = 60_000;

/** The two ways the product is tried: readers in memory, and the PC's real smartcard service. */
export type Mode = "demo" | "pcsc";

/** Every mode, with why it cannot be tried here, if it cannot. */
export function modes(): readonly { readonly mode: Mode; readonly skipped: string | undefined }[] {
  const noBrowser = existsSync(CHROMIUM) ? undefined : `${CHROMIUM} is not installed`;
  return [
    { mode: "demo", skipped: noBrowser },
    { mode: "pcsc", skipped: noBrowser ?? pcscUnavailable() },
  ];
}

/** One card on the tray as it is now, read from the card itself. */
export interface CardNow {
  readonly serial: string;
  readonly passcode: string;
  readonly passcodeTriesLeft: number;
  readonly pukTriesLeft: number;
  readonly state: string;
}

/** The product as a user starts it, and a hand that moves cards. */
export interface Product {
  readonly portal: string;
  readonly tray: string;
  readonly directory: string;
  readonly pid: number;
  readonly pcscd: Pcscd | undefined;
  insert(reader: number, serial: string): Promise<void>;
  remove(reader: number): Promise<void>;
  /** Anything else the tray can do to the PC: `/readers/2/unplug`, `/service/down`. */
  hand(path: string): Promise<void>;
  card(serial: string): Promise<CardNow>;
  /** Everything the process has printed. */
  log(): string;
  stop(): Promise<void>;
}

export interface ProductOptions {
  readonly mode: Mode;
  readonly env?: Readonly<Record<string, string>>;
  readonly readers?: number;
  /** Any free ones, unless given. */
  readonly port?: number;
  readonly agentPort?: number;
  readonly trayPort?: number;
  /** Not a copy of the world made once, but an empty directory: the very first start. */
  readonly fresh?: boolean;
  /** What is done to the data directory before the start: another card on the shelf, say. */
  prepare?(directory: string): Promise<void>;
}

/** Starts `lanyard demo` on free ports, on a copy of a world that is made once per test run. */
export async function startProduct(options: ProductOptions): Promise<Product> {
  const directory = mkdtempSync(join(tmpdir(), "lanyard-e2e-"));
  if (!options.fresh) cpSync(await seededWorld(), directory, { recursive: true });
  await options.prepare?.(directory);
  const pcscd = options.mode === "pcsc" ? await startPcscd() : undefined;
  const running = await startDemo(directory, options, pcscd);
  const { portal, tray, child, said } = running;
  const post = async (path: string, form: Record<string, string> = {}): Promise<void> => {
    const body = new URLSearchParams(form);
    const answer = await fetch(new URL(path, tray), { method: "POST", body, redirect: "manual" });
    if (answer.status !== 303) throw new Error(`${path}: ${answer.status}`);
  };
  return {
    portal,
    tray,
    directory,
    pid: child.pid ?? 0,
    pcscd,
    insert: (reader, serial) => post(`/readers/${reader}/insert`, { serial }),
    remove: (reader) => post(`/readers/${reader}/remove`),
    hand: (path) => post(path),
    card: async (serial) => cardOnTray(tray, serial),
    log: () => said.join(""),
    stop: async () => {
      await stop(child);
      await pcscd?.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function cardOnTray(tray: string, serial: string): Promise<CardNow> {
  const view: { groups: { cards: CardNow[] }[] } = await (
    await fetch(new URL("/state", tray))
  ).json();
  const card = view.groups.flatMap((group) => group.cards).find((one) => one.serial === serial);
  if (card === undefined) throw new Error(`No card ${serial} on the tray.`);
  return card;
}

/** Made by the product's own first start, once a build; the run's temporary folder goes with the run. */
export async function seededWorld(): Promise<string> {
  const build = Math.max(...WORLD_MAKERS.map((path) => Math.trunc(statSync(path).mtimeMs)));
  const world = join(tmpdir(), `lanyard-e2e-world-${build}`);
  if (existsSync(join(world, "demo-is-whole"))) return world;
  const { child } = await startDemo(world, { mode: "demo" }, undefined);
  await stop(child);
  return world;
}

interface Running {
  readonly portal: string;
  readonly tray: string;
  readonly child: ChildProcess;
  readonly said: readonly string[];
}

async function startDemo(
  directory: string,
  { mode, env = {}, readers = 2, port = 0, agentPort = 0, trayPort = 0 }: ProductOptions,
  pcscd: Pcscd | undefined,
): Promise<Running> {
  const ports = [`--port=${port}`, `--agent-port=${agentPort}`, `--tray-port=${trayPort}`];
  const words = ["demo", "--data", directory, "--readers", String(readers), "--json", ...ports];
  if (mode === "pcsc") words.push("--pcsc", "--vpcd-port", String(pcscd?.ports[0]));
  const child = spawn(process.execPath, [LANYARD, ...words], {
    env: { ...process.env, LANYARD_LOG: "debug", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => said.push(chunk.toString("utf8")));
  return { ...(await untilReady(child, said)), child, said };
}

function untilReady(
  child: ChildProcess,
  said: readonly string[],
): Promise<{ portal: string; tray: string }> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`The demo ${why}:\n${said.join("")}`));
    const limit = setTimeout(() => fail("did not get ready"), START_LIMIT_MS);
    child.once("exit", (code) => fail(`ended with ${code}`));
    child.stdout?.on("data", () => {
      const line = said
        .join("")
        .split("\n")
        .find((one) => one.startsWith('{"portal"'));
      if (line === undefined) return;
      clearTimeout(limit);
      resolve(JSON.parse(line));
    });
  });
}

/** By its own process id, and not before it has closed everything. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  await exited;
}
