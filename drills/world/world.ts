import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type CardSecrets,
  type Person,
  type PukRegisters,
  parseCareId,
  type Role,
  type Store,
} from "@lanyard/identity";
import {
  type Config,
  createMasterKeyFile,
  type Logger,
  openKeyFile,
  openLog,
  type RunningServer,
  readConfig,
  startServer,
} from "@lanyard/server";
import {
  type CertificateAuthority,
  createAuthority,
  openAuthority,
} from "@lanyard/server/issuance";
import { type Boundaries, openBoundaries, type PcLoss } from "./boundaries.ts";
import { type LeashListener, type LeashRelay, messageName, openLeashRelay } from "./leash-relay.ts";
import { type MortalStore, mortalStore } from "./mortal-store.ts";
import { type DrillRecords, openRecords } from "./records.ts";

/** A whole site in one process: real server, real database, a road to it that can break, and a clock in the hand. */
export interface World {
  readonly origin: string;
  readonly config: Config;
  readonly relay: LeashRelay;
  readonly boundaries: Boundaries;
  readonly authority: CertificateAuthority;
  readonly secrets: CardSecrets;
  /** How many PUKs the server has derived. */
  derived(): number;
  /** The records as they are, whatever becomes of the server. */
  readonly store: Store;
  /** Where browsers reach the server now; a port nobody listens on while there is none. */
  serverPort(): number;
  now(): Date;
  /** Whether nobody has to wait long for a server to come back: then agents need not be patient. */
  readonly isHasty: boolean;
  advance(milliseconds: number): void;
  /** The server looks over what has run out of time, once. */
  round(): Promise<void>;
  openLog(): Logger;
  /** Resolves when a server that died was replaced by another on the same records. */
  settled(): Promise<void>;
  onLeash(listener: LeashListener): void;
  /** The PCs of all desks lose their power, or more. */
  losePcs(loss: PcLoss): void;
  onPcLoss(listener: (loss: PcLoss) => void): void;
  /** As after a fail-over or from an old backup: the card's registers are what they once were. */
  rewind(serial: string, registers: PukRegisters): Promise<void>;
  /** Every row of every table, in words. */
  everyRow(): Promise<readonly string[]>;
  person(roles?: readonly Role[]): Promise<Person>;
  close(): Promise<void>;
}

export interface WorldWish {
  readonly settings?: Readonly<Record<string, string>>;
  /** Told of every line that server and agents log, at the most talkative level. */
  readonly logTo?: (line: string) => void;
  /** Where the records are, if not in a database of this world's own. */
  readonly records?: DrillRecords;
  /** Starts the server as a process of its own, and gives its port. Then time is as it is, and the drill ends it. */
  readonly serve?: (env: Readonly<Record<string, string>>) => Promise<number>;
}

const START = new Date("2026-03-02T09:00:00Z");
const YEAR_MS = 365 * 86_400_000;
const NO_ASSETS = { hash: "drills", files: new Map<string, never>() };

export async function openWorld(wish: WorldWish = {}): Promise<World> {
  const directory = await mkdtemp(join(tmpdir(), "lanyard-drill-"));
  const records = wish.records ?? (await openRecords());
  const validity = { notBefore: yearsFromStart(-10), notAfter: yearsFromStart(30) };
  const authority = await openAuthority(await createAuthority("Drills", validity));
  await writeFile(join(directory, "trust.pem"), authority.trustPem);
  await createMasterKeyFile(join(directory, "master-keys.json"));
  const secrets = await openKeyFile(join(directory, "master-keys.json"));
  await records.store.transaction(async ({ people }) => {
    await people.addOrganisation({ code: "RX1", name: "Trust", parentCode: undefined });
  });
  const world = new DrillWorld({ directory, store: records.store, authority, secrets, wish });
  await world.open();
  return Object.assign(world, {
    rewind: records.rewind,
    everyRow: records.everyRow,
    close: async () => {
      await world.end();
      await records.close();
      await rm(directory, { recursive: true, force: true });
    },
  });
}

function yearsFromStart(years: number): Date {
  return new Date(START.getTime() + years * YEAR_MS);
}

interface Parts {
  readonly directory: string;
  readonly store: Store;
  readonly authority: CertificateAuthority;
  readonly secrets: CardSecrets;
  readonly wish: WorldWish;
}

interface Node {
  readonly server: RunningServer;
  readonly store: MortalStore;
  round(): Promise<void>;
}

