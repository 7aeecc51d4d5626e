import { type AuditEntry, parseAuditEntry, type Records } from "@lanyard/identity";
import { inclusionRanges, isIncluded, leafHash, openCheckpoint } from "@lanyard/log";
import type { Core } from "../core.ts";
import { certificateFor } from "./export.ts";
import { noteCrypto, sha256 } from "./log-key.ts";
import { proofHashes } from "./read-tree.ts";
import { faultOf, type SignatureFault, type SignedEntry, signedEntry } from "./signed-entries.ts";

/** One entry with everything that speaks for it, checked by the code that checks an export. */
export interface CheckedEntry {
  readonly position: number;
  readonly entry: AuditEntry;
  /** The leaf's bytes, as they are hashed. */
  readonly leaf: string;
  readonly place: PlaceInLog | undefined;
  readonly signature: CheckedSignature | undefined;
}

/** `undefined` on the entry while it waits to be sealed. */
export interface PlaceInLog {
  readonly index: number;
  readonly leafHash: string;
  readonly proof: readonly string[];
  /** The checkpoint that the proof leads to, as signed. */
  readonly note: string;
  readonly isProven: boolean;
}

export interface CheckedSignature {
  readonly signed: SignedEntry;
  readonly certificate: string | undefined;
  readonly keyHash: string | undefined;
  readonly fault: SignatureFault | undefined;
}

/** Reads and checks; `undefined` for an entry that is not there. */
export async function readEntry(
  core: Core,
  records: Records,
  position: number,
): Promise<CheckedEntry | undefined> {
  const [found] = await records.audit.read(position, 1);
  if (found?.position !== position) return undefined;
  const leaf = Buffer.from(found.leaf).toString("utf8");
  const entry = parseAuditEntry(leaf);
  if (entry === undefined) return undefined;
  const place = await placeOf(core, records, found);
  const signature = await signatureOf(core, records, { entry, leaf: found.leaf });
  return { position, entry, leaf, place, signature };
}

async function placeOf(
  core: Core,
  { auditLog }: Records,
  { position, leaf }: { readonly position: number; readonly leaf: Uint8Array },
): Promise<PlaceInLog | undefined> {
  const index = await auditLog.indexOf(position);
  const latest = await auditLog.latest();
  if (index === undefined || latest === undefined || core.logKey === undefined) return undefined;
  const { size, root } = openCheckpoint(noteCrypto, latest.note, core.logKey.verifier);
  const proof = await proofHashes(auditLog, inclusionRanges(index, size));
  const hash = leafHash(sha256, leaf);
  return {
    index,
    leafHash: hex(hash),
    proof: proof.map(hex),
    note: latest.note,
    isProven: isIncluded(sha256, { index, size, leaf: hash, root, proof }),
  };
}

async function signatureOf(
  core: Core,
  records: Records,
  { entry, leaf }: { readonly entry: AuditEntry; readonly leaf: Uint8Array },
): Promise<CheckedSignature | undefined> {
  const signed = signedEntry(entry);
  if (signed === undefined || signed === "not_whole") return undefined;
  const certificate = await certificateFor(records, leaf);
  return {
    signed,
    certificate: certificate && Buffer.from(certificate).toString("base64"),
    keyHash: certificate && core.trust.verify(certificate)?.keyHash,
    fault: faultOf(signed, entry, { certificate, trust: core.trust }),
  };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
