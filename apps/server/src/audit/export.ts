import { type LogLeaf, parseAuditEntry, type Records, type Store } from "@lanyard/identity";
import { AuditError } from "./errors.ts";
import { FILE_KINDS, line, noteLine } from "./lines.ts";
import { frontierAt } from "./read-tree.ts";
import { signedEntry } from "./signed-entries.ts";

export interface ExportOptions {
  /** Index of the first leaf: 0, unless only a part is wanted. */
  readonly from?: number;
  /** How many leaves there must be at least; without it, all that are sealed. */
  readonly to?: number;
  /** What opens the commitments of personal fields, too. */
  readonly openings?: boolean;
}

/** Leaves read at once. */
const PAGE = 500;

/**
 * The log as a file that proves itself, in pieces as they are read: leaves in order, the certificates of the cards that
 * signed in them, every checkpoint where it stood. Ends with the checkpoint that covers it all.
 *
 * @throws {AuditError} `audit/not_sealed` when there is nothing sealed in that range
 */
export async function* exportLog(
  store: Store,
  { from = 0, to, openings = false }: ExportOptions = {},
): AsyncGenerator<Uint8Array> {
  const end = await store.transaction(async ({ auditLog }) => {
    const covering = to === undefined ? undefined : await auditLog.covering(to);
    return (covering ?? (await auditLog.latest()))?.size ?? 0;
  });
  if (end <= from)
    throw new AuditError("audit/not_sealed", "There is nothing in the log yet from there on.");
  yield await store.transaction(({ auditLog }) => head(auditLog, from));
  const certificates = new Set<string>();
  let next = from;
  while (next < end) {
    const page = { from: next, to: Math.min(next + PAGE, end), openings, certificates };
    yield await store.transaction((records) => writePage(records, page));
    next = page.to;
  }
}

async function head(log: Records["auditLog"], from: number): Promise<Uint8Array> {
  const { hashes } = await frontierAt(log, from);
  return Buffer.concat([
    Buffer.from(`${FILE_KINDS.export}\n`),
    line("from", String(from)),
    ...hashes.map((hash) => line("node", Buffer.from(hash).toString("hex"))),
  ]);
}

interface Page {
  readonly from: number;
  readonly to: number;
  readonly openings: boolean;
  /** Those that were written before. */
  readonly certificates: Set<string>;
}

async function writePage(records: Records, page: Page): Promise<Uint8Array> {
  const lines: Uint8Array[] = [];
  const leaves = await records.auditLog.leaves(page.from, page.to - page.from);
  const checkpoints = await records.auditLog.checkpointsAfter(page.from, leaves.length);
  const notes = new Map(checkpoints.map(({ size, note }) => [size, note]));
  for (const leaf of leaves) {
    lines.push(...(await leafLines(records, page, leaf)));
    const note = notes.get(leaf.index + 1);
    if (note !== undefined) lines.push(noteLine(note));
  }
  return Buffer.concat(lines);
}

async function leafLines(
  records: Records,
  { openings, certificates }: Page,
  { leaf, openings: opening }: LogLeaf,
): Promise<readonly Uint8Array[]> {
  const lines = [line("leaf", leaf)];
  const needed = await certificateFor(records, leaf);
  const text = needed && Buffer.from(needed).toString("base64");
  if (text !== undefined && !certificates.has(text)) {
    certificates.add(text);
    lines.unshift(line("certificate", text));
  }
  if (openings && opening !== undefined && opening.length > EMPTY_OPENINGS.length)
    lines.push(line("opening", opening));
  return lines;
}

const EMPTY_OPENINGS = "{}";

/** Of the card that signed in an entry. */
export async function certificateFor(
  records: Records,
  leaf: Uint8Array,
): Promise<Uint8Array | undefined> {
  const entry = parseAuditEntry(Buffer.from(leaf).toString("utf8"));
  const signed = entry && signedEntry(entry);
  if (signed === undefined || signed === "not_whole") return undefined;
  const card = await records.cards.find(signed.cardSerial);
  return card?.certificates.find(({ slot }) => slot === signed.slot)?.der;
}
