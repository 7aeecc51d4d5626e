import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import {
  asUser,
  findPostgresBinaries,
  runOnce,
  SUPERUSER,
  serverUser,
  untilReady,
} from "./postgres.ts";

/** A primary that answers a commit only once its standby has it on disk, and that standby. */
export interface PostgresPair {
  /** Names both hosts; the one that is the primary is for the client to find. */
  readonly url: string;
  /** The primary and everything of it is gone, as when its machine loses power. */
  killPrimary(): void;
  /** The standby takes its place; nobody waits for a standby until there is one again. */
  promote(): Promise<void>;
  /** The machine that was killed comes back, empty, as the standby of the other. */
  rebuildStandby(): Promise<void>;
  stop(): Promise<void>;
}

interface Host {
  readonly directory: string;
  server: ChildProcess | undefined;
}

const BUDGET_MS = 30_000;

export async function startPostgresPair(): Promise<PostgresPair> {
  const pair = new Pair();
  try {
    await pair.start();
  } catch (error) {
    await pair.stop();
    throw error;
  }
  return pair;
}

class Pair implements PostgresPair {
  readonly #root = mkdtempSync(join(tmpdir(), "lanyard-pair-"));
  readonly #user = serverUser();
  readonly #binaries = findPostgresBinaries() ?? "";
  #primary: Host;
  #standby: Host;

  constructor() {
    this.#own(this.#root);
    const [first, second] = ["a", "b"].map((name): Host => {
      const directory = join(this.#root, name);
      mkdirSync(directory, { mode: 0o700 });
      this.#own(directory);
      return { directory, server: undefined };
    });
    if (first === undefined || second === undefined) throw new Error("Two hosts make a pair.");
    this.#primary = first;
    this.#standby = second;
  }

  get url(): string {
    const hosts = ["a", "b"].map((name) => join(this.#root, name)).join(",");
    return `postgresql://${SUPERUSER}@localhost/postgres?host=${hosts}`;
  }

  async start(): Promise<void> {
    this.#run("initdb", [
      ...["-D", join(this.#primary.directory, "data"), "-U", SUPERUSER, "--auth=trust"],
      ...["--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"],
    ]);
    await this.#boot(this.#primary);
    await this.rebuildStandby();
  }

  killPrimary(): void {
    const pid = this.#primary.server?.pid;
    if (pid === undefined) throw new Error("There is no primary.");
    process.kill(pid, "SIGSTOP");
    // Each backend is in a group of its own, and would otherwise finish what it is at.
    for (const child of [...childrenOf(pid), pid]) killQuietly(child);
    this.#primary.server = undefined;
  }

  async promote(): Promise<void> {
    this.#run("pg_ctl", ["promote", "-w", "-D", join(this.#standby.directory, "data")]);
    [this.#primary, this.#standby] = [this.#standby, this.#primary];
  }

  async rebuildStandby(): Promise<void> {
    const { directory } = this.#standby;
    const data = join(directory, "data");
    rmSync(data, { recursive: true, force: true });
    this.#run("pg_basebackup", [
      ...["-D", data, "-h", this.#primary.directory, "-U", SUPERUSER],
      ...["-R", "-X", "stream", "--checkpoint=fast", "--no-sync"],
    ]);
    await this.#boot(this.#standby);
    const primary = this.#urlOf(this.#primary);
    // Only now: until there is a standby, every commit would wait for one.
    await runOnce(primary, "alter system set synchronous_standby_names = '*'");
    await runOnce(primary, "select pg_reload_conf()");
    await untilSynchronous(primary);
  }

  async stop(): Promise<void> {
    for (const host of [this.#primary, this.#standby]) {
      const { server } = host;
      if (server === undefined) continue;
      const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
      // Immediate: a primary does not wait for a standby that stops as well.
      server.kill("SIGQUIT");
      await ended;
    }
    rmSync(this.#root, { recursive: true, force: true });
  }

  async #boot(host: Host): Promise<void> {
    const settings = [
      ...["listen_addresses=", `unix_socket_directories=${host.directory}`, "fsync=on"],
      ...["hot_standby=on", "wal_receiver_status_interval=1s"],
    ].flatMap((each) => ["-c", each]);
    const command = asUser(this.#user)(join(this.#binaries, "postgres"), [
      ...["-D", join(host.directory, "data")],
      ...settings,
    ]);
    host.server = spawn(...command, { stdio: ["ignore", "ignore", "pipe"], cwd: this.#root });
    await untilReady(host.server, this.#urlOf(host));
  }

  #urlOf({ directory }: Host): string {
    return `postgresql://${SUPERUSER}@localhost/postgres?host=${directory}`;
  }

  #run(program: string, args: string[]): void {
    const command = asUser(this.#user)(join(this.#binaries, program), args);
    execFileSync(...command, { stdio: "pipe", cwd: this.#root });
  }

  #own(path: string): void {
    if (this.#user !== undefined) chownSync(path, this.#user.uid, this.#user.gid);
  }
}

async function untilSynchronous(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const deadline = performance.now() + BUDGET_MS; performance.now() < deadline; ) {
      const { rowCount } = await client.query(
        "select 1 from pg_stat_replication where sync_state in ('sync', 'quorum')",
      );
      if (rowCount === 1) return;
      await delay(20);
    }
    throw new Error("The standby did not become synchronous.");
  } finally {
    await client.end();
  }
}

function childrenOf(pid: number): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^[0-9]+$/.test(name))
    .filter((name) => parentOf(name) === pid)
    .map(Number);
}

function parentOf(pid: string): number | undefined {
  try {
    const after = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1);
    return Number(after?.split(" ")[1]);
  } catch {
    return undefined;
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It was gone already.
  }
}
