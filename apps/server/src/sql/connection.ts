import { Kysely, PostgresDialect } from "kysely";
import type { Client, Pool, PoolConfig } from "pg";
import { openEmbedded } from "./embedded/open-embedded.ts";
import { DatabaseError } from "./errors.ts";
import { GuardedPool } from "./guarded-pool.ts";
import { type Hosts, openHosts } from "./hosts.ts";
import { migrateToLatest } from "./migrations/index.ts";
import type { Database } from "./tables.ts";

/**
 * Exactly one of the two: `url` for PostgreSQL 15 or later, `dataDir` for the embedded database. A URL may name several
 * hosts, of which one is the primary.
 */
export interface DatabaseConfig {
  readonly url?: string;
  readonly dataDir?: string;
}

export interface DatabaseEvents {
  /** The embedded database died while open: nothing works any more, end the process. */
  readonly onDeath: (error: DatabaseError) => void;
  /** A connection broke while nobody was using it, as when PostgreSQL restarts. The pool opens another. */
  readonly onIdleError: (error: Error) => void;
}

export interface OpenDatabase {
  readonly kind: "embedded" | "postgres";
  readonly pool: Pool;
  readonly db: Kysely<Database>;
  /** A connection of one's own; who asked for it ends it. The embedded database has none to give. */
  readonly dial: (() => Promise<Client>) | undefined;
  /** Waits for statements under way. Closing twice is fine. */
  close(): Promise<void>;
}

/** A statement that takes longer is a fault: none of ours should take a tenth of it. */
const STATEMENT_TIMEOUT_MS = 10_000;
/** What a request waits for a free connection before it is refused. */
const CONNECTION_TIMEOUT_MS = 15_000;
/** Per node: a few nodes stay well below PostgreSQL's default of 100 connections. */
const POOL_SIZE = 10;

/**
 * Opens the database and brings its schema up to date.
 *
 * Both kinds give the same driver, types and errors. Nodes that start at once on one PostgreSQL wait
 * for each other. The embedded database ignores statement timeouts.
 *
 * @throws {DatabaseError} `database/config_invalid` | `database/migration_failed` | `database/in_use` |
 *   `database/start_failed` | `database/not_durable`
 */
export async function openDatabase(
  config: DatabaseConfig,
  events: DatabaseEvents,
): Promise<OpenDatabase> {
  const { url, dataDir } = config;
  if (url !== undefined && dataDir === undefined) return openPostgres(url, events);
  if (dataDir !== undefined && url === undefined) return openInDirectory(dataDir, events);
  throw new DatabaseError(
    "database/config_invalid",
    "Say either where PostgreSQL is or where to keep the embedded database.",
  );
}

async function openPostgres(url: string, events: DatabaseEvents): Promise<OpenDatabase> {
  // Migrating has its own connection, without the timeouts: it may be slow, and waits for other nodes.
  const hosts = openHosts(url);
  // Finds out which of them is the primary.
  await (await hosts.dial()).end();
  const migrating = openPool({ ...DURABLE, ...hosts, max: 1 }, events);
  await checkDurable(migrating);
  await migrateAnd(() => migrating.db.destroy(), migrating.db);
  await migrating.db.destroy();
  const { pool, db } = openPool(
    {
      ...DURABLE,
      ...hosts,
      max: POOL_SIZE,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      lock_timeout: STATEMENT_TIMEOUT_MS,
      idle_in_transaction_session_timeout: CONNECTION_TIMEOUT_MS,
      keepAlive: true,
    },
    events,
  );
  return {
    kind: "postgres",
    pool,
    db,
    dial: dialler(hosts),
    close: once(() => closePool(pool, db)),
  };
}

/** Whatever the role or the database was set to: a commit is answered only when it is where it must be. */
const DURABLE = { options: "-c synchronous_commit=on" } as const;

/**
 * A PostgreSQL that does not write through loses what it has acknowledged, registers of PUKs among it.
 *
 * @throws {DatabaseError} `database/not_durable`
 */
async function checkDurable({
  pool,
  db,
}: {
  readonly pool: Pool;
  readonly db: Kysely<Database>;
}): Promise<void> {
  const setting = "current_setting('fsync') = 'on' and current_setting('full_page_writes') = 'on'";
  const { rows } = await pool.query<{ durable: boolean }>(`select ${setting} as durable`);
  if (rows[0]?.durable === true) return;
  await closePool(pool, db);
  throw new DatabaseError(
    "database/not_durable",
    "PostgreSQL runs with fsync or full_page_writes off: what it has acknowledged could be lost. Turn both on.",
  );
}

/** Kysely ends a pool that it has used, and only then. */
async function closePool(pool: Pool, db: Kysely<Database>): Promise<void> {
  await db.destroy();
  if (!pool.ending) await pool.end();
}

function dialler(hosts: Hosts): () => Promise<Client> {
  return () => hosts.dial({ keepAlive: true, application_name: "lanyard nodes" });
}

async function openInDirectory(dataDir: string, events: DatabaseEvents): Promise<OpenDatabase> {
  const embedded = await openEmbedded(dataDir, events);
  const { pool, db } = openPool({ ...EMBEDDED_POOL, stream: embedded.stream }, events);
  const close = once(async () => {
    await db.destroy();
    await embedded.close();
  });
  await migrateAnd(close, db);
  return { kind: "embedded", pool, db, dial: undefined, close };
}

/** One connection, kept: there is one session behind it. The user is PGlite's only one. */
const EMBEDDED_POOL = { max: 1, idleTimeoutMillis: 0, user: "postgres", database: "postgres" };

function openPool(
  config: PoolConfig,
  events: DatabaseEvents,
): { readonly pool: Pool; readonly db: Kysely<Database> } {
  const pool = new GuardedPool({ connectionTimeoutMillis: CONNECTION_TIMEOUT_MS, ...config });
  pool.on("error", (error) => {
    // While the pool ends, its connections are on their way out and may be cut off.
    if (!pool.ending) events.onIdleError(error);
  });
  return { pool, db: new Kysely<Database>({ dialect: new PostgresDialect({ pool }) }) };
}

/** Migrates; when that fails, closes what was opened for it. */
async function migrateAnd(close: () => Promise<void>, db: Kysely<Database>): Promise<void> {
  try {
    await migrateToLatest(db);
  } catch (error) {
    await close();
    throw error;
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}
