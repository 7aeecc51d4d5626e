import { AsyncLocalStorage } from "node:async_hooks";
import type { Kysely, Transaction as KyselyTransaction } from "kysely";
import { DatabaseError } from "./errors.ts";
import type { Database } from "./tables.ts";

/** What a store asks for when its writes must stand or fall with others. `Kysely<Database>` is not one. */
export type Transaction = KyselyTransaction<Database>;

/** Per call chain: whether a transaction is open. The flag outlives the chain's forks, so they see it end. */
const scope = new AsyncLocalStorage<{ isOpen: boolean }>();

/**
 * Runs `work` in one transaction: committed when it returns, rolled back when it throws.
 *
 * READ COMMITTED: guard what is read and then written with row locks (`forUpdate()`) or in one statement.
 * Use only the given transaction inside. Reaching for the pool there would wait for a connection while
 * holding one, for ever on the embedded database, which has one; so it is refused on both.
 *
 * @throws {DatabaseError} `database/pool_in_transaction`, also for a transaction within a transaction
 */
export function transaction<Schema, Result>(
  db: Kysely<Schema>,
  work: (transaction: KyselyTransaction<Schema>) => Promise<Result>,
): Promise<Result> {
  return db.transaction().execute((opened) => {
    const state = { isOpen: true };
    return scope.run(state, async () => {
      try {
        return await work(opened);
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
