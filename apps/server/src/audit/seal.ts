import { bytesEqual } from "@lanyard/bytes";
import type { AuditLog, AuditRecord, Store, StoredCheckpoint } from "@lanyard/identity";
import {
  appendLeaf,
  type Frontier,
  formatCheckpoint,
  LogError,
  leafHash,
  openCheckpoint,
  rootOf,
  type TreeNode,
} from "@lanyard/log";
import { AuditError } from "./errors.ts";
import { type LogKey, noteCrypto, sha256 } from "./log-key.ts";
import { frontierAt } from "./read-tree.ts";

/** What sealing takes. */
export interface Sealing {
  readonly store: Store;
  readonly key: LogKey;
  now(): Date;
}

/** Entries sealed at once, so that a long queue does not become one long transaction. */
const BATCH = 1000;

/**
 * Moves what is waiting into the log and signs the log's new size, all in one transaction; gives how many entries that
 * were. Writers are never waited for and never wait: what commits later gets a later place. One sealer works at a
 * time, on whichever node; for the others there is nothing to do.
 *
 * @throws {AuditError} `audit/log_inconsistent` | `audit/log_of_another_key`: then nothing is signed
 */
export function sealWaiting({ store, key, now }: Sealing): Promise<number> {
  return store.transaction(async ({ auditLog }) => {
    if (!(await auditLog.takeTurn())) return 0;
    const waiting = await auditLog.waiting(BATCH);
    if (waiting.length === 0) return 0;
    const before = await trustedFrontier(auditLog, key);
    const { frontier, nodes } = grow(before, waiting);
    const checkpoint = checkpointOf(key, frontier, now());
    const positions = waiting.map(({ position }) => position);
    await auditLog.seal({ from: before.size, positions, nodes, checkpoint });
    return waiting.length;
  });
}

/** [TLOG-CHECKPOINT] Nothing is signed that does not go on from what was signed last: the tree is held against it. */
async function trustedFrontier(log: AuditLog, key: LogKey): Promise<Frontier> {
  const latest = await log.latest();
  const frontier = await frontierAt(log, latest?.size ?? 0);
  if (latest === undefined) return frontier;
  const { size, root } = openOwn(latest, key);
  if (size === latest.size && bytesEqual(root, rootOf(sha256, frontier))) return frontier;
  throw new AuditError(
    "audit/log_inconsistent",
    "The audit log in the database is not the one that was signed last. It is not gone on with.",
  );
}

function openOwn({ note }: StoredCheckpoint, key: LogKey) {
  try {
    return openCheckpoint(noteCrypto, note, key.verifier);
  } catch (cause) {
    if (!(cause instanceof LogError)) throw cause;
    throw new AuditError(
      "audit/log_of_another_key",
      "The audit log was signed with another key last. Every node needs the same key file.",
      { cause },
    );
  }
}

function grow(before: Frontier, waiting: readonly AuditRecord[]) {
  let frontier = before;
  const nodes: TreeNode[] = [];
  for (const { leaf } of waiting) {
    const grown = appendLeaf(sha256, frontier, leafHash(sha256, leaf));
    frontier = grown.frontier;
    nodes.push(...grown.completed);
  }
  return { frontier, nodes };
}

function checkpointOf({ verifier, sign }: LogKey, frontier: Frontier, at: Date): StoredCheckpoint {
  const { size } = frontier;
  const text = formatCheckpoint({ origin: verifier.name, size, root: rootOf(sha256, frontier) });
  return { size, note: sign(text), at };
}
