import { type Kysely, type Migration, sql } from "kysely";

const UP: readonly string[] = [
  // The PC of this desk knows the card's PUK: it is changed at the next sign-in anywhere else.
  `create table rotation_due (
    card_serial text primary key references smartcard (serial),
    desk_id text not null references desk (id)
  )`,

  // One change of a card's PUK at a sign-in.
  `create table puk_rotation (
    id text primary key,
    card_serial text not null references smartcard (serial),
    desk_id text not null references desk (id),
    nonce text not null,
    started_at timestamptz not null,
    state jsonb not null
  )`,

  // The one index that a supervisor lets a frozen card be tried at.
  `alter table smartcard add column puk_granted integer`,

  // A card that did not hold the PUK it should.
  `create table card_incident (
    card_serial text not null references smartcard (serial),
    at timestamptz not null,
    first_desk text not null references desk (id),
    found_at text not null references desk (id),
    primary key (card_serial, at)
  )`,
];

/** The second touch: which cards are due for it, what came of it, and what it found out. */
export const rotations: Migration = {
  up: async (db: Kysely<unknown>) => {
    for (const statement of UP) await sql.raw(statement).execute(db);
  },
};
