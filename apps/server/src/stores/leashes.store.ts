import type { CallAcross, LeashAt, Leashes } from "@lanyard/identity";
import { type RawBuilder, type Selectable, sql } from "kysely";
import type { CallAcrossTable, DeskLeashTable } from "../sql/tables.ts";
import type { Transaction } from "../sql/transaction.ts";

/** A call that nobody collected is kept this long, for whoever looks into what went wrong. */
const CALLS_KEPT_MS = 60_000;

export function leashesStore(trx: Transaction): Leashes {
  return { ...whereabouts(trx), ...livingNodes(trx), ...callsAcross(trx) };
}

function whereabouts(trx: Transaction): Pick<Leashes, "nextId" | "show" | "leave" | "find"> {
  return {
    nextId: async () => {
      const next = sql<{ id: string }>`select nextval('leash_number') as id`;
      const { rows } = await next.execute(trx);
      return rows[0]?.id ?? "0";
    },
    show: async (leash) => {
      const row = leashRow(leash);
      const written = await trx
        .insertInto("desk_leash")
        .values(row)
        .onConflict((conflict) =>
          conflict.column("desk_id").doUpdateSet(row).where("desk_leash.leash_id", "<=", leash.id),
        )
        .executeTakeFirst();
      return written.numInsertedOrUpdatedRows === 1n;
    },
    leave: async (id) => {
      await trx.deleteFrom("desk_leash").where("leash_id", "=", id).execute();
    },
    find: async (deskId, silenceMs) => {
      const row = await trx
        .selectFrom("desk_leash")
        .innerJoin("node", "node.id", "desk_leash.node_id")
        .selectAll("desk_leash")
        .where("desk_id", "=", deskId)
        .where("node.seen_at", ">", ago(silenceMs))
        .executeTakeFirst();
      return row && leashOf(row);
    },
  };
}

function livingNodes(trx: Transaction): Pick<Leashes, "beat" | "leaveNode"> {
  return {
    beat: async (nodeId, silenceMs) => {
      const now = sql<Date>`clock_timestamp()`;
      const { numUpdatedRows } = await trx
        .updateTable("node")
        .set({ seen_at: now })
        .where("id", "=", nodeId)
        .executeTakeFirst();
      const isNew = numUpdatedRows === 0n;
      if (isNew) await trx.insertInto("node").values({ id: nodeId, seen_at: now }).execute();
      await trx.deleteFrom("node").where("seen_at", "<=", ago(silenceMs)).execute();
      await trx.deleteFrom("call_across").where("asked_at", "<=", ago(CALLS_KEPT_MS)).execute();
      const gone = await trx
        .deleteFrom("desk_leash")
        .where("node_id", "not in", trx.selectFrom("node").select("id"))
        .returning("desk_id")
        .execute();
      const { rows } = await sql<{ at: Date }>`select clock_timestamp() as at`.execute(trx);
      const at = rows[0]?.at ?? new Date(0);
      return { isNew, gone: gone.map(({ desk_id }) => desk_id), at };
    },
    leaveNode: async (nodeId) => {
      await trx.deleteFrom("node").where("id", "=", nodeId).execute();
      await trx.deleteFrom("desk_leash").where("node_id", "=", nodeId).execute();
    },
  };
}

type Across = Pick<Leashes, "ask" | "take" | "answer" | "collect" | "forget">;

function callsAcross(trx: Transaction): Across {
  const forget = async (callId: string): Promise<void> => {
    await trx.deleteFrom("call_across").where("id", "=", callId).execute();
  };
  return {
    ask: async ({ id, fromNode, toNode, leashId, call, body }) => {
      await trx
        .insertInto("call_across")
        .values({
          ...{ id, call, from_node: fromNode, to_node: toNode, leash_id: leashId },
          body: JSON.stringify(body),
          asked_at: sql<Date>`clock_timestamp()`,
        })
        .execute();
    },
    take: async (nodeId, patienceMs) => {
      const rows = await trx
        .updateTable("call_across")
        .set({ taken: true })
        .where("to_node", "=", nodeId)
        .where("taken", "=", false)
        .where("asked_at", ">", ago(patienceMs))
        .returningAll()
        .execute();
      return rows.map(callOf);
    },
    answer: async (callId, reply) => {
      await trx
        .updateTable("call_across")
        .set({ reply: JSON.stringify(reply) })
        .where("id", "=", callId)
        .execute();
    },
    collect: async (callId) => {
      const row = await trx
        .selectFrom("call_across")
        .select("reply")
        .where("id", "=", callId)
        .executeTakeFirst();
      if (row === undefined || row.reply === null) return undefined;
      await forget(callId);
      return row.reply;
    },
    forget,
  };
}

/** A moment of the database's clock, not of ours: nodes' clocks may differ. */
function ago(milliseconds: number): RawBuilder<Date> {
  return sql<Date>`clock_timestamp() - make_interval(secs => ${milliseconds / 1000})`;
}

function leashRow({ id, deskId, name, nodeId, view }: LeashAt) {
  return {
    desk_id: deskId,
    leash_id: id,
    node_id: nodeId,
    name,
    view: JSON.stringify(view),
  };
}

function leashOf(row: Selectable<DeskLeashTable>): LeashAt {
  const { leash_id, desk_id, name, node_id, view } = row;
  return { id: leash_id, deskId: desk_id, name, nodeId: node_id, view };
}

function callOf(row: Selectable<CallAcrossTable>): CallAcross {
  const { id, from_node, to_node, leash_id, call, body } = row;
  return { id, fromNode: from_node, toNode: to_node, leashId: leash_id, call, body };
}
