import type { Organisation, People, Person, Photo, RoleAssignment } from "@lanyard/identity";
import { z } from "zod";
import type { OrganisationTable, PersonTable } from "../sql/tables.ts";
import type { Transaction } from "../sql/transaction.ts";
import { refusingConflicts } from "./errors.ts";
import { careIdOf, known, read } from "./rows.ts";

const status = z.enum(["open", "closed"]);
const mediaType = z.enum(["image/png", "image/jpeg"]);

/** A number that long is a care identity number; a shorter one is a card's serial. */
const CARE_ID = /^[0-9]{12}$/;
const SERIAL = /^[0-9]{6,11}$/;

export function peopleStore(trx: Transaction): People {
  return { ...persons(trx), ...photos(trx), ...organisations(trx), ...roles(trx) };
}

function persons(trx: Transaction): Pick<People, "add" | "find" | "search"> {
  return {
    search: (search) => searchPeople(trx, search),
    add: async (person) => {
      await refusingConflicts(trx.insertInto("person").values(personRow(person)).execute());
      const words = wordsOf(`${person.givenNames} ${person.familyName}`);
      const rows = words.map((word) => ({ care_id: person.careId, word }));
      if (rows.length > 0) await trx.insertInto("person_name_word").values(rows).execute();
    },
    find: async (careId) => {
      const row = await trx
        .selectFrom("person")
        .selectAll()
        .where("care_id", "=", careId)
        .executeTakeFirst();
      return row && personOf(row);
    },
  };
}

function photos(trx: Transaction): Pick<People, "setPhoto" | "photo" | "withPhoto"> {
  return {
    setPhoto: async (careId, { bytes, mediaType: media_type }) => {
      await trx
        .insertInto("person_photo")
        .values({ care_id: careId, bytes, media_type })
        .onConflict((conflict) => conflict.column("care_id").doUpdateSet({ bytes, media_type }))
        .execute();
    },
    photo: async (careId) => {
      const row = await trx
        .selectFrom("person_photo")
        .select(["bytes", "media_type"])
        .where("care_id", "=", careId)
        .executeTakeFirst();
      return row && photoOf(row);
    },
    withPhoto: async (careIds) => {
      if (careIds.length === 0) return new Set();
      const rows = await trx
        .selectFrom("person_photo")
        .select("care_id")
        .where("care_id", "in", careIds)
        .execute();
      return new Set(rows.map((row) => careIdOf(row.care_id)));
    },
  };
}

function organisations(
  trx: Transaction,
): Pick<People, "addOrganisation" | "organisation" | "organisations"> {
  const all = trx.selectFrom("organisation").selectAll();
  return {
    addOrganisation: async ({ code, name, parentCode }) => {
      const row = { code, name, parent_code: parentCode ?? null };
      await refusingConflicts(trx.insertInto("organisation").values(row).execute());
    },
    organisation: async (code) => {
      const row = await all.where("code", "=", code).executeTakeFirst();
      return row && organisationOf(row);
    },
    organisations: async () => (await all.orderBy("code").execute()).map(organisationOf),
  };
}

function organisationOf({ code, name, parent_code }: OrganisationTable): Organisation {
  return { code, name, parentCode: known(parent_code) };
}

function roles(trx: Transaction): Pick<People, "assignRole" | "rolesOf"> {
  return {
    assignRole: async ({ careId, role, organisationCode, from, until }) => {
      const row = {
        care_id: careId,
        role,
        organisation_code: organisationCode,
        valid_from: from,
        valid_until: until ?? null,
      };
      await refusingConflicts(trx.insertInto("role_assignment").values(row).execute());
    },
    rolesOf: async (careId, at) => {
      const rows = await trx
        .selectFrom("role_assignment")
        .selectAll()
        .where("care_id", "=", careId)
        .where("valid_from", "<=", at)
        .where((where) =>
          where.or([where("valid_until", "is", null), where("valid_until", ">", at)]),
        )
        .orderBy("valid_from")
        .execute();
      return rows.map(
        (row): RoleAssignment => ({
          careId,
          role: row.role,
          organisationCode: row.organisation_code,
          from: row.valid_from,
          until: known(row.valid_until),
        }),
      );
    },
  };
}

/**
 * Exact by number; by name each word must begin a word of the person's names. One btree answers that whatever the size
 * of the country; similarity search on the person table grows with it.
 */
async function searchPeople(
  trx: Transaction,
  { text, organisationCodes, limit }: Parameters<People["search"]>[0],
): Promise<readonly Person[]> {
  const digits = text.replaceAll(" ", "");
  let query = trx.selectFrom("person").selectAll("person");
  if (organisationCodes !== undefined)
    query = query.where("organisation_code", "in", [...organisationCodes, ""]);
  if (CARE_ID.test(digits)) query = query.where("care_id", "=", digits);
  else if (SERIAL.test(digits))
    query = query.where("care_id", "in", (cards) =>
      cards.selectFrom("smartcard").select("smartcard.care_id").where("serial", "=", digits),
    );
  else {
    const words = wordsOf(text);
    if (words.length === 0) return [];
    for (const word of words)
      query = query.where("care_id", "in", (names) =>
        names
          .selectFrom("person_name_word")
          .select("person_name_word.care_id")
          .where("word", "like", `${word}%`),
      );
  }
  const rows = await query
    .orderBy("family_name")
    .orderBy("given_names")
    .orderBy("care_id")
    .limit(limit)
    .execute();
  return rows.map(personOf);
}

/** Letters and digits only, in small letters, without accents: "O'Brien-Łuk" is o, brien, łuk. Each word once. */
function wordsOf(text: string): readonly string[] {
  const folded = text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
  return [...new Set(folded.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== ""))];
}

function personRow(person: Person): PersonTable {
  return {
    care_id: person.careId,
    title: person.title ?? null,
    given_names: person.givenNames,
    family_name: person.familyName,
    date_of_birth: person.dateOfBirth,
    email: person.email ?? null,
    other_email: person.otherEmail ?? null,
    phone: person.phone ?? null,
    job_title: person.jobTitle ?? null,
    status: person.status,
    organisation_code: person.organisationCode,
  };
}

function personOf(row: PersonTable): Person {
  return {
    careId: careIdOf(row.care_id),
    title: known(row.title),
    givenNames: row.given_names,
    familyName: row.family_name,
    dateOfBirth: row.date_of_birth,
    email: known(row.email),
    ...(row.other_email !== null && { otherEmail: row.other_email }),
    phone: known(row.phone),
    jobTitle: known(row.job_title),
    status: read(status, row.status, "person status"),
    organisationCode: row.organisation_code,
  };
}

function photoOf(row: { readonly bytes: Buffer; readonly media_type: string }): Photo {
  return { bytes: row.bytes, mediaType: read(mediaType, row.media_type, "photo type") };
}
