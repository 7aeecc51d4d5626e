import type { Store } from "@lanyard/identity";
import { openDatabase, openStore } from "@lanyard/server";
import {
  failingEvents,
  freshEmbeddedDirectory,
} from "../../apps/server/src/sql/testing/embedded-template.ts";
import { findPostgresBinaries, startPostgres } from "../../e2e/harness/postgres.ts";

/** PostgreSQL where there is one, because it is quicker; the embedded database anywhere else. */
export async function openRecords(): Promise<{ readonly store: Store; close(): Promise<void> }> {
  if (findPostgresBinaries() === undefined || process.env["DRILL_DB"] === "embedded") {
    const made = await freshEmbeddedDirectory();
    const database = await openDatabase({ dataDir: made.directory }, failingEvents);
    const close = async (): Promise<void> => {
      await database.close();
      made.remove();
    };
    return { store: openStore(database), close };
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
  return { store: openStore(database), close };
}

/** Nothing here ever takes the database's own power away, so that its commits need not wait for the disk. */
const NO_WAIT = `&options=${encodeURIComponent("-c synchronous_commit=off")}`;
