import { type Ceremonies, type Ceremony, isUnderWay, standingOf } from "@lanyard/identity";
import type { Selectable, SelectQueryBuilder } from "kysely";
import type { StoredKind } from "../ceremonies/kind.ts";
import type { CeremonyTable, Database } from "../sql/tables.ts";
import type { Transaction } from "../sql/transaction.ts";
import { expectRow, refusingConflicts } from "./errors.ts";
import { careIdOf, known, malformed, read } from "./rows.ts";

type Kinds = readonly StoredKind[];

export function ceremoniesStore(trx: Transaction, kinds: Kinds): Ceremonies {
  const all = () => trx.selectFrom("ceremony").selectAll();
  const open = () => all().where("is_open", "=", true);
  const first = async (query: Query): Promise<Ceremony | undefined> => {
    const row = await query.executeTakeFirst();
    return row && ceremonyOf(row, kinds);
  };
  return {
    add: async (ceremony) => {
      await refusingConflicts(
        trx.insertInto("ceremony").values(ceremonyRow(ceremony, kinds)).execute(),
      );
    },
    find: (id) => first(all().where("id", "=", id)),
    lock: (id) => first(all().where("id", "=", id).forUpdate()),
    save: async (id, change) => {
      const { numUpdatedRows } = await trx
        .updateTable("ceremony")
        .set({
          ...indexed(change, kinds),
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
        .orderBy("id", "desc")
        .limit(limit)
        .execute();
      return rows.map((row) => ceremonyOf(row, kinds));
    },
    overdue: async (at, limit) => {
      const rows = await open()
        .where("deadline", "<", at)
        .orderBy("deadline")
        .limit(limit)
        .execute();
      return rows.map((row) => ceremonyOf(row, kinds));
    },
  };
}

type Query = SelectQueryBuilder<Database, "ceremony", Selectable<CeremonyTable>>;

function ceremonyRow(ceremony: Ceremony, kinds: Kinds) {
  return {
    id: ceremony.id,
    kind: ceremony.kind,
    ...indexed(ceremony, kinds),
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

function ceremonyOf(row: Selectable<CeremonyTable>, kinds: Kinds): Ceremony {
  const kind = kindOf(kinds, row.kind);
  return {
    id: row.id,
    kind: row.kind,
    state: read(kind.stateSchema, row.state, "ceremony state"),
    cardSerial: row.card_serial,
    holder: careIdOf(row.holder),
    operator: careIdOf(row.operator),
    deskId: row.desk_id,
    sessionId: row.session_id,
    insertion: row.insertion,
    expectedSerial: known(row.expected_serial),
    startedAt: row.started_at,
    deadline: row.deadline,
    notes: read(kind.notesSchema, row.notes, "ceremony notes"),
  };
}

/** What the state says, in columns of their own for the indexes. */
function indexed({ kind, state }: Pick<Ceremony, "kind" | "state">, kinds: Kinds) {
  return { phase: state.phase, is_open: isUnderWay(standingOf(kindOf(kinds, kind), state)) };
}

function kindOf(kinds: Kinds, name: string): StoredKind {
  const kind = kinds.find((one) => one.kind === name);
  if (kind === undefined) throw malformed("ceremony kind");
  return kind;
}
