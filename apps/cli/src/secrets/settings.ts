import type { Store } from "@lanyard/identity";
import {
  type Config,
  ConfigError,
  DatabaseError,
  openDatabase,
  openStore,
  readConfig,
  SecretsError,
} from "@lanyard/server";
import type { CommandRun } from "../command.ts";
import { CliError } from "../errors.ts";

/** What these commands work on: the server's own settings, and its database. */
export interface KeyRoom {
  readonly config: Config;
  readonly store: Store;
}

/**
 * Opens the database that the server's settings name, runs the work, and closes it. With the embedded database the
 * server must be stopped meanwhile; PostgreSQL lets both at it.
 *
 * @throws {CliError} `cli/usage` | `cli/environment`, with what to do about it
 */
export async function inKeyRoom(
  { env }: CommandRun,
  work: (room: KeyRoom) => Promise<number>,
): Promise<number> {
  try {
    const config = readConfig(env);
    const { databaseUrl: url, dataDir } = config;
    const where = url === undefined ? { dataDir: `${dataDir}/db` } : { url };
    const store = openStore(await openDatabase(where, { onDeath: fail, onIdleError: fail }));
    try {
      return await work({ config, store });
    } finally {
      await store.close();
    }
  } catch (error) {
    if (error instanceof ConfigError)
      throw new CliError("cli/usage", error.message, { cause: error });
    if (error instanceof SecretsError || error instanceof DatabaseError)
      throw new CliError("cli/environment", error.message, { cause: error });
    throw error;
  }
}

function fail(error: Error): void {
  throw error;
}
