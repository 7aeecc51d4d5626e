import type { Session, Sessions } from "@lanyard/identity";
import type { Selectable } from "kysely";
import { z } from "zod";
import type { SessionTable } from "../sql/tables.ts";
import type { Transaction } from "../sql/transaction.ts";
import { refusingConflicts } from "./errors.ts";
import { careIdOf, known, read } from "./rows.ts";

const endReason = z.enum([
  "signed_out",
  "card_removed",
  "agent_silent",
  "proof_failed",
  "idle",
  "absolute_limit",
  "replaced",
  "card_ended",
  "desk_revoked",
]);

export function sessionsStore(trx: Transaction): Sessions {
  const open = () => trx.selectFrom("session").selectAll().where("ended_at", "is", null);
  return {
    add: async (session) => {
      await refusingConflicts(trx.insertInto("session").values(sessionRow(session)).execute());
    },
    find: async (id) => {
      const row = await trx
        .selectFrom("session")
        .selectAll()
        .where("id", "=", id)
        .executeTakeFirst();
      return row && sessionOf(row);
    },
    openAtDesk: async (deskId) =>
      (await open().where("desk_id", "=", deskId).execute()).map(sessionOf),
    openAmong: async (ids) => {
      if (ids.length === 0) return new Set();
      const rows = await open().where("id", "in", ids).execute();
      return new Set(rows.map(({ id }) => id));
    },
    open: async () => (await open().execute()).map(sessionOf),
    touch: async (id, { lastSeenAt, provenAt, leashId }) => {
      if (lastSeenAt === undefined && provenAt === undefined && leashId === undefined) return;
      await trx
        .updateTable("session")
        .set({
          ...(lastSeenAt === undefined ? {} : { last_seen_at: lastSeenAt }),
          ...(provenAt === undefined ? {} : { proven_at: provenAt }),
          ...(leashId === undefined ? {} : { leash_id: leashId }),
        })
        .where("id", "=", id)
        .execute();
    },
    end: async (id, at, reason) => {
      const { numUpdatedRows } = await trx
        .updateTable("session")
        .set({ ended_at: at, end_reason: reason })
        .where("id", "=", id)
        .where("ended_at", "is", null)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
  };
}

function sessionRow(session: Session): SessionTable {
  return {
    id: session.id,
    care_id: session.careId,
    card_serial: session.cardSerial,
    desk_id: session.deskId,
    insertion: session.insertion,
    started_at: session.startedAt,
    last_seen_at: session.lastSeenAt,
    proven_at: session.provenAt,
    leash_id: session.leashId ?? null,
    ended_at: session.endedAt ?? null,
    end_reason: session.endReason ?? null,
  };
}

function sessionOf(row: Selectable<SessionTable>): Session {
  return {
    id: row.id,
    careId: careIdOf(row.care_id),
    cardSerial: row.card_serial,
    deskId: row.desk_id,
    insertion: row.insertion,
    startedAt: row.started_at,
    lastSeenAt: row.last_seen_at,
    provenAt: row.proven_at,
    leashId: known(row.leash_id),
    endedAt: known(row.ended_at),
    endReason: row.end_reason === null ? undefined : read(endReason, row.end_reason, "session end"),
  };
}
