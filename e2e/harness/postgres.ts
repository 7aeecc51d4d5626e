import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";

export interface PostgresCluster {
  /** Of its first process; what works for clients are that one's children. */
  readonly pid: number;
  /** Of a database of this name, which need not exist yet; `postgres` always does. */
  url(database: string): string;
  /** Runs one statement as the cluster's superuser in database `postgres`. */
  run(statement: string): Promise<void>;
  /** Stops the server without waiting for clients, and removes its files. Stopping twice is fine. */
  stop(): Promise<void>;
}

const DEBIAN_VERSIONS = "/usr/lib/postgresql";
export const SUPERUSER = "postgres";
const START_BUDGET_MS = 30_000;

/** The newest PostgreSQL of this machine, or undefined when Debian's packages are not installed. */
export function findPostgresBinaries(): string | undefined {
  if (!existsSync(DEBIAN_VERSIONS)) return undefined;
  return readdirSync(DEBIAN_VERSIONS)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(DEBIAN_VERSIONS, version, "bin"))
    .find(
      (binaries) => existsSync(join(binaries, "initdb")) && existsSync(join(binaries, "postgres")),
    );
}

/**
 * Starts a PostgreSQL of our own in a new directory, on a Unix socket nobody else can reach.
 *
 * Commits reach the disk as in production. As root it runs as the user `postgres`, for PostgreSQL
 * refuses root. It ends with the thread that started it, also when that is killed.
 */
export async function startPostgres(): Promise<PostgresCluster> {
  const binaries = findPostgresBinaries();
  if (binaries === undefined)
    throw new Error("PostgreSQL is not installed: apt install postgresql");
  const root = mkdtempSync(join(tmpdir(), "lanyard-pg-"));
  const user = serverUser();
  if (user !== undefined) chownSync(root, user.uid, user.gid);
  const run = asUser(user);
  const files = join(root, "data");
  execFileSync(
    ...run(join(binaries, "initdb"), [
      ...["-D", files, "-U", SUPERUSER, "--auth=trust", "--no-sync"],
      ...["--encoding=UTF8", "--locale=C.UTF-8"],
    ]),
    { stdio: "pipe", cwd: root },
  );
  const settings = ["listen_addresses=", `unix_socket_directories=${root}`, "fsync=on"];
  const server = spawn(
    ...run(join(binaries, "postgres"), ["-D", files, ...settings.flatMap((each) => ["-c", each])]),
    { stdio: ["ignore", "ignore", "pipe"], cwd: root },
  );
  const stop = stopper(server, root);
  const url = (database: string) => `postgresql://${SUPERUSER}@localhost/${database}?host=${root}`;
  await untilReady(server, url("postgres")).catch(async (error) => {
    await stop();
    throw error;
  });
  return {
    pid: server.pid ?? 0,
    url,
    stop,
    run: (statement) => runOnce(url("postgres"), statement),
  };
}

export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

export function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

export type Invocation = [program: string, args: string[]];

/** Through setpriv, which gives up root where there is root, and asks for an interrupt when we die. */
export function asUser(
  user: ServerUser | undefined,
): (program: string, args: string[]) => Invocation {
  const identity =
    user === undefined ? [] : [`--reuid=${user.uid}`, `--regid=${user.gid}`, "--clear-groups"];
  return (program, args) => ["setpriv", [...identity, "--pdeathsig=INT", program, ...args]];
}

export async function untilReady(server: ChildProcess, url: string): Promise<void> {
  let complaints = "";
  server.stderr?.on("data", (text: Buffer) => {
    complaints = `${complaints}${text}`.slice(-2_000);
  });
  const deadline = performance.now() + START_BUDGET_MS;
  for (;;) {
    try {
      return await runOnce(url, "select 1");
    } catch (cause) {
      const hasEnded = server.exitCode !== null || server.signalCode !== null;
      if (hasEnded || performance.now() > deadline)
        throw new Error(`PostgreSQL did not start: ${complaints}`, { cause });
      await delay(20);
    }
  }
}

export async function runOnce(connectionString: string, statement: string): Promise<void> {
  const client = new Client({ connectionString });
  try {
    await client.connect();
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Interrupt is PostgreSQL's fast shutdown: clients are sent away, nothing is lost. */
function stopper(server: ChildProcess, root: string): () => Promise<void> {
  const ended = new Promise<void>((resolve) => {
    server.once("exit", () => resolve());
  });
  return async () => {
    server.kill("SIGINT");
    await ended;
    rmSync(root, { recursive: true, force: true });
  };
}
