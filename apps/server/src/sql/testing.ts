import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { findPostgresBinaries, startPostgres } from "../../../../e2e/harness/postgres.ts";
import { type OpenDatabase, openDatabase } from "./connection.ts";
import { failingEvents, freshEmbeddedDirectory } from "./testing/embedded-template.ts";

const OPEN_BUDGET_MS = 60_000;

export { failingEvents, freshEmbeddedDirectory };

/**
 * Runs the same tests on the embedded database and on a real PostgreSQL. Each starts migrated and empty in
 * every test file, and is emptied after every test.
 *
 * Where PostgreSQL is not installed its half is reported as skipped, by name; under CI it fails instead.
 */
export function describeEachDatabase(
  name: string,
  body: (database: () => OpenDatabase) => void,
): void {
  describe(`${name} on embedded`, () => body(openForTests(openFreshEmbedded)));
  describeOnPostgres(name, () => body(openForTests(openFreshPostgres)));
}

/** Tests that need a real PostgreSQL. Where it is not installed they are reported as skipped, by name; under CI they fail. */
export function describeOnPostgres(name: string, body: () => void): void {
  if (findPostgresBinaries() !== undefined) describe(`${name} on postgres`, body);
  else if (!isContinuousIntegration())
    test.skip(`${name} on postgres (skipped: PostgreSQL is not installed)`, () => {});
  else test(`${name} on postgres`, () => expect.unreachable("PostgreSQL must be installed in CI."));
}

/** Continuous integration skips nothing. */
function isContinuousIntegration(): boolean {
  const { CI } = process.env;
  return CI !== undefined && CI !== "";
}

/** A database of one test file. */
export interface Opened {
  readonly database: OpenDatabase;
  dispose(): Promise<void>;
}

function openForTests(open: () => Promise<Opened>): () => OpenDatabase {
  let opened: Opened | undefined;
  beforeAll(async () => {
    opened = await open();
  }, OPEN_BUDGET_MS);
  afterEach(async () => {
    if (opened !== undefined) await emptyEveryTable(opened.database);
  });
  afterAll(() => opened?.dispose(), OPEN_BUDGET_MS);
  return () => {
    if (opened === undefined) throw new Error("The database is open only while tests run.");
    return opened.database;
  };
}

/** A new embedded database. */
export async function openFreshEmbedded(): Promise<Opened> {
  const { directory, remove } = await freshEmbeddedDirectory();
  const database = await openDatabase({ dataDir: directory }, failingEvents);
  return {
    database,
    dispose: async () => {
      await database.close();
      remove();
    },
  };
}

/** A new PostgreSQL of its own, ended with the test file. */
export async function openFreshPostgres(): Promise<Opened> {
  const cluster = await startPostgres();
  const database = await openDatabase({ url: cluster.url("postgres") }, failingEvents);
  return {
    database,
    dispose: async () => {
      await database.close();
      await cluster.stop();
    },
  };
}

/** Triggers that keep tables append-only do not hold here: the role is a replica's for this one transaction. */
async function emptyEveryTable({ db }: OpenDatabase): Promise<void> {
  const { rows } = await sql<{ list: string | null }>`
    select string_agg(format('%I.%I', schemaname, tablename), ', ') as list
    from pg_tables where schemaname = 'public' and tablename not like 'kysely\\_%'`.execute(db);
  const list = rows[0]?.list;
  if (list === null || list === undefined) return;
  await db.transaction().execute(async (opened) => {
    await sql`set local session_replication_role = replica`.execute(opened);
    await sql`truncate ${sql.raw(list)} restart identity cascade`.execute(opened);
  });
}
