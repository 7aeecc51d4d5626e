import type { Ceremonies, Ceremony } from "@lanyard/identity";
import type { Selectable, SelectQueryBuilder } from "kysely";
import { z } from "zod";
import type { CeremonyTable, Database } from "../sql/tables.ts";
import type { Transaction } from "../sql/transaction.ts";
import { expectRow, refusingConflicts } from "./errors.ts";
import { careIdOf, known, read } from "./rows.ts";

/** The phases in which a ceremony is open; the same list as in the table's partial indexes. */
const OPEN = ["card_proven", "person_confirmed", "chosen", "released", "pin_set"] as const;

const index = z.number().int().min(0);

const state = z.object({
  phase: z.enum([
    ...OPEN,
    "verified",
    "aborted",
    "uncertain",
    "confirmed_later",
    "settled_unknown",
  ]),
  passcodeState: z.union([z.enum(["blocked", "unknown"]), z.object({ triesLeft: z.number() })]),
  evidence: z
    .enum(["photo", "passport", "driving_licence", "other_document", "biometric"])
    .optional(),
  candidate: index.optional(),
  next: index.optional(),
  triedBoth: z.boolean(),
  rotated: z.boolean(),
  reason: z
    .enum([
      "operator_card_removed",
      "holder_card_removed",
      "session_ended",
      "cancelled",
      "timed_out",
      "replaced",
      "agent_gone",
      "card_frozen",
      "puk_tries_floor",
      "puk_refused",
      "puk_blocked",
      "passcode_refused_by_card",
      "refused_by_card",
      "answer_lost",
      "proof_missing",
      "proof_invalid",
    ])
    .optional(),
});

const notes = z.object({
  proofNonce: z.string(),
  authoriseNonce: z.string(),
  doneNonce: z.string(),
  ephemeralKey: z.string().optional(),
});

export function ceremoniesStore(trx: Transaction): Ceremonies {
  const all = () => trx.selectFrom("ceremony").selectAll();
  const open = () => all().where("phase", "in", OPEN);
  return {
    add: async (ceremony) => {
      await refusingConflicts(trx.insertInto("ceremony").values(ceremonyRow(ceremony)).execute());
    },
    find: (id) => first(all().where("id", "=", id)),
    lock: (id) => first(all().where("id", "=", id).forUpdate()),
    save: async (id, change) => {
      const { numUpdatedRows } = await trx
        .updateTable("ceremony")
        .set({
          phase: change.state.phase,
          state: JSON.stringify(change.state),
          deadline: change.deadline,
          notes: JSON.stringify(change.notes),
        })
        .where("id", "=", id)
        .executeTakeFirst();
      expectRow(numUpdatedRows, "ceremony");
    },
    openAtDesk: (deskId) => first(open().where("desk_id", "=", deskId)),
    openOfCard: (cardSerial) => first(open().where("card_serial", "=", cardSerial)),
    ofCard: async (cardSerial, limit) => {
      const rows = await all()
        .where("card_serial", "=", cardSerial)
        .orderBy("started_at", "desc")
        .limit(limit)
        .execute();
      return rows.map(ceremonyOf);
    },
    overdue: async (at, limit) => {
      const rows = await open()
        .where("deadline", "<", at)
        .orderBy("deadline")
        .limit(limit)
        .execute();
      return rows.map(ceremonyOf);
    },
  };
}

async function first(
  query: SelectQueryBuilder<Database, "ceremony", Selectable<CeremonyTable>>,
): Promise<Ceremony | undefined> {
  const row = await query.executeTakeFirst();
  return row && ceremonyOf(row);
}

function ceremonyRow(ceremony: Ceremony) {
  return {
    id: ceremony.id,
    kind: ceremony.kind,
    phase: ceremony.state.phase,
    state: JSON.stringify(ceremony.state),
    card_serial: ceremony.cardSerial,
    holder: ceremony.holder,
    operator: ceremony.operator,
    desk_id: ceremony.deskId,
    session_id: ceremony.sessionId,
    insertion: ceremony.insertion,
    expected_serial: ceremony.expectedSerial ?? null,
    started_at: ceremony.startedAt,
    deadline: ceremony.deadline,
    notes: JSON.stringify(ceremony.notes),
  };
}

function ceremonyOf(row: Selectable<CeremonyTable>): Ceremony {
  const { evidence, candidate, next, reason, ...rest } = read(state, row.state, "ceremony state");
  const { ephemeralKey, ...nonces } = read(notes, row.notes, "ceremony notes");
  return {
    id: row.id,
    kind: read(z.literal("unlock"), row.kind, "ceremony kind"),
    state: { ...rest, evidence, candidate, next, reason },
    cardSerial: row.card_serial,
    holder: careIdOf(row.holder),
    operator: careIdOf(row.operator),
    deskId: row.desk_id,
    sessionId: row.session_id,
    insertion: row.insertion,
    expectedSerial: known(row.expected_serial),
    startedAt: row.started_at,
    deadline: row.deadline,
    notes: { ...nonces, ephemeralKey },
  };
}
