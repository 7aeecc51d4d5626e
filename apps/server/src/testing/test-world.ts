import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Writable } from "node:stream";
import {
  type AuditAction,
  type CardSecrets,
  type CareId,
  type Person,
  parseCareId,
  type Records,
  type Role,
  type Smartcard,
  type Store,
} from "@lanyard/identity";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, vi } from "vitest";
import { type RunningServer, type ServerParts, startServer } from "../app.ts";
import {
  type CertificateAuthority,
  createAuthority,
  openAuthority,
} from "../certificates/authority.ts";
import { type Config, readConfig } from "../config.ts";
import { openBus } from "../nodes/open-bus.ts";
import { SecretsError } from "../secrets/errors.ts";
import { createMasterKeyFile, openKeyFile } from "../secrets/key-file.ts";
import type { OpenDatabase } from "../sql/connection.ts";
import {
  freshEmbeddedDirectory,
  type Opened,
  openFreshEmbedded,
  openFreshPostgres,
} from "../sql/testing.ts";
import { openStore } from "../stores/index.ts";
import { type CardWish, found, makeCard, type TestCard } from "./test-card.ts";

/** A clock that stands until it is told to go. */
export interface Clock {
  now(): Date;
  advance(milliseconds: number): void;
}

/** One entry of the record, read back. */
export interface Entry {
  readonly action: AuditAction;
  readonly [field: string]: unknown;
}

/** A real server on a real embedded database, with a clock, a log and faults in the test's hand. */
export interface TestSite {
  readonly config: Config;
  readonly port: number;
  /** Everything logged since the start, one JSON line each. */
  readonly logged: string[];
  close(): Promise<void>;
}

export interface TestWorld {
  readonly clock: Clock;
  readonly database: OpenDatabase;
  readonly store: Store;
  readonly secrets: CardSecrets;
  /** Indices of the PUKs that were derived, in order. */
  readonly derived: number[];
  readonly authority: CertificateAuthority;
  /** Writing an audit entry of this action fails. */
  failAudit(action: AuditAction | undefined): void;
  /** Does `work` once, between two transactions: after the nth from now that asks what is open at a desk. */
  afterLook(nth: number, work: () => Promise<unknown>): void;
  /** The key store cannot be reached, until told otherwise. */
  loseSecrets(gone: boolean): void;
  start(
    settings?: Readonly<Record<string, string>>,
    parts?: Partial<Pick<ServerParts, "secrets" | "releases" | "logKey">>,
  ): Promise<TestSite>;
  person(change?: Partial<Person>, roles?: readonly Role[]): Promise<Person>;
  /** Issues a card and puts it on record. */
  card(careId: CareId, wish?: Partial<CardWish>): Promise<TestCard>;
  cardNow(card: TestCard): Promise<Smartcard>;
  /** Closes the account as another node would: in the database, telling nobody. */
  closeAccount(careId: CareId): Promise<void>;
  /** Gives a desk to an organisation, as if it had been enrolled there. */
  assignDesk(deskId: string, organisationCode: string): Promise<void>;
  record(): Promise<readonly Entry[]>;
  /** The server's next look over sessions and ceremonies; what comes of it is for the test to wait for. */
  round(): void;
}

const START = new Date("2026-03-02T09:00:00Z");
const YEAR_MS = 365 * 86_400_000;
export const ROUND_MS = 10_000;

/** One world for the tests of a file. Intervals run by hand; every other timer is real. */
export function worldForTests(kind: keyof typeof DATABASES = "embedded"): () => TestWorld {
  let world: (TestWorld & { close(): Promise<void> }) | undefined;
  beforeAll(async () => {
    world = await openWorld(await DATABASES[kind]());
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  }, 60_000);
  afterEach(() => world?.failAudit(undefined));
  afterAll(async () => {
    vi.useRealTimers();
    await world?.close();
  }, 60_000);
  return () => found(world);
}

