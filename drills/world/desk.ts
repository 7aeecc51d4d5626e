import { cpSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Agent,
  type ReaderDriver,
  readAgentConfig,
  startAgent,
  virtualReaders,
} from "@lanyard/agent";
import { createVirtualReader, type VirtualCard, type VirtualReader } from "@lanyard/virtual-card";
import type { PcLoss } from "./boundaries.ts";
import { Browser, type Page } from "./browser.ts";
import { type Views, watchViews } from "./views.ts";
import type { World } from "./world.ts";

/** A desk: a real agent with two virtual readers, a browser, and hands. */
export interface Desk {
  readonly browser: Browser;
  readonly operatorReader: VirtualReader;
  readonly holderReader: VirtualReader;
  /** Puts a card in, if it is not in; resolves when the server knows it is there. */
  insert(reader: VirtualReader, card: VirtualCard): Promise<void>;
  /** Takes whatever is in out; resolves when the server knows. */
  empty(reader: VirtualReader): Promise<void>;
  /** Starts the PC again, or another one in its place, if it lost its power. */
  powerOn(): Promise<void>;
  /** Resolves when the leash is up and the server has seen the readers. */
  connected(): Promise<void>;
  signIn(passcode: string): Promise<void>;
  isSignedIn(): Promise<boolean>;
  /** The how-to's steps E to H: the agent's page where the holder types. */
  toPasscodePage(): Promise<AtAgent>;
  /** Steps I and J: the page the browser ends at. */
  confirm(at: AtAgent, passcode: string): Promise<Page>;
  /** What its PC keeps on disk, of every start. */
  readonly directory: string;
  close(): Promise<void>;
}

export interface AtAgent {
  readonly ceremony: string;
  /** `/t/<visit>`. */
  readonly path: string;
  readonly page: Page;
}

/** The page says so only after the card has proved it. */
export const SUCCESS = "Smartcard successfully unlocked";

/** Something did not go as a person at the desk expects: what they see instead. */
export class Unexpected extends Error {
  override readonly name = "Unexpected";

  constructor(step: string, { status, heading, html }: Page) {
    super(`${step}: ${status} ${heading} ${/<h2[^>]*>([^<]*)/.exec(html)?.[1] ?? ""}`);
  }
}

/** Discard: nothing listens there. */
const NOBODY = 9;

/** Short waits, such as those before dialling again, are this many times shorter. */
const HASTE = 40;
const SHORT_MS = 10_000;

