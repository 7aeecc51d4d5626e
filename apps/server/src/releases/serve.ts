import { readFile } from "node:fs/promises";
import { openTrust } from "../certificates/trust.ts";
import type { Config } from "../config.ts";
import type { Logger } from "../log.ts";
import { cardSecrets } from "../secrets/card-secrets.ts";
import { SecretsError } from "../secrets/errors.ts";
import { openMasterKeys } from "../secrets/open.ts";
import { openDatabase } from "../sql/connection.ts";
import { openStore } from "../stores/index.ts";
import { ReleaseRate } from "./rate.ts";
import { createSealer } from "./sealer.ts";
import { serveReleases } from "./socket.ts";

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
  const now = () => new Date();
  const sealer = createSealer({ store, secrets, trust, config, log, now, rate });
  const serving = await serveReleases(secretsSocket, { sealer, secrets, log });
  log.info("secrets.started");
  const close = async () => {
    await serving.close();
    await store.close();
    await keys.close();
  };
  return { socket: secretsSocket, close };
}
