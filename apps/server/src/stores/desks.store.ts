import type { Desk, DeskSearch, Desks } from "@lanyard/identity";
import type { Selectable } from "kysely";
import { z } from "zod";
import type { DeskTable } from "../sql/tables.ts";
import type { Transaction } from "../sql/transaction.ts";
import { refusingConflicts } from "./errors.ts";
import { careIdOf, known, read } from "./rows.ts";

const enrolledHow = z.enum(["open", "code", "approval"]);

export function desksStore(trx: Transaction): Desks {
  const all = () => trx.selectFrom("desk").selectAll();
  return {
    add: async (desk) => {
      await refusingConflicts(trx.insertInto("desk").values(rowOf(desk)).execute());
    },
    find: async (id) => {
      const row = await all().where("id", "=", id).executeTakeFirst();
      return row && deskOf(row);
    },
    findByKey: async (keyHash) => {
      const row = await all().where("key_hash", "=", keyHash).executeTakeFirst();
      return row && deskOf(row);
    },
    lock: async (id) => {
      const row = await all().where("id", "=", id).forUpdate().executeTakeFirst();
      return row && deskOf(row);
    },
    rename: async (id, name) => {
      await trx.updateTable("desk").set({ name }).where("id", "=", id).execute();
    },
    see: async (id, at) => {
      await trx.updateTable("desk").set({ last_seen_at: at }).where("id", "=", id).execute();
    },
    revoke: async (id, at) => {
      const { numUpdatedRows } = await trx
        .updateTable("desk")
        .set({ revoked_at: at })
        .where("id", "=", id)
        .where("revoked_at", "is", null)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
    revokedSince: async (at) =>
      (await all().where("revoked_at", ">=", at).orderBy("revoked_at").execute()).map(deskOf),
    search: (search) => find(trx, search),
  };
}

async function find(
  trx: Transaction,
  { text, organisationCodes, limit }: DeskSearch,
): Promise<readonly Desk[]> {
  let query = trx.selectFrom("desk").selectAll();
  if (organisationCodes !== undefined)
    query = query.where(({ eb, or }) =>
      or([
        eb("organisation_code", "is", null),
        eb("organisation_code", "=", (some) => some.fn.any(some.val([...organisationCodes]))),
      ]),
    );
  const pattern = `%${text.replaceAll(/[\\%_]/g, "\\$&")}%`;
  if (text !== "") query = query.where("name", "ilike", pattern);
  const rows = await query
    .orderBy("revoked_at", (order) => order.asc().nullsFirst())
    .orderBy("name")
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(deskOf);
}

function rowOf(desk: Desk) {
  return {
    id: desk.id,
    name: desk.name,
    key: desk.key,
    key_hash: desk.keyHash,
    organisation_code: desk.organisationCode ?? null,
    enrolled_at: desk.enrolledAt,
    enrolled_how: desk.enrolledHow,
    enrolled_by: desk.enrolledBy ?? null,
    last_seen_at: desk.lastSeenAt ?? null,
    revoked_at: desk.revokedAt ?? null,
  };
}

function deskOf(row: Selectable<DeskTable>): Desk {
  return {
    id: row.id,
    name: row.name,
    keyHash: row.key_hash,
    key: row.key,
    organisationCode: known(row.organisation_code),
    enrolledAt: row.enrolled_at,
    enrolledHow: read(enrolledHow, row.enrolled_how, "way of enrolment"),
    enrolledBy: row.enrolled_by === null ? undefined : careIdOf(row.enrolled_by),
    lastSeenAt: known(row.last_seen_at),
    revokedAt: known(row.revoked_at),
  };
}
