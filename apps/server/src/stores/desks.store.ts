import type { Desk, Desks } from "@lanyard/identity";
import type { Selectable } from "kysely";
import type { DeskTable } from "../sql/tables.ts";
import type { Transaction } from "../sql/transaction.ts";
import { refusingConflicts } from "./errors.ts";
import { known } from "./rows.ts";

export function desksStore(trx: Transaction): Desks {
  const all = () => trx.selectFrom("desk").selectAll();
  return {
    add: async ({ id, name, keyHash, key, enrolledAt, revokedAt }) => {
      const row = {
        id,
        name,
        key,
        key_hash: keyHash,
        enrolled_at: enrolledAt,
        revoked_at: revokedAt ?? null,
      };
      await refusingConflicts(trx.insertInto("desk").values(row).execute());
    },
    find: async (id) => {
      const row = await all().where("id", "=", id).executeTakeFirst();
      return row && deskOf(row);
    },
    findByKey: async (keyHash) => {
      const row = await all().where("key_hash", "=", keyHash).executeTakeFirst();
      return row && deskOf(row);
    },
    rename: async (id, name) => {
      await trx.updateTable("desk").set({ name }).where("id", "=", id).execute();
    },
  };
}

function deskOf(row: Selectable<DeskTable>): Desk {
  return {
    id: row.id,
    name: row.name,
    keyHash: row.key_hash,
    key: row.key,
    enrolledAt: row.enrolled_at,
    revokedAt: known(row.revoked_at),
  };
}
