import type { Audit, AuditRecord, AuditSearch } from "@lanyard/identity";
import { sql } from "kysely";
import type { Transaction } from "../sql/transaction.ts";

export function auditStore(trx: Transaction): Audit {
  return {
    append: async ({ leaf, openings, keys }) => {
      await trx
        .insertInto("audit_entry")
        .values({
          leaf,
          openings,
          at: keys.at,
          action: keys.action,
          actor: keys.actor ?? null,
          holder: keys.holder ?? null,
          card_serial: keys.cardSerial ?? null,
          ceremony_id: keys.ceremonyId ?? null,
        })
        .execute();
    },
    read: async (from, limit) => {
      const rows = await trx
        .selectFrom("audit_entry")
        .select(["seq", "leaf"])
        .where("seq", ">=", String(from))
        .orderBy("seq")
        .limit(limit)
        .execute();
      return rows.map(({ seq, leaf }) => ({ position: Number(seq), leaf }));
    },
    search: (search) => find(trx, search),
    newestAt: async () => {
      const newest = trx.selectFrom("audit_entry").select("at").orderBy("seq", "desc").limit(1);
      return (await newest.executeTakeFirst())?.at;
    },
    ofCeremony: async (ceremonyId) => {
      const rows = await trx
        .selectFrom("audit_entry")
        .select(["seq", "leaf"])
        .where("ceremony_id", "=", ceremonyId)
        .orderBy("seq")
        .execute();
      return rows.map(({ seq, leaf }) => ({ position: Number(seq), leaf }));
    },
  };
}

/** Entries are written in the order of their times but for what a slow commit or another node's clock makes of it. */
const DISORDER = sql`interval '1 hour'`;

/** By position, so that every page costs the same; the days asked for narrow the positions by the index on times. */
async function find(trx: Transaction, search: AuditSearch): Promise<readonly AuditRecord[]> {
  const { holder, actor, cardSerial, ceremonyId, action, from, until, before, limit } = search;
  const keys = [
    ["holder", holder],
    ["actor", actor],
    ["card_serial", cardSerial],
    ["ceremony_id", ceremonyId],
    ["action", action],
  ] as const;
  let query = trx.selectFrom("audit_entry").select(["seq", "leaf"]);
  for (const [column, value] of keys)
    if (value !== undefined) query = query.where(column, "=", value);
  if (before !== undefined) query = query.where("seq", "<", String(before));
  if (from !== undefined)
    query = query.where("at", ">=", from).where(
      "seq",
      ">=",
      sql<string>`coalesce((select seq from audit_entry where at >= ${from}::timestamptz - ${DISORDER}
        order by at, seq limit 1), 0)`,
    );
  if (until !== undefined)
    query = query.where("at", "<", until).where(
      "seq",
      "<=",
      sql<string>`coalesce((select seq from audit_entry where at < ${until}::timestamptz + ${DISORDER}
        order by at desc, seq desc limit 1), 0)`,
    );
  const rows = await query.orderBy("seq", "desc").limit(limit).execute();
  return rows.map(({ seq, leaf }) => ({ position: Number(seq), leaf }));
}