const hastyTimers = {
  now: () => performance.now() * HASTE,
  after: (milliseconds: number, run: () => void) => {
    const timer = setTimeout(run, milliseconds <= SHORT_MS ? milliseconds / HASTE : milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export async function openDesk(world: World, name = "Reception"): Promise<Desk> {
  const readers = [createVirtualReader("Reader 1"), createVirtualReader("Reader 2")] as const;
  const driver = virtualReaders(readers);
  const directory = await mkdtemp(join(tmpdir(), "lanyard-drill-desk-"));
  const parts = { world, name, readers, driver, views: watchViews(world, name) };
  const desk = new DrillDesk({ ...parts, directory });
  await desk.start(join(directory, "0"));
  world.onPcLoss((loss) => desk.lose(loss));
  return Object.assign(desk, {
    directory,
    close: async () => {
      await desk.end();
      await driver.close();
      await rm(directory, { recursive: true, force: true });
    },
  });
}

interface DeskParts {
  readonly world: World;
  readonly name: string;
  readonly readers: readonly [VirtualReader, VirtualReader];
  readonly driver: ReaderDriver;
  readonly views: Views;
  /** A directory below it for every start: what was on the disk when the power went. */
  readonly directory: string;
}

class DrillDesk implements Omit<Desk, "close" | "directory"> {
  readonly browser: Browser;
  readonly operatorReader: VirtualReader;
  readonly holderReader: VirtualReader;
  readonly #parts: DeskParts;
  readonly #views: Views;
  #agent: Agent | undefined;
  #disk = "";
  /** The disk of a PC without power. */
  #left: string | undefined;
  #starts = 0;

  constructor(parts: DeskParts) {
    [this.operatorReader, this.holderReader] = parts.readers;
    this.#parts = parts;
    this.#views = parts.views;
    this.browser = new Browser({
      serverOrigin: parts.world.origin,
      serverPort: () => parts.world.serverPort(),
      agentPort: () => this.#agent?.port ?? NOBODY,
    });
  }

  async start(disk: string): Promise<void> {
    const { world, name, driver } = this.#parts;
    this.#disk = disk;
    const config = readAgentConfig({
      ...{ LANYARD_SERVER: world.origin, LANYARD_AGENT_PORT: "0" },
      ...{ LANYARD_DESK_NAME: name, LANYARD_AGENT_DATA: disk },
    });
    this.#agent = await startAgent(config, {
      ...{ driver, log: world.openLog() },
      ...(world.isHasty && { timers: hastyTimers }),
      assets: { hash: "drills", files: new Map() },
    });
    await this.connected();
  }

  async end(): Promise<void> {
    await this.#agent?.close();
  }

  /** Nothing of what the agent still does leaves the PC from here on, and its disk stays as it is now. */
  lose(loss: PcLoss): void {
    const { world, name, directory } = this.#parts;
    if (this.#left !== undefined) return;
    this.#starts += 1;
    this.#left = join(directory, String(this.#starts));
    if (loss === "power") cpSync(this.#disk, this.#left, { recursive: true });
    world.relay.cutOff.add(name);
    this.operatorReader.remove();
    this.holderReader.remove();
  }

  async powerOn(): Promise<void> {
    const { world, name } = this.#parts;
    if (this.#left === undefined) return;
    await this.end();
    world.relay.cutOff.delete(name);
    const disk = this.#left;
    this.#left = undefined;
    await this.start(disk);
  }

  async insert(reader: VirtualReader, card: VirtualCard): Promise<void> {
    const before = new Set(this.#views.told);
    if (card.isInserted) return this.connected();
    reader.insert(card);
    await this.#views.until(`a card in ${reader.name}`, ({ readers }) => {
      const seen = readers.find(({ name }) => name === reader.name);
      return seen?.state === "card" && !before.has(seen.insertion);
    });
  }

  async empty(reader: VirtualReader): Promise<void> {
    reader.remove();
    await this.#views.until(
      `${reader.name} empty`,
      ({ readers }) => readers.find(({ name }) => name === reader.name)?.state === "empty",
    );
  }

  connected(): Promise<void> {
    return this.#views.until("the leash", () => true);
  }

  async isSignedIn(): Promise<boolean> {
    const { status, html } = await this.browser.get("/cis");
    return status === 200 && html.includes("/sign-out");
  }

  async signIn(passcode: string): Promise<void> {
    const { browser } = this;
    await browser.get("/cis");
    await browser.follow(await browser.post("/desk"));
    const asked = await browser.post("/sign-in");
    const page = await browser.follow(asked);
    const card = /name="card" value="([^"]+)"/.exec(page.html)?.[1];
    if (page.token === "" || card === undefined) throw new Unexpected("to sign in", page);
    const path = new URL(asked.location).pathname;
    const form = { token: page.token, press: "confirm", card, passcode };
    const end = await browser.follow(await browser.postAtAgent(path, form));
    if (!(await this.isSignedIn())) throw new Unexpected("signing in", end);
  }

  async toPasscodePage(): Promise<AtAgent> {
    const { browser } = this;
    const started = await browser.post("/manage-smartcard");
    const ceremony = /^\/ceremonies\/([\w-]{22})$/.exec(started.location)?.[1];
    if (ceremony === undefined) throw new Unexpected("reading the card", started);
    const person = { person: "yes", evidence: "photo" };
    await browser.post(`/ceremonies/${ceremony}/person`, person);
    const chosen = await browser.post(`/ceremonies/${ceremony}/service`, { operation: "unlock" });
    const page = await browser.follow(chosen);
    if (page.token === "") throw new Unexpected("to the agent", page);
    return { ceremony, path: new URL(chosen.location).pathname, page };
  }

  async confirm({ path, page }: AtAgent, passcode: string): Promise<Page> {
    const { browser } = this;
    const form = { token: page.token, press: "confirm" };
    return browser.follow(
      await browser.postAtAgent(path, {
        ...form,
        "new-passcode": passcode,
        "new-passcode-again": passcode,
      }),
    );
  }
}
