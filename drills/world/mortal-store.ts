import type { Records, Store } from "@lanyard/identity";

export interface CommitWatch {
  /** Asked for each transaction, with the audit entries in it: whether its node dies before the commit, or right after. */
  cut(actions: readonly string[]): { readonly before: boolean; readonly after: boolean };
  /** The node is dead. */
  died(): void;
}

/** A store as one node has it: when the node dies, nothing of what it was doing goes on. */
export interface MortalStore extends Store {
  /** From now on whoever waits for this store waits for ever, as the dead do. */
  die(): void;
}

class NodeDied extends Error {
  override readonly name = "NodeDied";
}

export function mortalStore(store: Store, watch: CommitWatch): MortalStore {
  let isDead = false;
  const die = (): void => {
    if (isDead) return;
    isDead = true;
    watch.died();
  };
  return {
    die,
    close: async () => undefined,
    transaction: async (work) => {
      if (isDead) return forever();
      let diesAfter = false;
      try {
        const result = await store.transaction(async (records) => {
          const actions: string[] = [];
          const done = await work(noting(records, actions));
          const cut = watch.cut(actions);
          if (isDead || cut.before) throw new NodeDied();
          diesAfter = cut.after;
          return done;
        });
        if (diesAfter) die();
        return isDead ? await forever() : result;
      } catch (error) {
        if (error instanceof NodeDied) die();
        if (isDead) return forever();
        throw error;
      }
    },
  };
}

function noting(records: Records, actions: string[]): Records {
  return {
    ...records,
    audit: {
      ...records.audit,
      append: (entry) => {
        actions.push(entry.keys.action);
        return records.audit.append(entry);
      },
    },
  };
}

function forever(): Promise<never> {
  return new Promise(() => undefined);
}
