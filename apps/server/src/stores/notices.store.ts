import type { ClaimedNotice, Notice, NoticeSettled, Notices } from "@lanyard/identity";
import { type RawBuilder, type Selectable, sql } from "kysely";
import { z } from "zod";
import type { OutboxTable } from "../sql/tables.ts";
import type { Transaction } from "../sql/transaction.ts";
import { careIdOf, known, read } from "./rows.ts";

const state = z.enum(["waiting", "sent", "given_up", "no_address"]);

export function noticesStore(trx: Transaction): Notices {
  return {
    write: async (notice) => {
      await trx
        .insertInto("outbox")
        .values({
          message_id: notice.messageId,
          event: notice.event,
          ceremony_id: notice.ceremonyId,
          holder: notice.holder,
          address: notice.to ?? null,
          subject: notice.subject,
          body: notice.text,
          written_at: notice.writtenAt,
          state: notice.state,
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    ofCeremony: async (ceremonyId) => {
      const rows = await trx
        .selectFrom("outbox")
        .selectAll()
        .where("ceremony_id", "=", ceremonyId)
        .orderBy("queued_at")
        .execute();
      return rows.map(noticeOf);
    },
    claim: (lease, leaseMs, limit) => claim(trx, { lease, leaseMs, limit }),
    settle: async (messageId, lease, how) => {
      const { numUpdatedRows } = await trx
        .updateTable("outbox")
        .set({ ...settled(how), lease: null, leased_until: null })
        .where("message_id", "=", messageId)
        .where("lease", "=", lease)
        .where("state", "=", "waiting")
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
  };
}

/** Rows that another sender is taking at this moment are passed over, not waited for. */
async function claim(
  trx: Transaction,
  { lease, leaseMs, limit }: { lease: string; leaseMs: number; limit: number },
): Promise<readonly ClaimedNotice[]> {
  const due = trx
    .selectFrom("outbox")
    .select("message_id")
    .where("state", "=", "waiting")
    .where("due_at", "<=", fromNow(0))
    .where(({ eb, or }) =>
      or([eb("leased_until", "is", null), eb("leased_until", "<=", fromNow(0))]),
    )
    .orderBy("due_at")
    .limit(limit)
    .forUpdate()
    .skipLocked();
  const rows = await trx
    .updateTable("outbox")
    .set((eb) => ({
      attempts: eb("attempts", "+", 1),
      lease,
      leased_until: fromNow(leaseMs),
    }))
    .where("message_id", "in", due)
    .returningAll()
    .returning(sql<number>`extract(epoch from clock_timestamp() - queued_at)::float8`.as("age"))
    .execute();
  return rows.map(({ age, ...row }) => ({
    mail: {
      messageId: row.message_id,
      to: row.address ?? "",
      subject: row.subject,
      text: row.body,
      writtenAt: row.written_at,
    },
    holder: careIdOf(row.holder),
    ceremonyId: row.ceremony_id,
    attempts: row.attempts,
    ageMs: age * 1000,
  }));
}

function settled(how: NoticeSettled) {
  if (how.state === "sent") return { state: how.state, reason: null };
  if (how.state === "given_up") return { state: how.state, reason: how.reason };
  return { state: how.state, reason: how.reason, due_at: fromNow(how.afterMs) };
}

function fromNow(milliseconds: number): RawBuilder<Date> {
  return sql<Date>`clock_timestamp() + ${milliseconds} * interval '1 millisecond'`;
}

function noticeOf(row: Selectable<OutboxTable>): Notice {
  return {
    messageId: row.message_id,
    event: row.event,
    ceremonyId: row.ceremony_id,
    holder: careIdOf(row.holder),
    to: known(row.address),
    subject: row.subject,
    text: row.body,
    writtenAt: row.written_at,
    state: read(state, row.state, "notice state"),
    attempts: row.attempts,
    reason: known(row.reason),
  };
}