/** A world with one server in it. */
export function siteForTests(
  settings: Readonly<Record<string, string>> = {},
): () => { readonly world: TestWorld; readonly site: TestSite } {
  const world = worldForTests();
  let site: TestSite | undefined;
  beforeAll(async () => {
    site = await world().start(settings);
  });
  afterAll(() => site?.close());
  return () => ({ world: world(), site: found(site) });
}

const DATABASES = { embedded: openFreshEmbedded, postgres: openFreshPostgres } as const;

async function openWorld({
  database,
  dispose,
}: Opened): Promise<TestWorld & { close(): Promise<void> }> {
  const files = await freshEmbeddedDirectory();
  const validity = { notBefore: yearsFromStart(-10), notAfter: yearsFromStart(20) };
  const authority = await openAuthority(await createAuthority("Tests", validity));
  await writeFile(join(files.directory, "trust.pem"), authority.trustPem);
  await createMasterKeyFile(join(files.directory, "master-keys.json"));
  const keys = await openKeyFile(join(files.directory, "master-keys.json"));
  const parts = { authority, keys, directory: files.directory };
  const world = new World(database, parts);
  await world.store.transaction(async ({ people }) => {
    await people.addOrganisation({ code: "RX1", name: "Trust", parentCode: undefined });
    await people.addOrganisation({ code: "A81", name: "Practice", parentCode: "RX1" });
    await people.addOrganisation({ code: "RX2", name: "Other trust", parentCode: undefined });
  });
  return Object.assign(world, {
    close: async () => {
      await dispose();
      files.remove();
    },
  });
}

function yearsFromStart(years: number): Date {
  return new Date(START.getTime() + years * YEAR_MS);
}

interface Parts {
  readonly authority: CertificateAuthority;
  readonly keys: CardSecrets;
  readonly directory: string;
}

class World implements TestWorld {
  readonly store: Store;
  readonly authority: CertificateAuthority;
  readonly derived: number[] = [];
  readonly secrets: CardSecrets;
  readonly clock: Clock;
  readonly database: OpenDatabase;
  readonly #directory: string;
  #now = START.getTime();
  #secretsGone = false;
  #failing: AuditAction | undefined;
  #looks = 0;
  #afterLook: (() => Promise<unknown>) | undefined;
  #count = 0;

