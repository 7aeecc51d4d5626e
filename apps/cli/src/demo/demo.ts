import { existsSync } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import {
  type Agent,
  pcscReaders,
  type ReaderDriver,
  readAgentConfig,
  startAgent,
} from "@lanyard/agent";
import { type Assets, readAssets } from "@lanyard/pages/node";
import {
  createMasterKeyFile,
  openDatabase,
  openKeyFile,
  openLog,
  openStore,
  type RunningServer,
  readConfig,
  startServer,
} from "@lanyard/server";
import { oddCards } from "./odd-cards.ts";
import { DEMO_PEOPLE } from "./people.ts";
import { openPcscBay, openVirtualBay, type ReaderBay } from "./reader-bay.ts";
import { createDemoAuthority, DEMO_FILES, seedDemo } from "./seed.ts";
import { openShelf } from "./shelf.ts";
import { openTray } from "./tray-server.ts";

/** What may be said on the command line; everything else is a setting in the environment. */
export interface DemoOptions {
  readonly data: string;
  /** 0: any free one. */
  readonly port: number;
  readonly agentPort: number;
  readonly trayPort: number;
  /** Cards go through the PC's smartcard service (pcscd with vpcd), not through memory. */
  readonly pcsc: boolean;
  readonly vpcdPort: number;
  /** How many readers in memory: two, as a desk has; three shows what one card too many does. */
  readonly readers: number;
}

export interface RunningDemo {
  readonly portal: string;
  readonly tray: string;
  close(): Promise<void>;
}

const VIRTUAL_READERS = ["Keyboard reader", "Desk reader", "Spare reader"];

/** Written last: a data directory with it is whole. */
const WHOLE = "demo-is-whole";
/** Written first: what is in a directory with it is ours to throw away. */
const OURS = "made-by-lanyard-demo";

/** Server, agent, two readers and the card tray, in this process. */
export async function runDemo(args: readonly string[]): Promise<number> {
  const { options, json } = readOptions(args);
  const demo = await startDemo(options, process.env, say);
  if (json) process.stdout.write(`${JSON.stringify({ portal: demo.portal, tray: demo.tray })}\n`);
  else
    say(`
Lanyard is ready.

  1. Card tray   ${demo.tray}
     Put the card of Sam Carter (an RA Agent) into reader 1.
  2. Lanyard     ${demo.portal}
     Choose "Launch Care Identity Service" and sign in; the tray shows every passcode.
  3. Choose "Manage Smartcard" and put the card of Maria Okafor (locked) into reader 2.

Everybody here is invented. The data is in ${resolve(options.data)}, in an embedded database meant for trying
things out; a hospital uses PostgreSQL. Ctrl-C stops everything.`);
  await stopSignal();
  await demo.close();
  return 0;
}

function readOptions(args: readonly string[]): { options: DemoOptions; json: boolean } {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: "string", default: ".lanyard" },
      port: { type: "string", default: "3000" },
      "agent-port": { type: "string", default: "24738" },
      "tray-port": { type: "string", default: "24739" },
      pcsc: { type: "boolean", default: false },
      "vpcd-port": { type: "string", default: "35963" },
      readers: { type: "string", default: "2" },
      json: { type: "boolean", default: false },
    },
  });
  const options = {
    data: values.data,
    port: Number(values.port),
    agentPort: Number(values["agent-port"]),
    trayPort: Number(values["tray-port"]),
    pcsc: values.pcsc,
    vpcdPort: Number(values["vpcd-port"]),
    readers: Number(values.readers),
  };
  return { options, json: values.json };
}

type Env = Readonly<Record<string, string | undefined>>;

/** Starts everything; makes the demo's world first if it is not there yet. */
export async function startDemo(
  options: DemoOptions,
  env: Env,
  tell: (text: string) => void = () => undefined,
): Promise<RunningDemo> {
  const directory = resolve(options.data);
  const settings = await demoSettings(options, env, directory);
  const config = readConfig(settings);
  const log = openLog(config.logLevel);
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const isNew = await prepare(directory, tell);
    const store = openStore(
      await openDatabase(
        config.databaseUrl === undefined
          ? { dataDir: join(directory, "db") }
          : { url: config.databaseUrl },
        {
          onDeath: (error) => {
            tell(`The embedded database died (${error.code}). Start the demo again.`);
            process.exit(70);
          },
          onIdleError: (error) => log.warn({ message: error.message }, "database.idle_error"),
        },
      ),
    );
    closers.push(() => store.close());
    const secrets = await openKeyFile(config.masterKeyFile);
    if (isNew) {
      await seedDemo({ directory, store, secrets, now: new Date() });
      await writeFile(join(directory, WHOLE), "");
    }
    const assets = await readAssets();
    const server = await startServer(config, { store, secrets, log, assets });
    closers.push(() => server.close());
    return await openDesk({ options, directory, settings, assets, server, closers, close });
  } catch (error) {
    await close();
    throw error;
  }
}

