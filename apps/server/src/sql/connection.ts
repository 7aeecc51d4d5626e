import { Kysely, PostgresDialect } from "kysely";
import type { Pool, PoolConfig } from "pg";
import { openEmbedded } from "./embedded/open-embedded.ts";
import { DatabaseError } from "./errors.ts";
import { GuardedPool } from "./guarded-pool.ts";
import { migrateToLatest } from "./migrations/index.ts";
import type { Database } from "./tables.ts";

/** Exactly one of the two: `url` for PostgreSQL 15 or later, `dataDir` for the embedded database. */
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
  const migrating = openPool({ connectionString: url, max: 1 }, events);
  await migrateAnd(() => migrating.db.destroy(), migrating.db);
  await migrating.db.destroy();
  const { pool, db } = openPool(
    {
      connectionString: url,
      max: POOL_SIZE,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      lock_timeout: STATEMENT_TIMEOUT_MS,
      idle_in_transaction_session_timeout: CONNECTION_TIMEOUT_MS,
      keepAlive: true,
    },
    events,
  );
  return { kind: "postgres", pool, db, close: once(() => db.destroy()) };
}

async function openInDirectory(dataDir: string, events: DatabaseEvents): Promise<OpenDatabase> {
  const embedded = await openEmbedded(dataDir, events);
  const { pool, db } = openPool({ ...EMBEDDED_POOL, stream: embedded.stream }, events);
  const close = once(async () => {
    await db.destroy();
    await embedded.close();
  });
  await migrateAnd(close, db);
  return { kind: "embedded", pool, db, close };
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