  constructor(database: OpenDatabase, { authority, keys, directory }: Parts) {
    this.store = openStore(database);
    this.database = database;
    this.authority = authority;
    this.#directory = directory;
    this.clock = {
      now: () => new Date(this.#now),
      advance: (milliseconds) => {
        this.#now += milliseconds;
      },
    };
    this.secrets = {
      ...keys,
      get keyVersion() {
        return keys.keyVersion;
      },
      ready: async (versions) => {
        if (this.#secretsGone) throw new SecretsError("secrets/unavailable", "The token is gone.");
        await keys.ready(versions);
      },
      derivePuk: (of, index) => {
        this.derived.push(index);
        return keys.derivePuk(of, index);
      },
    };
  }

  failAudit(action: AuditAction | undefined): void {
    this.#failing = action;
  }

  afterLook(nth: number, work: () => Promise<unknown>): void {
    this.#looks = nth;
    this.#afterLook = work;
  }

  loseSecrets(gone: boolean): void {
    this.#secretsGone = gone;
  }

  async start(
    settings: Readonly<Record<string, string>> = {},
    parts: Partial<Pick<ServerParts, "secrets" | "releases" | "logKey">> = {},
  ): Promise<TestSite> {
    const config = readConfig({
      LANYARD_PORT: "0",
      LANYARD_DATA: this.#directory,
      LANYARD_OPEN_ENROLMENT: "on",
      LANYARD_SERVICE_DESK: "extension 4321",
      ...settings,
    });
    const logged: string[] = [];
    const sink = new Writable({
      write: (chunk, _, done) => {
        logged.push(String(chunk));
        done();
      },
    });
    const log = pino({ level: "debug", base: null }, sink);
    const bus = await openBus(this.database, log);
    const running: RunningServer = await startServer(config, {
      ...{ log, bus },
      store: this.#faulty(),
      secrets: this.secrets,
      now: () => this.clock.now(),
      assets: { hash: "tests", files: new Map() },
      ...parts,
    });
    const close = async (): Promise<void> => {
      await running.close();
      await bus.close();
    };
    return { config, port: running.port, logged, close };
  }

  async person(change: Partial<Person> = {}, roles: readonly Role[] = []): Promise<Person> {
    this.#count += 1;
    const careId = found(parseCareId(`5550${String(this.#count).padStart(8, "0")}`));
    const person: Person = {
      careId,
      title: "Dr",
      givenNames: "Maria",
      familyName: `Okafor-${this.#count}`,
      dateOfBirth: "1984-02-29",
      email: undefined,
      phone: undefined,
      jobTitle: undefined,
      status: "open",
      organisationCode: "RX1",
      ...change,
    };
    await this.store.transaction(async ({ people }) => {
      await people.add(person);
      for (const role of roles)
        await people.assignRole({
          careId,
          role,
          organisationCode: person.organisationCode,
          from: START,
          until: undefined,
        });
    });
    return person;
  }

  async card(careId: CareId, wish: Partial<CardWish> = {}): Promise<TestCard> {
    this.#count += 1;
    const serial = wish.serial ?? String(20_000_000 + this.#count);
    const card = await makeCard(this.authority, { careId, issuedAt: START, ...wish, serial });
    const seed = {
      seed: new Uint8Array(32).fill(this.#count),
      keyVersion: 1,
      keyVersionChanges: [],
    };
    await this.store.transaction(({ cards }) => cards.add(card.record, seed));
    return card;
  }

  async cardNow(card: TestCard): Promise<Smartcard> {
    return found(await this.store.transaction(({ cards }) => cards.find(card.record.serial)));
  }

  async closeAccount(careId: CareId): Promise<void> {
    const { db } = this.database;
    await db
      .updateTable("person")
      .set({ status: "closed" })
      .where("care_id", "=", careId)
      .execute();
  }

  async assignDesk(deskId: string, organisationCode: string): Promise<void> {
    const { db } = this.database;
    await db
      .updateTable("desk")
      .set({ organisation_code: organisationCode })
      .where("id", "=", deskId)
      .execute();
  }

  async record(): Promise<readonly Entry[]> {
    const all = await this.store.transaction(({ audit }) => audit.read(0, 100_000));
    return all.map(({ leaf }): Entry => JSON.parse(Buffer.from(leaf).toString("utf8")));
  }

  round(): void {
    vi.advanceTimersByTime(ROUND_MS);
  }

  /** The same store, except that the audit entry a test names cannot be written, and a test may step in between. */
  #faulty(): Store {
    const failing = (action: string): boolean => action === this.#failing;
    const withFault = (records: Records, looked: () => void): Records => ({
      ...records,
      ceremonies: {
        ...records.ceremonies,
        openAtDesk: (deskId) => {
          looked();
          return records.ceremonies.openAtDesk(deskId);
        },
      },
      audit: {
        ...records.audit,
        append: async (entry) => {
          if (failing(entry.keys.action)) throw new Error("The audit store is full.");
          await records.audit.append(entry);
        },
      },
    });
    return {
      transaction: async (work) => {
        let hasLooked = false;
        const looked = (): void => {
          hasLooked = true;
        };
        const result = await this.store.transaction((records) => work(withFault(records, looked)));
        if (hasLooked) await this.#stepIn();
        return result;
      },
      close: () => this.store.close(),
    };
  }

  async #stepIn(): Promise<void> {
    this.#looks -= 1;
    if (this.#looks !== 0) return;
    const work = this.#afterLook;
    this.#afterLook = undefined;
    await work?.();
  }
}