interface Opening {
  readonly options: DemoOptions;
  readonly directory: string;
  readonly settings: Env;
  readonly assets: Assets;
  readonly server: RunningServer;
  readonly closers: (() => Promise<void>)[];
  close(): Promise<void>;
}

async function openDesk(opening: Opening): Promise<RunningDemo> {
  const { options, directory, settings, assets, server, closers, close } = opening;
  const { bay, driver } = openReaders(options);
  closers.push(() => driver.close());
  closers.push(() => emptyReaders(bay));
  const agentConfig = readAgentConfig(settings);
  const log = openLog(agentConfig.logLevel);
  const agent: Agent = await startAgent(agentConfig, { driver, log, assets });
  closers.push(() => agent.close());
  const tray = await openTray({
    port: options.trayPort,
    portal: `${server.origin}/`,
    people: DEMO_PEOPLE,
    shelf: new Map([...(await openShelf(join(directory, DEMO_FILES.cards))), ...oddCards()]),
    bay,
    assets,
  });
  closers.push(() => tray.close());
  return { portal: `${server.origin}/`, tray: tray.url, close };
}

function openReaders(options: DemoOptions): { bay: ReaderBay; driver: ReaderDriver } {
  if (!options.pcsc) return openVirtualBay(VIRTUAL_READERS.slice(0, options.readers));
  return { bay: openPcscBay("127.0.0.1", options.vpcdPort), driver: pcscReaders() };
}

async function emptyReaders(bay: ReaderBay): Promise<void> {
  for (const reader of bay.readers) await reader.remove();
}

/** What the demo fixes, under what the environment says, so that a test may try other policies. */
async function demoSettings(options: DemoOptions, env: Env, directory: string): Promise<Env> {
  const port = options.port || (await freePort());
  const agentPort = options.agentPort || (await freePort());
  return {
    LANYARD_SERVICE_DESK: "the demo service desk, telephone 01632 960100",
    LANYARD_DESK_NAME: "Demo desk",
    LANYARD_LOG: "warn",
    ...env,
    LANYARD_ORIGIN: `http://localhost:${port}`,
    LANYARD_HOST: "127.0.0.1",
    LANYARD_PORT: String(port),
    LANYARD_AGENT_ORIGIN: `http://127.0.0.1:${agentPort}`,
    LANYARD_SERVER: `http://localhost:${port}`,
    LANYARD_AGENT_PORT: String(agentPort),
    LANYARD_AGENT_DATA: join(directory, "agent"),
    LANYARD_DATA: directory,
    LANYARD_TRUST_FILE: join(directory, DEMO_FILES.trust),
    LANYARD_MASTER_KEY_FILE: join(directory, "master-keys.json"),
    LANYARD_OPEN_ENROLMENT: "on",
  };
}

/** True when the world is yet to be made. A first start that was cut off is thrown away and made anew. */
async function prepare(directory: string, tell: (text: string) => void): Promise<boolean> {
  if (existsSync(join(directory, WHOLE))) return false;
  if (existsSync(join(directory, OURS))) await rm(directory, { recursive: true });
  else if (existsSync(directory) && (await readdir(directory)).length > 0)
    throw new DemoError(`${directory} holds something else. Choose another place: --data DIR`);
  tell("First start: inventing people and issuing their smartcards. This takes a few seconds.");
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeFile(join(directory, OURS), "");
  await createDemoAuthority(directory, new Date());
  await createMasterKeyFile(join(directory, "master-keys.json"));
  return true;
}

/** The demo cannot start here; the message says what to do. */
export class DemoError extends Error {
  override readonly name = "DemoError";
}

/** A port nobody listens on at this moment. */
function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once("error", fail);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => done(port));
    });
  });
}

function stopSignal(): Promise<void> {
  return new Promise((done) => {
    process.once("SIGINT", () => done());
    process.once("SIGTERM", () => done());
  });
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
