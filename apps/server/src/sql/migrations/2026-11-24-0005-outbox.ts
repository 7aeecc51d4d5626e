import { type Kysely, type Migration, sql } from "kysely";

const UP: readonly string[] = [
  // A second address, that somebody who took over the first one does not read.
  "alter table person add column other_email text",

  // What a holder is told of one event at one address: written with the event, sent afterwards.
  `create table outbox (
    message_id text primary key,
    event text not null,
    ceremony_id text not null references ceremony (id),
    holder text not null references person (care_id),
    address text,
    subject text not null,
    body text not null,
    written_at timestamptz not null,
    queued_at timestamptz not null default clock_timestamp(),
    state text not null check (state in ('waiting', 'sent', 'given_up', 'no_address')),
    attempts integer not null default 0,
    due_at timestamptz not null default clock_timestamp(),
    lease text,
    leased_until timestamptz,
    reason text,
    check ((address is null) = (state = 'no_address'))
  )`,
  `create unique index outbox_once on outbox (event, coalesce(address, ''))`,
  `create index outbox_due on outbox (due_at) where state = 'waiting'`,
  "create index outbox_ceremony on outbox (ceremony_id)",
];

/** The outbox of what holders are told. */
export const outbox: Migration = {
  up: async (db: Kysely<unknown>) => {
    for (const statement of UP) await sql.raw(statement).execute(db);
  },
};
