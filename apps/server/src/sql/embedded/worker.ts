import { parentPort, workerData } from "node:worker_threads";
import type { PGlite } from "@electric-sql/pglite";
import { DatabaseError } from "../errors.ts";
import { openEngine } from "./engine.ts";
import { keepHouse } from "./housekeeping.ts";
import { serveSession } from "./session.ts";
import { Turns } from "./turns.ts";
import type { WorkerReport, WorkerRequest, WorkerSettings } from "./worker-messages.ts";

await main(workerData);

/** The thread PostgreSQL lives in, so that a long query never holds up the server's event loop. */
async function main(settings: WorkerSettings): Promise<void> {
  const db = await openEngine(settings.directory, fail).catch(fail);
  const turns = new Turns();
  // PGlite answers in a buffer it uses again: hand on a copy.
  const engine = async (bytes: Uint8Array) => (await db.execProtocolRaw(bytes)).slice();
  keepHouse(db, turns, { ...settings, onFailure: fail });
  parentPort?.on("message", (request: WorkerRequest) => {
    if (request.kind === "connect") serveSession(request.port, { engine, turns, onFailure: fail });
    else close(db, turns).catch(fail);
  });
  report({ kind: "ready" });
}

async function close(db: PGlite, turns: Turns): Promise<never> {
  await turns.take();
  await db.exec("checkpoint");
  await db.close();
  process.exit(0);
}

/** Says why and ends the thread at once: in a worker, exit stops the thread, not the process. */
function fail(error: unknown): never {
  const code = error instanceof DatabaseError ? error.code : "database/worker_died";
  const message = error instanceof Error ? error.message : "The embedded database failed.";
  report({ kind: "failed", code, message });
  process.exit(1);
}

function report(message: WorkerReport): void {
  parentPort?.postMessage(message);
}
