import { AssetsError } from "@lanyard/pages/node";
import { startServer } from "./app.ts";
import { AuditError } from "./audit/errors.ts";
import { openLogKeyFile } from "./audit/log-key.ts";
import { type Config, ConfigError, readConfig } from "./config.ts";
import { openLog } from "./log.ts";
import { openBus } from "./nodes/open-bus.ts";
import { openPost } from "./notices/open-post.ts";
import { startSecrets } from "./releases/serve.ts";
import { SecretsError } from "./secrets/errors.ts";
import { openSecrets } from "./secrets/open.ts";
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

/** What the server needs of the process it runs in. */
export interface ServerProcess {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted when the server is to stop: a signal, usually. */
  readonly stop: AbortSignal;
  /** One sentence for the person who started it. */
  tell(text: string): void;
}

/**
 * Runs the server until it is told to stop: requests under way are finished, then everything is closed in turn. Gives
 * the exit code; what was wrong at start is told in plain words.
 */
export async function runServer(running: ServerProcess): Promise<number> {
  return explaining(running, (config) => serve(config, running));
}

/** Runs the process that holds the master keys, and nothing else, until it is told to stop. Gives the exit code. */
export async function runSecrets(running: ServerProcess): Promise<number> {
  return explaining(running, async (config) => {
    const secrets = await startSecrets(config, openLog(config.logLevel));
    running.tell(`Releases are sealed at ${secrets.socket}`);
    await aborted(running.stop);
    await secrets.close();
    return SERVER_EXIT.ok;
  });
}

async function explaining(
  running: ServerProcess,
  run: (config: Config) => Promise<number>,
): Promise<number> {
  try {
    return await run(readConfig(running.env));
  } catch (error) {
    if (!isExplained(error)) throw error;
    running.tell(error.message);
    return error instanceof ConfigError ? SERVER_EXIT.settings : SERVER_EXIT.environment;
  }
}

async function serve(config: Config, running: ServerProcess): Promise<number> {
  const log = openLog(config.logLevel);
  const { keys, ...secrets } = await openSecrets(config);
  const logKey = await openLogKeyFile(config.auditKeyFile);
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
  const bus = await openBus(database, log);
  try {
    const post = await openPost(config);
    const server = await startServer(config, {
      store,
      ...secrets,
      logKey,
      log,
      bus,
      ...(post && { post }),
    });
    running.tell(`Lanyard is running: ${server.origin}/`);
    const stopped = aborted(running.stop).then(() => SERVER_EXIT.ok);
    const code = await Promise.race([stopped, death]);
    await server.close();
    return code;
  } finally {
    await bus.close();
    await store.close();
    await keys?.close();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Mistakes of whoever set the server up: their message says what to do. */
function isExplained(error: unknown): error is Error {
  if (error instanceof ConfigError || error instanceof SecretsError) return true;
  if (error instanceof AuditError) return true;
  if (error instanceof DatabaseError || error instanceof AssetsError) return true;
  return error instanceof Error && "code" in error && EXPLAINED.has(error.code);
}

/** A trust file that is not there; an address that is taken or not ours. */
const EXPLAINED: ReadonlySet<unknown> = new Set([
  "ENOENT",
  "EADDRINUSE",
  "EADDRNOTAVAIL",
  "EACCES",
]);
