import type { CardIncident, PukRotation, Rotations } from "@lanyard/identity";
import type { Selectable } from "kysely";
import { z } from "zod";
import type { CardIncidentTable, PukRotationTable } from "../sql/tables.ts";
import type { Transaction } from "../sql/transaction.ts";
import { expectRow, refusingConflicts } from "./errors.ts";
import { read } from "./rows.ts";

const index = z.number().int().min(0);

const state = z
  .object({
    phase: z.enum([
      "asked",
      "released",
      "rotated",
      "refused",
      "incident",
      "declined",
      "unanswered",
    ]),
    firstDesk: z.string(),
    candidate: index.optional(),
    next: index.optional(),
    isSure: z.boolean(),
  })
  // JSON leaves out what is undefined.
  .transform(({ candidate, next, ...rest }) => ({ ...{ candidate, next }, ...rest }));

export function rotationsStore(trx: Transaction): Rotations {
  return { ...dueOf(trx), ...runsOf(trx), ...incidentsOf(trx) };
}

function dueOf(trx: Transaction): Pick<Rotations, "setDue" | "clearDue" | "dueSince"> {
  return {
    setDue: async (cardSerial, deskId) => {
      await trx
        .insertInto("rotation_due")
        .values({ card_serial: cardSerial, desk_id: deskId })
        .onConflict((conflict) => conflict.column("card_serial").doUpdateSet({ desk_id: deskId }))
        .execute();
    },
    clearDue: async (cardSerial) => {
      await trx.deleteFrom("rotation_due").where("card_serial", "=", cardSerial).execute();
    },
    dueSince: async (cardSerial) => {
      const row = await trx
        .selectFrom("rotation_due")
        .select("desk_id")
        .where("card_serial", "=", cardSerial)
        .executeTakeFirst();
      return row?.desk_id;
    },
  };
}

function runsOf(trx: Transaction): Pick<Rotations, "add" | "find" | "lock" | "save"> {
  const one = (id: string) => trx.selectFrom("puk_rotation").selectAll().where("id", "=", id);
  return {
    add: async (rotation) => {
      const row = {
        id: rotation.id,
        card_serial: rotation.cardSerial,
        desk_id: rotation.deskId,
        nonce: rotation.nonce,
        started_at: rotation.startedAt,
        state: JSON.stringify(rotation.state),
      };
      await refusingConflicts(trx.insertInto("puk_rotation").values(row).execute());
    },
    find: async (id) => {
      const row = await one(id).executeTakeFirst();
      return row && rotationOf(row);
    },
    lock: async (id) => {
      const row = await one(id).forUpdate().executeTakeFirst();
      return row && rotationOf(row);
    },
    save: async (id, to) => {
      const { numUpdatedRows } = await trx
        .updateTable("puk_rotation")
        .set({ state: JSON.stringify(to) })
        .where("id", "=", id)
        .executeTakeFirst();
      expectRow(numUpdatedRows, "puk_rotation");
    },
  };
}

function incidentsOf(
  trx: Transaction,
): Pick<Rotations, "addIncident" | "incidentsOf" | "openIncidents"> {
  return {
    addIncident: async ({ cardSerial, at, firstDesk, foundAt }) => {
      const row = { card_serial: cardSerial, at, first_desk: firstDesk, found_at: foundAt };
      await refusingConflicts(trx.insertInto("card_incident").values(row).execute());
    },
    incidentsOf: async (cardSerials) => {
      if (cardSerials.length === 0) return [];
      const rows = await trx
        .selectFrom("card_incident")
        .selectAll()
        .where("card_serial", "in", cardSerials)
        .orderBy("at", "desc")
        .execute();
      return rows.map(incidentOf);
    },
    openIncidents: async (limit) => {
      const rows = await trx
        .selectFrom("card_incident")
        .innerJoin("smartcard", "serial", "card_serial")
        .selectAll("card_incident")
        .where("puk_frozen", "=", true)
        .orderBy("at", "desc")
        .limit(limit)
        .execute();
      return rows.map(incidentOf);
    },
  };
}

function incidentOf(row: Selectable<CardIncidentTable>): CardIncident {
  return {
    cardSerial: row.card_serial,
    at: row.at,
    firstDesk: row.first_desk,
    foundAt: row.found_at,
  };
}

function rotationOf(row: Selectable<PukRotationTable>): PukRotation {
  return {
    id: row.id,
    cardSerial: row.card_serial,
    deskId: row.desk_id,
    nonce: row.nonce,
    startedAt: row.started_at,
    state: read(state, row.state, "rotation"),
  };
}
