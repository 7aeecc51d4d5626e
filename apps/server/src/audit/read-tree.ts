import type { AuditLog } from "@lanyard/identity";
import { coverOf, type Frontier, type LeafRange, rangeHash } from "@lanyard/log";
import { AuditError } from "./errors.ts";
import { sha256 } from "./log-key.ts";

/**
 * Where the log of `size` leaves may grow on. As many reads as the size has ones in binary: at most 53, in one query.
 *
 * @throws {AuditError} `audit/log_inconsistent`
 */
export async function frontierAt(log: AuditLog, size: number): Promise<Frontier> {
  return { size, hashes: await cover(log, { from: 0, to: size }) };
}

/**
 * A proof's hashes, in order.
 *
 * @throws {AuditError} `audit/log_inconsistent`
 */
export async function proofHashes(
  log: AuditLog,
  ranges: readonly LeafRange[],
): Promise<readonly Uint8Array[]> {
  const proof: Uint8Array[] = [];
  for (const range of ranges) proof.push(rangeHash(sha256, await cover(log, range)));
  return proof;
}

async function cover(log: AuditLog, range: LeafRange): Promise<readonly Uint8Array[]> {
  const hashes = await log.nodes(coverOf(range));
  return hashes.map((hash) => {
    if (hash !== undefined) return hash;
    throw new AuditError("audit/log_inconsistent", "A part of the audit log's tree is missing.");
  });
}
