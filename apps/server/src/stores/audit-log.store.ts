import type { AuditLog, LogPlace, SealedBatch, StoredCheckpoint } from "@lanyard/identity";
import { type Selectable, sql } from "kysely";
import type { AuditCheckpointTable } from "../sql/tables.ts";
import type { Transaction } from "../sql/transaction.ts";
import { known } from "./rows.ts";

/** The sealer's lock in the database: any number, as long as it is always this one. */
const SEALER_LOCK = 6962;

export function auditLogStore(trx: Transaction): AuditLog {
  return { ...sealing(trx), ...reading(trx) };
}

function sealing(trx: Transaction): Pick<AuditLog, "takeTurn" | "waiting" | "seal"> {
  return {
    takeTurn: async () => {
      const { rows } = await sql<{ taken: boolean }>`
        select pg_try_advisory_xact_lock(${SEALER_LOCK}) as taken`.execute(trx);
      return rows[0]?.taken === true;
    },
    waiting: async (limit) => {
      const rows = await trx
        .selectFrom("audit_unsealed")
        .innerJoin("audit_entry", "audit_entry.seq", "audit_unsealed.seq")
        .select(["audit_entry.seq", "audit_entry.leaf"])
        .orderBy("audit_unsealed.seq")
        .limit(limit)
        .execute();
      return rows.map(({ seq, leaf }) => ({ position: Number(seq), leaf }));
    },
    seal: (batch) => seal(trx, batch),
  };
}

/** Four statements however many entries there are. */
async function seal(
  trx: Transaction,
  { from, positions, nodes, checkpoint }: SealedBatch,
): Promise<void> {
  const leaves = nodes.filter(({ level }) => level === 0);
  const inner = nodes.filter(({ level }) => level > 0);
  const indices = positions.map((_, offset) => from + offset);
  await sql`insert into audit_leaf (log_index, seq, hash)
    select * from unnest(${indices}::bigint[], ${positions}::bigint[], ${hashes(leaves)}::bytea[])`.execute(
    trx,
  );
  await sql`insert into audit_node (level, node_index, hash)
    select * from unnest(${inner.map(({ level }) => level)}::integer[],
      ${inner.map(({ index }) => index)}::bigint[], ${hashes(inner)}::bytea[])`.execute(trx);
  await sql`delete from audit_unsealed where seq = any(${positions}::bigint[])`.execute(trx);
  const { size, note, at } = checkpoint;
  await trx
    .insertInto("audit_checkpoint")
    .values({ size: String(size), note, signed_at: at })
    .execute();
}

function hashes(nodes: SealedBatch["nodes"]): readonly Buffer[] {
  return nodes.map(({ hash }) => Buffer.from(hash));
}

function reading(trx: Transaction): Omit<AuditLog, "takeTurn" | "waiting" | "seal"> {
  const checkpoints = () => trx.selectFrom("audit_checkpoint").selectAll();
  return {
    latest: async () => {
      const row = await checkpoints().orderBy("size", "desc").limit(1).executeTakeFirst();
      return row && checkpointOf(row);
    },
    covering: async (size) => {
      const row = await checkpoints()
        .where("size", ">=", String(size))
        .orderBy("size")
        .limit(1)
        .executeTakeFirst();
      return row && checkpointOf(row);
    },
    checkpointsAfter: async (size, limit) => {
      const rows = await checkpoints()
        .where("size", ">", String(size))
        .orderBy("size")
        .limit(limit)
        .execute();
      return rows.map(checkpointOf);
    },
    leaves: async (from, limit) => {
      const rows = await trx
        .selectFrom("audit_leaf")
        .innerJoin("audit_entry", "audit_entry.seq", "audit_leaf.seq")
        .select(["audit_leaf.log_index", "audit_entry.leaf", "audit_entry.openings"])
        .where("audit_leaf.log_index", ">=", String(from))
        .orderBy("audit_leaf.log_index")
        .limit(limit)
        .execute();
      return rows.map(({ log_index, leaf, openings }) => ({
        index: Number(log_index),
        leaf,
        openings: known(openings),
      }));
    },
    indexOf: async (position) => {
      const row = await trx
        .selectFrom("audit_leaf")
        .select("log_index")
        .where("seq", "=", String(position))
        .executeTakeFirst();
      return row && Number(row.log_index);
    },
    nodes: (places) => nodes(trx, places),
  };
}

async function nodes(
  trx: Transaction,
  places: readonly LogPlace[],
): Promise<readonly (Uint8Array | undefined)[]> {
  const { rows } = await sql<{ place: string; hash: Buffer }>`
    select level || '/' || node_index as place, hash from audit_node
      where (level, node_index) in (
        select * from unnest(${places.map(({ level }) => level)}::integer[],
          ${places.map(({ index }) => index)}::bigint[]))
    union all
    select '0/' || log_index, hash from audit_leaf where log_index = any(${places
      .filter(({ level }) => level === 0)
      .map(({ index }) => index)}::bigint[])`.execute(trx);
  const found = new Map(rows.map(({ place, hash }) => [place, hash]));
  return places.map(({ level, index }) => found.get(`${level}/${index}`));
}

function checkpointOf({
  size,
  note,
  signed_at: at,
}: Selectable<AuditCheckpointTable>): StoredCheckpoint {
  return { size: Number(size), note, at };
}
