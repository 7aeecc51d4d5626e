import type { Audit } from "@lanyard/identity";
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
