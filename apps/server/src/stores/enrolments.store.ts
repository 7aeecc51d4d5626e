import type { DeskRequest, Enrolments, StoredEnrolmentCode } from "@lanyard/identity";
import type { Selectable } from "kysely";
import type { DeskCodeTable, DeskRequestTable } from "../sql/tables.ts";
import type { Transaction } from "../sql/transaction.ts";
import { careIdOf, known } from "./rows.ts";

export function enrolmentsStore(trx: Transaction): Enrolments {
  return { ...codes(trx), ...requests(trx), ...decisions(trx) };
}

function codes(trx: Transaction): Pick<Enrolments, "addCode" | "lockCode" | "setTriesLeft"> {
  return {
    addCode: async (code) => {
      const row = codeRow(code);
      const { numInsertedOrUpdatedRows } = await trx
        .insertInto("desk_code")
        .values(row)
        .onConflict((conflict) =>
          conflict
            .column("handle")
            .doUpdateSet(row)
            .where(({ eb, or }) =>
              or([
                eb("desk_code.tries_left", "=", 0),
                eb("desk_code.expires_at", "<=", code.madeAt),
              ]),
            ),
        )
        .executeTakeFirst();
      return numInsertedOrUpdatedRows === 1n;
    },
    lockCode: async (handle) => {
      const row = await trx
        .selectFrom("desk_code")
        .selectAll()
        .where("handle", "=", handle)
        .forUpdate()
        .executeTakeFirst();
      return row && codeOf(row);
    },
    setTriesLeft: async (handle, triesLeft) => {
      await trx
        .updateTable("desk_code")
        .set({ tries_left: triesLeft })
        .where("handle", "=", handle)
        .execute();
    },
  };
}

function requests(trx: Transaction): Pick<Enrolments, "ask" | "requests" | "findRequest"> {
  const all = () => trx.selectFrom("desk_request").selectAll();
  const pending = () => all().where("refused_at", "is", null);
  return {
    ask: async ({ keyHash, key, name }, at, limit) => {
      const { numUpdatedRows } = await trx
        .updateTable("desk_request")
        .set({ last_asked_at: at, name })
        .where("key_hash", "=", keyHash)
        .executeTakeFirst();
      if (numUpdatedRows === 1n) return true;
      if ((await pending().limit(limit).execute()).length >= limit) return false;
      const row = { key_hash: keyHash, key, name, asked_at: at, last_asked_at: at };
      await trx
        .insertInto("desk_request")
        .values(row)
        .onConflict((conflict) => conflict.column("key_hash").doNothing())
        .execute();
      return true;
    },
    requests: async () =>
      (await pending().orderBy("last_asked_at", "desc").orderBy("key_hash").execute()).map(
        requestOf,
      ),
    findRequest: async (keyHash) => {
      const row = await all().where("key_hash", "=", keyHash).executeTakeFirst();
      return row && requestOf(row);
    },
  };
}

function decisions(
  trx: Transaction,
): Pick<Enrolments, "refuseRequest" | "forgetRequest" | "forgetRequestsBefore"> {
  return {
    refuseRequest: async (keyHash, at) => {
      const { numUpdatedRows } = await trx
        .updateTable("desk_request")
        .set({ refused_at: at })
        .where("key_hash", "=", keyHash)
        .where("refused_at", "is", null)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
    forgetRequest: async (keyHash) => {
      const { numDeletedRows } = await trx
        .deleteFrom("desk_request")
        .where("key_hash", "=", keyHash)
        .executeTakeFirst();
      return numDeletedRows === 1n;
    },
    forgetRequestsBefore: async (at) => {
      await trx
        .deleteFrom("desk_request")
        .where("refused_at", "is", null)
        .where("last_asked_at", "<", at)
        .execute();
    },
  };
}

function codeRow(code: StoredEnrolmentCode) {
  return {
    handle: code.handle,
    verifier: code.verifier,
    organisation_code: code.organisationCode,
    desk_name: code.deskName ?? null,
    made_at: code.madeAt,
    made_by: code.madeBy ?? null,
    expires_at: code.expiresAt,
    tries_left: code.triesLeft,
  };
}

function codeOf(row: Selectable<DeskCodeTable>): StoredEnrolmentCode {
  return {
    handle: row.handle,
    verifier: row.verifier,
    organisationCode: row.organisation_code,
    deskName: known(row.desk_name),
    madeAt: row.made_at,
    madeBy: row.made_by === null ? undefined : careIdOf(row.made_by),
    expiresAt: row.expires_at,
    triesLeft: row.tries_left,
  };
}

function requestOf(row: Selectable<DeskRequestTable>): DeskRequest {
  return {
    keyHash: row.key_hash,
    key: row.key,
    name: row.name,
    askedAt: row.asked_at,
    lastAskedAt: row.last_asked_at,
    refusedAt: known(row.refused_at),
  };
}
