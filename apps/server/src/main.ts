import { once } from "node:events";
import { startServer } from "./app.ts";
import { type Config, ConfigError, readConfig } from "./config.ts";
import { openLog } from "./log.ts";
import { SecretsError } from "./secrets/errors.ts";
import { openKeyFile } from "./secrets/key-file.ts";
import { openDatabase } from "./sql/connection.ts";
import { DatabaseError } from "./sql/errors.ts";
import { openStore } from "./stores/index.ts";

/** Exit codes of the server's process. */
export const SERVER_EXIT = {
  ok: 0,
  failed: 1,
  settings: 2,
  environment: 3,
  databaseDied: 70,
} as const;

/**
 * Runs the server until SIGTERM or SIGINT: requests under way are finished, then everything is closed in turn. Gives
 * the exit code; says on standard error, in plain words, what was wrong.
 */
export async function runServer(env: NodeJS.ProcessEnv): Promise<number> {
  try {
    return await serve(readConfig(env));
  } catch (error) {
    if (error instanceof ConfigError) return complain(error.message, SERVER_EXIT.settings);
    if (error instanceof SecretsError || error instanceof DatabaseError || isFileProblem(error))
      return complain(error.message, SERVER_EXIT.environment);
    throw error;
  }
}

async function serve(config: Config): Promise<number> {
  const log = openLog(config.logLevel);
  const secrets = await openKeyFile(config.masterKeyFile);
  let tellDeath: (code: number) => void = () => undefined;
  const death = new Promise<number>((resolve) => {
    tellDeath = resolve;
  });
  const database = await openDatabase(
    config.databaseUrl === undefined
      ? { dataDir: `${config.dataDir}/db` }
      : { url: config.databaseUrl },
    {
      onDeath: (error) => {
        log.fatal({ code: error.code }, "database.died");
        tellDeath(SERVER_EXIT.databaseDied);
      },
      // Never the error whole: it carries the connection, and with it the password.
      onIdleError: (error) => log.warn({ message: error.message }, "database.idle_error"),
    },
  );
  const store = openStore(database);
  try {
    const server = await startServer(config, { store, secrets, log });
    const signal = new AbortController();
    const stopped = Promise.race([
      once(process, "SIGTERM", { signal: signal.signal }),
      once(process, "SIGINT", { signal: signal.signal }),
    ]).then(() => SERVER_EXIT.ok);
    const code = await Promise.race([stopped, death]);
    signal.abort();
    await server.close();
    return code;
  } finally {
    await store.close();
  }
}

function isFileProblem(error: unknown): error is Error {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function complain(message: string, code: number): number {
  process.stderr.write(`${message}\n`);
  return code;
}
