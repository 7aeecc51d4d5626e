import type { CareId } from "./person.ts";

/** One line of the record. Its canonical bytes are the leaf of the log; see `audit-entry.ts`. */
export interface AuditRecord {
  /** Order of writing; a transaction that failed leaves a gap. The log's own index is given when it is sealed. */
  readonly position: number;
  readonly leaf: Uint8Array;
}

export interface Audit {
  /** Appends in the caller's transaction: no audit, no change (DESIGN 3.6). */
  append(entry: {
    readonly leaf: Uint8Array;
    readonly openings: Uint8Array;
    readonly keys: AuditKeys;
  }): Promise<void>;
  /** In order from `from` on, for export and verification. */
  read(from: number, limit: number): Promise<readonly AuditRecord[]>;
  /** Latest first, at most `limit`; nothing is counted, so that a search costs the same in a large record. */
  search(search: AuditSearch): Promise<readonly AuditRecord[]>;
  /** Every entry of one ceremony, in order. */
  ofCeremony(ceremonyId: string): Promise<readonly AuditRecord[]>;
  /** When the newest entry was written, by its own word. */
  newestAt(): Promise<Date | undefined>;
}

/** What must be so of an entry, all of it. */
export interface AuditSearch {
  readonly holder?: CareId | undefined;
  readonly actor?: CareId | undefined;
  readonly cardSerial?: string | undefined;
  readonly ceremonyId?: string | undefined;
  readonly action?: string | undefined;
  /** From and before, by the entry's own word. */
  readonly from?: Date | undefined;
  readonly until?: Date | undefined;
  /** Only what was written before this position: the next page. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** The tamper-evident log over the record (DESIGN 9). Its leaves are the entries, in an order of its own. */
export interface AuditLog {
  /** True for one sealer at a time, on whichever node, until the transaction ends. */
  takeTurn(): Promise<boolean>;
  /** Committed and not in the log yet, in order of writing. */
  waiting(limit: number): Promise<readonly AuditRecord[]>;
  /** Moves entries from waiting into the log, with all that follows from them. */
  seal(batch: SealedBatch): Promise<void>;
  latest(): Promise<StoredCheckpoint | undefined>;
  /** The first that covers so many leaves. */
  covering(size: number): Promise<StoredCheckpoint | undefined>;
  /** Those of more leaves than `size`, smallest first. */
  checkpointsAfter(size: number, limit: number): Promise<readonly StoredCheckpoint[]>;
  /** In the log's order from an index on. */
  leaves(from: number, limit: number): Promise<readonly LogLeaf[]>;
  /** Where in the log an entry is; `undefined` while it waits. */
  indexOf(position: number): Promise<number | undefined>;
  /** In the order asked for; `undefined` for a subtree that is not complete. */
  nodes(places: readonly LogPlace[]): Promise<readonly (Uint8Array | undefined)[]>;
}

/** A complete subtree of the log: `2 ** level` leaves, the `index`-th such from the left. */
export interface LogPlace {
  readonly level: number;
  readonly index: number;
}

export interface SealedBatch {
  /** Index in the log of the first entry. */
  readonly from: number;
  /** Of the entries, in the order they go into the log. */
  readonly positions: readonly number[];
  /** Every subtree that became complete, leaves among them (level 0). */
  readonly nodes: readonly (LogPlace & { readonly hash: Uint8Array })[];
  readonly checkpoint: StoredCheckpoint;
}

/** What was signed, once, and is never taken back. */
export interface StoredCheckpoint {
  readonly size: number;
  /** The signed note, whole. */
  readonly note: string;
  readonly at: Date;
}

export interface LogLeaf {
  readonly index: number;
  readonly leaf: Uint8Array;
  /** What opens its commitments, unless there are none or they were erased. */
  readonly openings: Uint8Array | undefined;
}

/** What entries are looked up by. */
export interface AuditKeys {
  readonly at: Date;
  readonly action: string;
  readonly actor: CareId | undefined;
  readonly holder: CareId | undefined;
  readonly cardSerial: string | undefined;
  readonly ceremonyId: string | undefined;
}
