import {
  type CardCertificate,
  type Cards,
  type KeyVersionChange,
  type KeyVersionShare,
  type KeyVersions,
  keyVersionChange,
  type PukRegisters,
  type Smartcard,
} from "@lanyard/identity";
import { type Selectable, sql } from "kysely";
import { z } from "zod";
import type { CertificateTable, SmartcardTable } from "../sql/tables.ts";
import type { Transaction } from "../sql/transaction.ts";
import { missingRow, refusingConflicts } from "./errors.ts";
import { careIdOf, known, read } from "./rows.ts";

const life = z.enum(["issued_locked", "active", "cancelled", "cleared"]);
const slot = z.enum(["9A", "9C", "9E"]);
const profile = z.object({
  name: z.string(),
  passcodeRule: z.enum(["alphanumeric-4-8", "digits-6-8"]),
  passcodeTries: z.number(),
  pukTries: z.number(),
  pukChangeable: z.boolean(),
  pukTriesComeBack: z.boolean(),
  // Cards recorded before there were hints have none.
  hint: z.boolean().default(false),
});

export function cardsStore(trx: Transaction): Cards {
  return { ...finding(trx), ...adding(trx), ...changing(trx), ...counting(trx) };
}

function adding(trx: Transaction): Pick<Cards, "add"> {
  return {
    add: async (card, { seed, keyVersion, keyVersionChanges }) => {
      const { serial, careId, issuanceId, issuedAt } = card;
      await refusingConflicts(
        trx
          .insertInto("smartcard")
          .values({
            serial,
            care_id: careId,
            issuance_id: issuanceId,
            life: card.life,
            profile: JSON.stringify(card.profile),
            issued_at: issuedAt,
            seed,
            key_version: keyVersion,
            puk_n: card.registers.n,
            puk_hi: card.registers.hi,
            ...restOfRegisters(card.registers),
          })
          .execute(),
      );
      for (const change of keyVersionChanges) await addKeyVersion(trx, serial, change);
      const certificates = card.certificates.map((certificate) =>
        certificateRow(card, certificate),
      );
      if (certificates.length > 0)
        await refusingConflicts(trx.insertInto("certificate").values(certificates).execute());
    },
  };
}

function finding(
  trx: Transaction,
): Pick<Cards, "findByKey" | "find" | "lock" | "ofPerson" | "seedOf"> {
  return {
    findByKey: async (keyHash) => {
      const found = await trx
        .selectFrom("certificate")
        .select("card_serial")
        .where("key_hash", "=", keyHash)
        .executeTakeFirst();
      return found && findCard(trx, found.card_serial);
    },
    find: (serial) => findCard(trx, serial),
    lock: async (serial) => {
      const row = await trx
        .selectFrom("smartcard")
        .selectAll()
        .where("serial", "=", serial)
        .forUpdate()
        .executeTakeFirst();
      return row && (await withCertificates(trx, [row]))[0];
    },
    ofPerson: async (careId) => {
      const rows = await trx
        .selectFrom("smartcard")
        .selectAll()
        .where("care_id", "=", careId)
        .orderBy("issued_at", "desc")
        .execute();
      return withCertificates(trx, rows);
    },
    seedOf: async (serial) => {
      const row = await trx
        .selectFrom("smartcard")
        .select(["seed", "key_version"])
        .where("serial", "=", serial)
        .executeTakeFirst();
      return row && { seed: row.seed, ...(await keyVersionsOf(trx, serial, row.key_version)) };
    },
  };
}

function changing(trx: Transaction): Pick<Cards, "saveRegisters" | "setLife"> {
  return {
    saveRegisters: async (serial, registers, newestKeyVersion) => {
      const before = trx
        .selectFrom("smartcard")
        .select(["serial", "puk_hi as hi"])
        .where("serial", "=", serial)
        .forUpdate();
      const saved = await trx
        .updateTable("smartcard")
        .from(before.as("before"))
        .set({
          // Rule R2, held by the database too: right for late and repeated writes of any node.
          puk_n: sql`greatest(puk_n, ${registers.n})`,
          puk_hi: sql`greatest(puk_hi, ${registers.hi})`,
          ...restOfRegisters(registers),
        })
        .whereRef("smartcard.serial", "=", "before.serial")
        .returning(["before.hi", "smartcard.key_version"])
        .executeTakeFirstOrThrow(() => missingRow("smartcard"));
      if (registers.hi <= saved.hi) return;
      const versions = await keyVersionsOf(trx, serial, saved.key_version);
      const rise = { before: saved.hi, after: registers.hi };
      const change = keyVersionChange(versions, rise, newestKeyVersion);
      if (change !== undefined) await addKeyVersion(trx, serial, change);
    },
    setLife: async (serial, to) => {
      await trx.updateTable("smartcard").set({ life: to }).where("serial", "=", serial).execute();
    },
  };
}

