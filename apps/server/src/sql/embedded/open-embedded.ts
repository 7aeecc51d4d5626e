import { chmodSync, mkdirSync } from "node:fs";
import { resolve } from "node:path";
import type { Duplex } from "node:stream";
import { MessageChannel, Worker } from "node:worker_threads";
import { DatabaseError } from "../errors.ts";
import { takeDirectoryLock } from "./directory-lock.ts";
import type { HousekeepingTimes } from "./housekeeping.ts";
import { isSettled } from "./settled.ts";
import type { WorkerReport, WorkerRequest, WorkerSettings } from "./worker-messages.ts";
import { WorkerSocket } from "./worker-socket.ts";

export interface EmbeddedDatabase {
  /** For `pg.Pool({ stream })`: a new connection to the database. */
  readonly stream: () => Duplex;
  /**
   * Waits for the statement under way, writes everything down and gives the directory back. End pools first.
   *
   * @throws {DatabaseError} `database/worker_died` if it died doing so; what was committed is safe
   */
  close(): Promise<void>;
}

export interface EmbeddedOptions extends Partial<HousekeepingTimes> {
  /** Called once if the database dies while open. Nothing can be read or written after it: end the process. */
  readonly onDeath: (error: DatabaseError) => void;
}

/**
 * Opens the database in `directory`, making it at the first call (seconds; later opens take a third of one).
 *
 * Every acknowledged commit is on disk. One process at a time; the directory is made private (0700),
 * because PGlite's files are readable by all.
 *
 * @throws {DatabaseError} `database/in_use` | `database/start_failed` | `database/not_durable`
 */
export async function openEmbedded(
  directory: string,
  options: EmbeddedOptions,
): Promise<EmbeddedDatabase> {
  const path = resolve(directory);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
  const unlock = takeDirectoryLock(path);
  const { checkpointMs = 30_000, vacuumMs = 600_000 } = options;
  const settings: WorkerSettings = { directory: path, checkpointMs, vacuumMs };
  const { worker, death } = await startOnLock(settings, unlock);
  let isClosing = false;
  let isDead = false;
  death.then((error) => {
    isDead = true;
    unlock();
    if (!isClosing) options.onDeath(error ?? died({}));
  }, options.onDeath);
  return {
    stream: () => connect(worker),
    close: async () => {
      if (isDead) return;
      if (!isClosing) send(worker, { kind: "close" });
      isClosing = true;
      const error = await death;
      if (error !== undefined) throw error;
    },
  };
}

interface LivingWorker {
  readonly worker: Worker;
  /** Settles when the worker has ended: with the best reason known, or nothing if it was asked to. */
  readonly death: Promise<DatabaseError | undefined>;
}

async function startOnLock(settings: WorkerSettings, unlock: () => void): Promise<LivingWorker> {
  try {
    if (!isSettled(settings.directory)) await makeDatabase(settings);
    return await startWorker(settings);
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Making a database takes three times the memory of using it, and a thread gives it back only by ending. */
async function makeDatabase(settings: WorkerSettings): Promise<void> {
  const { worker, death } = await startWorker(settings);
  send(worker, { kind: "close" });
  const error = await death;
  if (error !== undefined) throw error;
}

async function startWorker(settings: WorkerSettings): Promise<LivingWorker> {
  const worker = loadWorker(settings);
  const death = deathOf(worker);
  const outcome = await Promise.race([readinessOf(worker), death]);
  if (outcome !== "ready") throw outcome ?? died({});
  return { worker, death };
}

/**
 * Built, the worker is JavaScript beside us. From source (tests, tsx) it is TypeScript, which a worker of
 * Node 20 cannot load and no loader of the main thread reaches: its first line registers tsx there.
 */
function loadWorker(workerData: WorkerSettings): Worker {
  if (!import.meta.url.endsWith(".ts"))
    return new Worker(new URL("./worker.js", import.meta.url), { workerData });
  const tsx = import.meta.resolve("tsx/esm/api");
  const entry = new URL("./worker.ts", import.meta.url).href;
  const load = `import("${tsx}").then((tsx) => { tsx.register(); return import("${entry}"); });`;
  return new Worker(load, { eval: true, workerData, execArgv: [] });
}

function readinessOf(worker: Worker): Promise<"ready"> {
  return new Promise((ready) => {
    worker.on("message", (report: WorkerReport) => {
      if (report.kind === "ready") ready("ready");
    });
  });
}

function deathOf(worker: Worker): LivingWorker["death"] {
  return new Promise((ended) => {
    let reason: DatabaseError | undefined;
    worker.on("message", (report: WorkerReport) => {
      if (report.kind === "failed") reason = new DatabaseError(report.code, report.message);
    });
    worker.on("error", (cause) => {
      reason ??= died({ cause });
    });
    worker.once("exit", (code) => {
      ended(reason ?? (code === 0 ? undefined : died({})));
    });
  });
}

function died(options: ErrorOptions): DatabaseError {
  return new DatabaseError("database/worker_died", "The embedded database died.", options);
}

function connect(worker: Worker): Duplex {
  const { port1, port2 } = new MessageChannel();
  send(worker, { kind: "connect", port: port2 });
  return new WorkerSocket(port1);
}

function send(worker: Worker, request: WorkerRequest): void {
  worker.postMessage(request, request.kind === "connect" ? [request.port] : []);
}
