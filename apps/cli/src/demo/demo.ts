import { join, resolve } from "node:path";
import { pcscReaders, type ReaderDriver, readAgentConfig, startAgent } from "@lanyard/agent";
import { type Assets, readAssets } from "@lanyard/pages/node";
import {
  type Config,
  type Logger,
  openDatabase,
  openKeyFile,
  openLog,
  openPost,
  openStore,
  type RunningServer,
  readConfig,
  startServer,
} from "@lanyard/server";
import { openLogKeyFile } from "@lanyard/server/audit";
import { EXIT } from "../exit-codes.ts";
import { explained } from "./explained.ts";
import { oddCards } from "./odd-cards.ts";
import { type DemoOptions, demoSettings, type Env, readOptions } from "./options.ts";
import { DEMO_PEOPLE } from "./people.ts";
import { openPostTray, type PostTray } from "./post-tray.ts";
import { openPcscBay, openVirtualBay, type ReaderBay } from "./reader-bay.ts";
import { DEMO_FILES } from "./seed.ts";
import { openShelf } from "./shelf.ts";
import { openTray } from "./tray-server.ts";
import { enterWorld, settleWorld } from "./world.ts";

export interface RunningDemo {
  readonly portal: string;
  readonly tray: string;
  readonly database: "embedded" | "postgres";
  close(): Promise<void>;
}

const VIRTUAL_READERS = ["Keyboard reader", "Desk reader", "Spare reader"];

/**
 * Server, agent, two readers and the card tray, in this process, until it is told to stop.
 *
 * @throws {CliError} `cli/usage` | `cli/environment`
 */
export async function runDemo(args: readonly string[]): Promise<number> {
  const { options, json } = readOptions(args);
  const demo = await startDemo(options, process.env, say).catch((error: unknown) => {
    throw explained(error);
  });
  if (json) say(JSON.stringify({ portal: demo.portal, tray: demo.tray }));
  else say(welcome(demo, options));
  await stopSignal();
  await demo.close();
  return EXIT.ok.code;
}

function welcome({ portal, tray, database }: RunningDemo, { data }: DemoOptions): string {
  const kept =
    database === "postgres"
      ? `The cards are in ${resolve(data)}, the people in PostgreSQL (DATABASE_URL).`
      : `The data is in ${resolve(data)}, in an embedded database that is
meant for trying things out; a hospital uses PostgreSQL.`;
  return `
Lanyard is ready.

  1. Card tray   ${tray}
     Put the card of Sam Carter (an RA Agent) into reader 1.
  2. Lanyard     ${portal}
     Choose "Launch Care Identity Service" and sign in; the tray shows every passcode.
  3. Choose "Manage Smartcard" and put the card of Maria Okafor (locked) into reader 2.

This is a demonstration: everybody here is invented. ${kept}
Ctrl-C stops everything.`;
}

/** Starts everything; makes the demo's world first if it is not there yet. */
export async function startDemo(
  options: DemoOptions,
  env: Env,
  tell: (text: string) => void = () => undefined,
): Promise<RunningDemo> {
  const directory = resolve(options.data);
  const settings = await demoSettings(options, env, directory);
  const config = readConfig(settings);
  const closing = new Closing();
  try {
    const server = await openHouse({ config, directory, closing, tell });
    const desk = await openDesk({ options, directory, settings, server, closing });
    const database = config.databaseUrl === undefined ? "embedded" : "postgres";
    return { ...desk, database, close: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

/** What was opened, closed the other way round. */
class Closing {
  readonly #steps: (() => Promise<void> | void)[] = [];

  first(step: () => Promise<void> | void): void {
    this.#steps.unshift(step);
  }

  /** Every step is taken, also after one that failed. Closing twice is fine. */
  async close(): Promise<void> {
    const step = this.#steps.shift();
    if (step === undefined) return;
    try {
      await step();
    } finally {
      await this.close();
    }
  }
}

interface House {
  readonly config: Config;
  readonly directory: string;
  readonly closing: Closing;
  tell(text: string): void;
}

/** Everything but the desk: the world, its database, the server. */
async function openHouse({ config, directory, closing, tell }: House): Promise<OpenHouse> {
  const world = await enterWorld(directory, new Date());
  closing.first(() => world.leave());
  if (world.isNew)
    tell("First start: inventing people and issuing their smartcards. This takes a few seconds.");
  const log = openLog(config.logLevel);
  const store = openStore(await openRecords({ config, directory, log, tell }));
  closing.first(() => store.close());
  const secrets = await openKeyFile(config.masterKeyFile);
  const logKey = await openLogKeyFile(config.auditKeyFile);
  await settleWorld(world, { directory, store, secrets, now: new Date() });
  const assets = await readAssets();
  const postTray = openPostTray();
  const post = (await openPost(config)) ?? postTray;
  const server = await startServer(config, { post, store, secrets, logKey, log, assets });
  closing.first(() => server.close());
  return { server, assets, postTray };
}

interface OpenHouse {
  readonly server: RunningServer;
  readonly assets: Assets;
  readonly postTray: PostTray;
}

function openRecords({
  config: { databaseUrl: url },
  directory,
  log,
  tell,
}: Omit<House, "closing"> & { readonly log: Logger }) {
  return openDatabase(
    url === undefined ? { dataDir: join(directory, DEMO_FILES.database) } : { url },
    {
      onDeath: (error) => {
        tell(`The embedded database died (${error.code}). Start the demo again.`);
        process.exit(EXIT.fault.code);
      },
      onIdleError: (error) => log.warn({ message: error.message }, "database.idle_error"),
    },
  );
}

interface Desk {
  readonly options: DemoOptions;
  readonly directory: string;
  readonly settings: Env;
  readonly server: OpenHouse;
  readonly closing: Closing;
}

/** Readers, agent, and the tray whose hand puts cards into the readers. */
async function openDesk(desk: Desk): Promise<{ readonly portal: string; readonly tray: string }> {
  const { options, directory, settings, server: house, closing } = desk;
  const { bay, driver } = openReaders(options);
  closing.first(() => driver.close());
  closing.first(() => emptyReaders(bay));
  const config = readAgentConfig(settings);
  const { assets } = house;
  const agent = await startAgent(config, { driver, log: openLog(config.logLevel), assets });
  closing.first(() => agent.close());
  const portal = `${house.server.origin}/`;
  const shelf = await openShelf(join(directory, DEMO_FILES.cards));
  const tray = await openTray({
    port: options.trayPort,
    portal,
    people: DEMO_PEOPLE,
    shelf: new Map([...shelf, ...oddCards()]),
    bay,
    assets,
    post: house.postTray,
  });
  closing.first(() => tray.close());
  return { portal, tray: tray.url };
}

function openReaders(options: DemoOptions): { bay: ReaderBay; driver: ReaderDriver } {
  if (!options.pcsc) return openVirtualBay(VIRTUAL_READERS.slice(0, options.readers));
  return { bay: openPcscBay("127.0.0.1", options.vpcdPort), driver: pcscReaders() };
}

async function emptyReaders(bay: ReaderBay): Promise<void> {
  for (const reader of bay.readers) await reader.remove();
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
