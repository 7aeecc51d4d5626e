import { type Kysely, type Migration, Migrator } from "kysely";
import { DatabaseError } from "../errors.ts";
import { foundations } from "./2026-11-24-0001-foundations.ts";
import { auditLog } from "./2026-11-24-0002-audit-log.ts";
import { keyVersions } from "./2026-11-24-0003-key-versions.ts";
import { desks } from "./2026-11-24-0004-desks.ts";
import { outbox } from "./2026-11-24-0005-outbox.ts";
import { nodes } from "./2026-11-24-0006-nodes.ts";
import { ceremoniesOfAnyKind } from "./2026-11-24-0007-ceremonies-of-any-kind.ts";
import { rotations } from "./2026-11-24-0008-rotations.ts";

/**
 * Every migration by name, oldest first, imported by hand so that nothing is read from disk at run time.
 * The name is the file's (`2026-11-24-0001-people`), and once released neither it nor its content changes.
 */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  "2026-11-24-0001-foundations": foundations,
  "2026-11-24-0002-audit-log": auditLog,
  "2026-11-24-0003-key-versions": keyVersions,
  "2026-11-24-0004-desks": desks,
  "2026-11-24-0005-outbox": outbox,
  "2026-11-24-0006-nodes": nodes,
  "2026-11-24-0007-ceremonies-of-any-kind": ceremoniesOfAnyKind,
  "2026-11-24-0008-rotations": rotations,
};

/**
 * Runs what has not been run yet, all in one transaction, and returns the names of what it ran.
 *
 * Safe to call from several nodes at once: a lock in the database lets one work and the others wait.
 *
 * @throws {DatabaseError} `database/migration_failed`, with nothing changed
 */
export async function migrateToLatest<Schema>(
  db: Kysely<Schema>,
  migrations: Readonly<Record<string, Migration>> = MIGRATIONS,
): Promise<readonly string[]> {
  const provider = { getMigrations: async () => ({ ...migrations }) };
  const { error, results = [] } = await new Migrator({ db, provider }).migrateToLatest();
  if (error === undefined) return results.map(({ migrationName }) => migrationName);
  const failed = results.find(({ status }) => status === "Error")?.migrationName;
  throw new DatabaseError(
    "database/migration_failed",
    failed === undefined
      ? "The schema could not be brought up to date."
      : `Migration ${failed} failed; the schema is as it was.`,
    { cause: error },
  );
}
