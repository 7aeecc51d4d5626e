import { rmSync } from "node:fs";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { DatabaseError, type DatabaseErrorCode } from "../errors.ts";
import { DurableFilesystem } from "./durable-filesystem.ts";
import { isSettled, settle } from "./settled.ts";

/**
 * PGlite's own arguments without `-F` (no fsync), and small, for it serves one session at a time. Only
 * PostgreSQL's last words are logged: an ordinary error's line would name a row's values.
 */
function startParams(): string[] {
  const settings = [
    "fsync=on",
    "wal_sync_method=fsync",
    "shared_buffers=32MB",
    "log_min_messages=fatal",
    "log_min_error_statement=panic",
  ];
  return [
    ...PGlite.defaultStartParams.filter((parameter) => parameter !== "-F"),
    ...settings.flatMap((setting) => ["-c", setting]),
  ];
}

/** PostgreSQL's words for "I cannot go on", and emscripten's. PGlite would go on, or spin. */
const GIVES_UP = /^(?:PANIC:|Aborted\()/;

/**
 * Opens (or makes) the PostgreSQL files below `directory`, which must be locked by the caller, and
 * proves that a commit reaches the disk. `onFailure` is for what happens later: it must end the thread.
 *
 * @throws {DatabaseError} `database/start_failed` | `database/not_durable`
 */
export async function openEngine(
  directory: string,
  onFailure: (error: unknown) => never,
): Promise<PGlite> {
  const files = join(directory, "pg");
  // Left empty by a kill at start-up it makes every later start fail; our lock is what guards the files.
  rmSync(join(files, "postmaster.pid"), { force: true });
  const filesystem = new DurableFilesystem(files, onFailure);
  const db = await startPostgres(filesystem, onFailure);
  await proveDurable(db, filesystem);
  if (!isSettled(directory)) {
    await db.exec("checkpoint");
    settle(directory);
  }
  return db;
}

async function startPostgres(
  filesystem: DurableFilesystem,
  onFailure: (error: unknown) => never,
): Promise<PGlite> {
  let lastWords = "no reason given";
  let code: DatabaseErrorCode = "database/start_failed";
  const onStderr = (line: string): boolean => {
    if (GIVES_UP.test(line))
      onFailure(new DatabaseError(code, `The embedded database stopped: ${line}`));
    if (line.startsWith("FATAL:")) lastWords = line;
    return false;
  };
  try {
    const db = await PGlite.create({ fs: filesystem, startParams: startParams(), onStderr });
    code = "database/worker_died";
    return db;
  } catch (cause) {
    const message = `The embedded database did not start: ${lastWords}`;
    throw new DatabaseError("database/start_failed", message, { cause });
  }
}

/** The fsync hook is not documented: a version of PGlite that lost it must not start, or commits would be lies. */
async function proveDurable(db: PGlite, filesystem: DurableFilesystem): Promise<void> {
  const before = filesystem.syncs;
  await db.exec(
    "create table if not exists lanyard_fsync_probe (); drop table lanyard_fsync_probe",
  );
  const { rows } = await db.query<{ fsync: string; method: string }>(
    "select current_setting('fsync') as fsync, current_setting('wal_sync_method') as method",
  );
  const [settings] = rows;
  if (settings?.fsync === "on" && settings.method === "fsync" && filesystem.syncs > before) return;
  throw new DatabaseError(
    "database/not_durable",
    "The embedded database would acknowledge commits before they are on disk.",
  );
}
