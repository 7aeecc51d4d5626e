import { parseAuditEntry, type Store } from "@lanyard/identity";
import {
  type Checkpoint,
  consistencyRanges,
  inclusionRanges,
  isConsistent,
  isIncluded,
  LogError,
  leafHash,
  openCheckpoint,
  type VerifierKey,
} from "@lanyard/log";
import { AuditError } from "./errors.ts";
import {
  FILE_KINDS,
  type Line,
  line,
  NotOurs,
  noteLine,
  readCount,
  readHex,
  readNote,
  readUtf8,
} from "./lines.ts";
import { noteCrypto, sha256 } from "./log-key.ts";
import { proofHashes } from "./read-tree.ts";

/**
 * A file that proves one entry to be in the log, by the latest checkpoint.
 *
 * @throws {AuditError} `audit/not_sealed`
 */
export function proveInclusion(store: Store, index: number): Promise<Uint8Array> {
  return store.transaction(async ({ auditLog }) => {
    const latest = await auditLog.latest();
    const [found] = await auditLog.leaves(index, 1);
    if (latest === undefined || found?.index !== index || index >= latest.size)
      throw new AuditError("audit/not_sealed", `There is no entry ${index} in the log.`);
    const proof = await proofHashes(auditLog, inclusionRanges(index, latest.size));
    return Buffer.concat([
      Buffer.from(`${FILE_KINDS.inclusion}\n`),
      line("index", String(index)),
      line("leaf", found.leaf),
      ...proof.map((hash) => line("hash", Buffer.from(hash).toString("hex"))),
      noteLine(latest.note),
    ]);
  });
}

/**
 * A file that proves that the latest checkpoint's log begins with an earlier one's: the last that covered no more than
 * `size` entries and was signed.
 *
 * @throws {AuditError} `audit/not_sealed`
 */
export function proveConsistency(store: Store, size: number): Promise<Uint8Array> {
  return store.transaction(async ({ auditLog }) => {
    const latest = await auditLog.latest();
    const first = await auditLog.covering(size);
    if (latest === undefined || first === undefined)
      throw new AuditError("audit/not_sealed", `No checkpoint covers ${size} entries.`);
    const proof = await proofHashes(auditLog, consistencyRanges(first.size, latest.size));
    return Buffer.concat([
      Buffer.from(`${FILE_KINDS.consistency}\n`),
      noteLine(first.note),
      ...proof.map((hash) => line("hash", Buffer.from(hash).toString("hex"))),
      noteLine(latest.note),
    ]);
  });
}

/** What a proof proves, in words; or why it proves nothing. */
export type ProofVerdict =
  | { readonly ok: true; readonly says: string }
  | { readonly ok: false; readonly line: number; readonly why: string };

/** Whether the lines of a file from {@link proveInclusion} or {@link proveConsistency} prove what they say. */
export function verifyProof(lines: readonly Line[], key: VerifierKey): ProofVerdict {
  try {
    const [kind, ...rest] = lines;
    if (kind?.word === FILE_KINDS.inclusion) return inclusion(rest, key);
    if (kind?.word === FILE_KINDS.consistency) return consistency(rest, key);
    throw new NotOurs(1, "This is neither an export nor a proof of an audit log.");
  } catch (error) {
    if (error instanceof NotOurs) return { ok: false, line: error.line, why: error.message };
    if (error instanceof LogError) return { ok: false, line: 1, why: error.message };
    throw error;
  }
}

function inclusion(lines: readonly Line[], key: VerifierKey): ProofVerdict {
  const [index, leaf, ...rest] = lines;
  const last = rest.pop();
  const at = readCount(expect(index, "index"));
  const { value } = expect(leaf, "leaf");
  const entry = parseAuditEntry(readUtf8(expect(leaf, "leaf")));
  const { size, root } = open(expect(last, "checkpoint"), key);
  const proof = rest.map((hash) => readHex(expect(hash, "hash")));
  const claim = { index: at, size, leaf: leafHash(sha256, value), root, proof };
  if (entry !== undefined && isIncluded(sha256, claim))
    return { ok: true, says: `Entry ${at}, ${entry.action}, is in the log of ${size} entries.` };
  return { ok: false, line: 1, why: "The proof does not lead from this entry to that checkpoint." };
}

function consistency(lines: readonly Line[], key: VerifierKey): ProofVerdict {
  const [one, ...rest] = lines;
  const two = rest.pop();
  const first = open(expect(one, "checkpoint"), key);
  const second = open(expect(two, "checkpoint"), key);
  const proof = rest.map((hash) => readHex(expect(hash, "hash")));
  if (isConsistent(sha256, { first, second, proof }))
    return {
      ok: true,
      says: `The log of ${second.size} entries begins with the ${first.size} that were signed before.`,
    };
  return { ok: false, line: 1, why: "The proof does not lead from one checkpoint to the other." };
}

function expect(line: Line | undefined, word: string): Line {
  if (line?.word === word) return line;
  throw new NotOurs(line?.number ?? 1, `Here ${word} was expected.`);
}

function open(line: Line, key: VerifierKey): Checkpoint {
  return openCheckpoint(noteCrypto, readNote(line), key);
}
