import type { PukRegisters, Store } from "@lanyard/identity";
import { type OpenDatabase, openDatabase, openStore } from "@lanyard/server";
import { sql } from "kysely";
import {
  failingEvents,
  freshEmbeddedDirectory,
} from "../../apps/server/src/sql/testing/embedded-template.ts";
import { findPostgresBinaries, startPostgres } from "../../e2e/harness/postgres.ts";

export interface DrillRecords {
  readonly store: Store;
  /** What no store can do: the registers fall, as after a fail-over or from an old backup. */
  rewind(serial: string, registers: PukRegisters): Promise<void>;
  /** Every row of every table, in words. */
  everyRow(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** PostgreSQL where there is one, because it is quicker; the embedded database anywhere else. */
export async function openRecords(): Promise<DrillRecords> {
  if (findPostgresBinaries() === undefined || process.env["DRILL_DB"] === "embedded") {
    const made = await freshEmbeddedDirectory();
    const database = await openDatabase({ dataDir: made.directory }, failingEvents);
    const close = async (): Promise<void> => {
      await database.close();
      made.remove();
    };
    return {
      store: openStore(database),
      rewind: rewinding(database),
      everyRow: reading(database),
      close,
    };
  }
  const cluster = await startPostgres();
  const database = await openDatabase(
    { url: `${cluster.url("postgres")}${NO_WAIT}` },
    failingEvents,
  );
  const close = async (): Promise<void> => {
    await database.close();
    await cluster.stop();
  };
  return {
    store: openStore(database),
    rewind: rewinding(database),
    everyRow: reading(database),
    close,
  };
}

export function rewinding({ db }: OpenDatabase): DrillRecords["rewind"] {
  return async (serial, { n, hi, refused, tried, triesLeft, frozen, exposed }) => {
    await db
      .updateTable("smartcard")
      .set({
        ...{ puk_n: n, puk_hi: hi, puk_refused: refused ?? null, puk_tried: tried ?? null },
        ...{ puk_tries_left: triesLeft, puk_frozen: frozen, puk_exposed: exposed },
      })
      .where("serial", "=", serial)
      .execute();
  };
}

export function reading({ db }: OpenDatabase): DrillRecords["everyRow"] {
  return async () => {
    const tables = await sql<{
      name: string;
    }>`select tablename as name from pg_tables where schemaname = 'public'`.execute(db);
    const rows = await Promise.all(
      tables.rows.map(({ name }) =>
        sql<{ row: string }>`select row_to_json(t)::text as row from ${sql.table(name)} t`.execute(
          db,
        ),
      ),
    );
    return rows.flatMap((result) => result.rows.map(({ row }) => row));
  };
}

/** Nothing here ever takes the database's own power away, so that its commits need not wait for the disk. */
const NO_WAIT = `&options=${encodeURIComponent("-c synchronous_commit=off")}`;
