import { type Kysely, type Migration, sql } from "kysely";

/** The phases of an unlock that were open when unlock was the only kind. */
const OPEN = "('card_proven', 'person_confirmed', 'chosen', 'released', 'pin_set')";

const UP: readonly string[] = [
  // Whether a ceremony is open is for its kind to say: the indexes know no phase by name.
  "alter table ceremony add column is_open boolean",
  `update ceremony set is_open = phase in ${OPEN}`,
  "alter table ceremony alter column is_open set not null",
  "drop index ceremony_open_at_desk",
  "drop index ceremony_open_of_card",
  "drop index ceremony_deadline",
  "create unique index ceremony_open_at_desk on ceremony (desk_id) where is_open",
  "create unique index ceremony_open_of_card on ceremony (card_serial) where is_open",
  "create index ceremony_deadline on ceremony (deadline) where is_open",

  // A ceremony's visit says which one; of what kind that is, the ceremony says.
  "alter table visit drop constraint visit_purpose_check",
  "update visit set purpose = 'ceremony' where purpose = 'unlock'",
  `alter table visit add constraint visit_purpose_check
    check (purpose in ('desk', 'sign_in', 'ceremony'))`,
];

/** Unlock is one kind of ceremony among others. */
export const ceremoniesOfAnyKind: Migration = {
  up: async (db: Kysely<unknown>) => {
    for (const statement of UP) await sql.raw(statement).execute(db);
  },
};
