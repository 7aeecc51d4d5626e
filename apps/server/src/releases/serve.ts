import { readFile } from "node:fs/promises";
import type { Store } from "@lanyard/identity";
import { sql } from "kysely";
import { openTrust } from "../certificates/trust.ts";
import type { Config } from "../config.ts";
import type { Logger } from "../log.ts";
import { openClock, refuseClockBehind } from "../nodes/clock.ts";
import { cardSecrets } from "../secrets/card-secrets.ts";
import { SecretsError } from "../secrets/errors.ts";
import { openMasterKeys } from "../secrets/open.ts";
import { type OpenDatabase, openDatabase } from "../sql/connection.ts";
import { openStore } from "../stores/index.ts";
import { ReleaseRate } from "./rate.ts";
import { createSealer } from "./sealer.ts";
import { serveReleases } from "./socket.ts";

const HEAR_MS = 10_000;

export interface RunningSecrets {
  readonly socket: string;
  close(): Promise<void>;
}

/**
 * The `secrets` role: holds the master keys, has its own connection to the database and its own trust file, and seals
 * what it has checked itself.
 *
 * Rejects with a `SecretsError` or a `DatabaseError`; `secrets/unavailable` also without PostgreSQL, for the embedded
 * database has room for one process.
 */
export async function startSecrets(config: Config, log: Logger): Promise<RunningSecrets> {
  const { secretsSocket, databaseUrl } = config;
  if (secretsSocket === undefined || databaseUrl === undefined)
    throw new SecretsError(
      "secrets/unavailable",
      "A secrets process needs LANYARD_SECRETS_SOCKET, where web nodes find it, and DATABASE_URL.",
    );
  const trust = openTrust(await readFile(config.trustFile, "utf8"));
  const keys = await openMasterKeys(config);
  const database = await openDatabase(
    { url: databaseUrl },
    {
      onDeath: (error) => log.fatal({ code: error.code }, "database.died"),
      onIdleError: (error) => log.warn({ message: error.message }, "database.idle_error"),
    },
  );
  const store = openStore(database);
  const secrets = cardSecrets(keys);
  const rate = new ReleaseRate(config.releases);
  const { now, stop } = await followClock(database, store, log);
  const sealer = createSealer({ store, secrets, trust, config, log, now, rate });
  const serving = await serveReleases(secretsSocket, { sealer, secrets, log });
  log.info("secrets.started");
  const close = async () => {
    stop();
    await serving.close();
    await store.close();
    await keys.close();
  };
  return { socket: secretsSocket, close };
}

/** The time that the web nodes go by: the database's, heard now and then, and never going back. */
async function followClock(
  { db }: OpenDatabase,
  store: Store,
  log: Logger,
): Promise<{ now(): Date; stop(): void }> {
  const clock = openClock({ log, monotonicMs: () => performance.now(), ownMs: Date.now });
  const hear = async () => {
    const { rows } = await sql<{ at: Date }>`select clock_timestamp() as at`.execute(db);
    for (const { at } of rows) clock.hear(at);
  };
  await hear();
  await refuseClockBehind(store, clock);
  const failed = () => log.warn("clock.not_heard");
  const timer = setInterval(() => void hear().catch(failed), HEAR_MS);
  return { now: clock.now, stop: () => clearInterval(timer) };
}