class DrillWorld implements Omit<World, "close" | "rewind" | "everyRow"> {
  readonly boundaries = openBoundaries();
  readonly authority: CertificateAuthority;
  readonly secrets: CardSecrets;
  readonly store: Store;
  readonly #parts: Parts;
  readonly #listeners: LeashListener[] = [];
  readonly #pcListeners: ((loss: PcLoss) => void)[] = [];
  readonly #closing: Promise<void>[] = [];
  #relay: LeashRelay | undefined;
  #node: Node | undefined;
  #replacing: Promise<void> = Promise.resolve();
  #now = START.getTime();
  #people = 0;
  #derived = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.authority = parts.authority;
    this.secrets = parts.secrets;
    this.store = parts.store;
  }

  async open(): Promise<void> {
    this.#relay = await openLeashRelay({
      cut: (message) => this.boundaries.pass("message", messageName(message)),
      seen: (message) => {
        for (const listener of this.#listeners) listener.message(message);
      },
      broken: (desk) => {
        for (const listener of this.#listeners) listener.broken(desk);
      },
    });
    const { serve } = this.#parts.wish;
    if (serve === undefined) await this.#startNode();
    else this.relay.server = await serve(this.#env());
  }

  get relay(): LeashRelay {
    if (this.#relay === undefined) throw new Error("The world is not open.");
    return this.#relay;
  }

  get origin(): string {
    return `http://localhost:${this.relay.port}`;
  }

  get config(): Config {
    return readConfig(this.#env());
  }

  #env(): Readonly<Record<string, string>> {
    const { directory, wish } = this.#parts;
    return {
      ...{ LANYARD_ORIGIN: this.origin, LANYARD_PORT: "0", LANYARD_DATA: directory },
      ...{ LANYARD_OPEN_ENROLMENT: "on", LANYARD_SERVICE_DESK: "extension 4321" },
      ...wish.settings,
    };
  }

  get isHasty(): boolean {
    return this.#parts.wish.serve === undefined;
  }

  derived(): number {
    return this.#derived;
  }

  serverPort(): number {
    return this.relay.server ?? NOBODY;
  }

  /** No two looks at it show the same time, as with a real one. */
  now(): Date {
    if (!this.isHasty) return new Date();
    this.#now += 1;
    return new Date(this.#now);
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }

  async round(): Promise<void> {
    await this.settled();
    await this.#node?.round();
  }

  settled(): Promise<void> {
    return this.#replacing;
  }

  onLeash(listener: LeashListener): void {
    this.#listeners.push(listener);
  }

  losePcs(loss: PcLoss): void {
    for (const listener of this.#pcListeners) listener(loss);
  }

  onPcLoss(listener: (loss: PcLoss) => void): void {
    this.#pcListeners.push(listener);
  }

  async person(roles: readonly Role[] = []): Promise<Person> {
    this.#people += 1;
    const careId = parseCareId(`5550${String(this.#people).padStart(8, "0")}`);
    if (careId === undefined) throw new Error("Not a care identity number.");
    const person: Person = {
      ...{ careId, title: "Dr", givenNames: "Maria", familyName: `Okafor-${this.#people}` },
      ...{ dateOfBirth: "1984-02-29", status: "open", organisationCode: "RX1" },
      ...{ email: undefined, phone: undefined, jobTitle: undefined },
    };
    await this.store.transaction(async ({ people }) => {
      await people.add(person);
      for (const role of roles)
        await people.assignRole({
          ...{ careId, role, organisationCode: "RX1", from: START, until: undefined },
        });
    });
    return person;
  }

  async end(): Promise<void> {
    await this.settled();
    await this.relay.close();
    await this.#node?.server.close();
    await Promise.all(this.#closing);
  }

  async #startNode(): Promise<void> {
    const { store } = this.#parts;
    let died = (): void => undefined;
    const death = new Promise<void>((resolve) => {
      died = resolve;
    });
    const mortal = mortalStore(store, {
      cut: (actions) => this.boundaries.pass("commit", actions.join(" ") || "read"),
      died: () => died(),
    });
    let round = async (): Promise<void> => undefined;
    const server = await startServer(this.config, {
      ...{
        store: mortal,
        secrets: this.#countingSecrets(),
        log: this.openLog(),
        assets: NO_ASSETS,
      },
      now: () => this.now(),
      every: (_milliseconds, run) => {
        round = run;
        return () => undefined;
      },
    });
    const node: Node = { server, store: mortal, round: () => round() };
    this.#node = node;
    this.relay.server = server.port;
    void death.then(() => {
      this.#replacing = this.#replace(node);
    });
  }

  openLog(): Logger {
    const { logTo } = this.#parts.wish;
    return logTo === undefined
      ? openLog(process.env["DRILL_LOG"] ?? "silent")
      : openLog("trace", { write: logTo });
  }

  #countingSecrets(): CardSecrets {
    const { secrets } = this;
    return {
      ...secrets,
      derivePuk: (of, index) => {
        this.#derived += 1;
        return secrets.derivePuk(of, index);
      },
    };
  }

  /** The dead node's connections break, and another one starts. */
  async #replace(dead: Node): Promise<void> {
    this.#node = undefined;
    this.relay.server = undefined;
    this.relay.breakAll();
    this.#closing.push(dead.server.close());
    await this.#startNode();
  }
}

/** Discard: nothing listens there. */
const NOBODY = 9;
