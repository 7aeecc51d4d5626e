import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as delay } from "node:timers/promises";
import type { Kysely, Transaction as KyselyTransaction } from "kysely";
import { DatabaseError } from "./errors.ts";
import { isRefusedCommit, mayBeRepeated, outcomeUnknown } from "./faults.ts";
import type { Database } from "./tables.ts";

/** What a store asks for when its writes must stand or fall with others. `Kysely<Database>` is not one. */
export type Transaction = KyselyTransaction<Database>;

/** Per call chain: whether a transaction is open. The flag outlives the chain's forks, so they see it end. */
const scope = new AsyncLocalStorage<{ isOpen: boolean }>();

/** Waits before a transaction is run again, about six seconds in all: a fail-over takes a few. */
const WAITS_MS = [20, 50, 100, 200, 400, 800, 1_600, 3_200] as const;

/**
 * Runs `work` in one transaction: committed when it returns, rolled back when it throws.
 *
 * A transaction that lost against another, or whose connection broke before its commit was sent, did not happen: it is
 * run again, so `work` must do nothing that a rollback does not undo. When the answer to a commit is lost, nobody knows.
 *
 * READ COMMITTED: guard what is read and then written with row locks (`forUpdate()`) or in one statement.
 * Use only the given transaction inside. Reaching for the pool there would wait for a connection while
 * holding one, for ever on the embedded database, which has one; so it is refused on both.
 *
 * @throws {DatabaseError} `database/pool_in_transaction`, also for a transaction within a transaction |
 *   `database/outcome_unknown`: neither a success nor a failure
 */
export async function transaction<Schema, Result>(
  db: Kysely<Schema>,
  work: (transaction: KyselyTransaction<Schema>) => Promise<Result>,
): Promise<Result> {
  for (const waitMs of WAITS_MS) {
    const state = { isDone: false };
    try {
      return await runOnce(db, work, state);
    } catch (error) {
      if (state.isDone && !isRefusedCommit(error)) throw outcomeUnknown(error);
      if (!mayBeRepeated(error)) throw error;
      // Not all at once: those that lost against each other would do so again.
      await delay(waitMs * (0.5 + Math.random() / 2));
    }
  }
  return runOnce(db, work, { isDone: false });
}

/** `isDone`: the work has been done, and whatever fails after that is the commit. */
function runOnce<Schema, Result>(
  db: Kysely<Schema>,
  work: (transaction: KyselyTransaction<Schema>) => Promise<Result>,
  progress: { isDone: boolean },
): Promise<Result> {
  return db.transaction().execute((opened) => {
    const state = { isOpen: true };
    return scope.run(state, async () => {
      try {
        const result = await work(opened);
        progress.isDone = true;
        return result;
      } finally {
        state.isOpen = false;
      }
    });
  });
}

/** The refusal for whoever asks the pool for a connection inside a transaction; undefined outside one. */
export function poolRefusal(): DatabaseError | undefined {
  if (scope.getStore()?.isOpen !== true) return undefined;
  return new DatabaseError(
    "database/pool_in_transaction",
    "Inside a transaction, use the transaction: the pool was asked for a second connection.",
  );
}
