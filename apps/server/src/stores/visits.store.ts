import type { Visit, VisitChange, Visits } from "@lanyard/identity";
import type { Selectable } from "kysely";
import { z } from "zod";
import type { VisitTable } from "../sql/tables.ts";
import type { Transaction } from "../sql/transaction.ts";
import { refusingConflicts } from "./errors.ts";
import { careIdOf, known, read } from "./rows.ts";

const purpose = z.enum(["desk", "sign_in", "ceremony"]);
const state = z.enum(["new", "claimed", "bound", "proven", "done", "dead"]);
const result = z.union([
  z.object({ gaveUp: z.string() }),
  z.object({
    careId: z.string().transform(careIdOf),
    cardSerial: z.string(),
    insertion: z.string(),
    leashId: z.string().optional(),
  }),
]);

export function visitsStore(trx: Transaction): Visits {
  return {
    add: async (visit) => {
      await refusingConflicts(trx.insertInto("visit").values(visitRow(visit)).execute());
    },
    find: async (id) => {
      const row = await trx.selectFrom("visit").selectAll().where("id", "=", id).executeTakeFirst();
      return row && visitOf(row);
    },
    advance: async (id, from, change) => {
      const { numUpdatedRows } = await trx
        .updateTable("visit")
        .set(changed(change))
        .where("id", "=", id)
        .where("state", "=", from)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
  };
}

function changed(change: VisitChange) {
  return {
    state: change.state,
    ...(change.bindHash === undefined ? {} : { bind_hash: change.bindHash }),
    ...(change.returnHash === undefined ? {} : { return_hash: change.returnHash }),
    ...(change.deskId === undefined ? {} : { desk_id: change.deskId }),
    ...(change.result === undefined ? {} : { result: JSON.stringify(change.result) }),
    ...(change.deadline === undefined ? {} : { deadline: change.deadline }),
  };
}

function visitRow(visit: Visit) {
  return {
    id: visit.id,
    purpose: visit.purpose,
    state: visit.state,
    cookie_hash: visit.cookieHash,
    bind_hash: visit.bindHash ?? null,
    return_hash: visit.returnHash ?? null,
    desk_id: visit.deskId ?? null,
    session_id: visit.sessionId ?? null,
    ceremony_id: visit.ceremonyId ?? null,
    nonce: visit.nonce ?? null,
    result: visit.result === undefined ? null : JSON.stringify(visit.result),
    created_at: visit.createdAt,
    deadline: visit.deadline,
  };
}

function visitOf(row: Selectable<VisitTable>): Visit {
  return {
    id: row.id,
    purpose: read(purpose, row.purpose, "visit purpose"),
    state: read(state, row.state, "visit state"),
    cookieHash: row.cookie_hash,
    bindHash: known(row.bind_hash),
    returnHash: known(row.return_hash),
    deskId: known(row.desk_id),
    sessionId: known(row.session_id),
    ceremonyId: known(row.ceremony_id),
    nonce: known(row.nonce),
    result: row.result === null ? undefined : read(result, row.result, "visit result"),
    createdAt: row.created_at,
    deadline: row.deadline,
  };
}