function counting(trx: Transaction): Pick<Cards, "keyVersionShares"> {
  return {
    // One pass over all cards: for a page that is looked at now and then.
    keyVersionShares: async () => {
      const { rows } = await sql<KeyVersionShare>`
        select version, count(*)::int as cards from (
          select coalesce((
            select change.version from card_key_version as change
            where change.card_serial = smartcard.serial and change.from_index <= smartcard.puk_n
            order by change.from_index desc limit 1
          ), smartcard.key_version) as version
          from smartcard where life in ('active', 'issued_locked')
        ) as card group by version order by version`.execute(trx);
      return rows;
    },
  };
}

async function keyVersionsOf(
  trx: Transaction,
  serial: string,
  keyVersion: number,
): Promise<KeyVersions> {
  const keyVersionChanges = await trx
    .selectFrom("card_key_version")
    .select(["from_index as from", "version"])
    .where("card_serial", "=", serial)
    .orderBy("from_index")
    .execute();
  return { keyVersion, keyVersionChanges };
}

async function addKeyVersion(
  trx: Transaction,
  serial: string,
  { from, version }: KeyVersionChange,
): Promise<void> {
  const row = { card_serial: serial, from_index: from, version };
  await refusingConflicts(trx.insertInto("card_key_version").values(row).execute());
}

async function findCard(trx: Transaction, serial: string): Promise<Smartcard | undefined> {
  const row = await trx
    .selectFrom("smartcard")
    .selectAll()
    .where("serial", "=", serial)
    .executeTakeFirst();
  return row && (await withCertificates(trx, [row]))[0];
}

async function withCertificates(
  trx: Transaction,
  rows: readonly Selectable<SmartcardTable>[],
): Promise<readonly Smartcard[]> {
  if (rows.length === 0) return [];
  const certificates = await trx
    .selectFrom("certificate")
    .selectAll()
    .where(
      "card_serial",
      "in",
      rows.map((row) => row.serial),
    )
    .orderBy("slot")
    .execute();
  return rows.map((row) =>
    cardOf(
      row,
      certificates.filter((certificate) => certificate.card_serial === row.serial),
    ),
  );
}

function cardOf(
  row: Selectable<SmartcardTable>,
  certificates: readonly Selectable<CertificateTable>[],
): Smartcard {
  return {
    serial: row.serial,
    careId: careIdOf(row.care_id),
    issuanceId: row.issuance_id,
    life: read(life, row.life, "card life"),
    profile: read(profile, row.profile, "card profile"),
    certificates: certificates.map(certificateOf),
    issuedAt: row.issued_at,
    registers: {
      n: row.puk_n,
      hi: row.puk_hi,
      refused: known(row.puk_refused),
      tried: known(row.puk_tried),
      triesLeft: row.puk_tries_left,
      frozen: row.puk_frozen,
      ...(row.puk_granted !== null && { granted: row.puk_granted }),
      exposed: row.puk_exposed,
    },
  };
}

function restOfRegisters(registers: PukRegisters) {
  return {
    puk_refused: registers.refused ?? null,
    puk_tried: registers.tried ?? null,
    puk_tries_left: registers.triesLeft,
    puk_frozen: registers.frozen,
    puk_granted: registers.granted ?? null,
    puk_exposed: registers.exposed,
  };
}

function certificateRow(card: Smartcard, certificate: CardCertificate) {
  return {
    key_hash: certificate.keyHash,
    care_id: card.careId,
    card_serial: card.serial,
    slot: certificate.slot,
    der: certificate.der,
    not_before: certificate.notBefore,
    not_after: certificate.notAfter,
    revoked_at: certificate.revokedAt ?? null,
  };
}

function certificateOf(row: Selectable<CertificateTable>): CardCertificate {
  return {
    slot: read(slot, row.slot, "certificate slot"),
    der: row.der,
    keyHash: row.key_hash,
    notBefore: row.not_before,
    notAfter: row.not_after,
    revokedAt: known(row.revoked_at),
  };
}
