import type { PGlite } from "@electric-sql/pglite";
import type { Turns } from "./turns.ts";

export interface HousekeepingTimes {
  readonly checkpointMs: number;
  readonly vacuumMs: number;
}

/**
 * Does what PostgreSQL's background processes would do; a single-user PostgreSQL has none.
 *
 * CHECKPOINT when something was written, else the log grows without end and recovery with it; VACUUM,
 * else dead rows stay. Both wait for their turn, so never inside a client's transaction.
 */
export function keepHouse(
  db: PGlite,
  turns: Turns,
  options: HousekeepingTimes & { onFailure: (error: unknown) => void },
): void {
  let checkpointedTo: string | undefined;
  const checkpoint = async (): Promise<void> => {
    if ((await walPosition(db)) === checkpointedTo) return;
    await db.exec("checkpoint");
    checkpointedTo = await walPosition(db);
  };
  const vacuum = async (): Promise<void> => {
    await db.exec("vacuum (analyze)");
  };
  const repeat = (everyMs: number, job: () => Promise<void>): void => {
    const again = () => {
      turns.during(job).then(() => repeat(everyMs, job), options.onFailure);
    };
    setTimeout(again, everyMs).unref();
  };
  repeat(options.checkpointMs, checkpoint);
  repeat(options.vacuumMs, vacuum);
}

async function walPosition(db: PGlite): Promise<string | undefined> {
  const { rows } = await db.query<{ position: string }>(
    "select pg_current_wal_insert_lsn()::text as position",
  );
  return rows[0]?.position;
}
