import { type Kysely, type Migration, sql } from "kysely";

const UP: readonly string[] = [
  // Who looks after a desk, and how it came to be known. Those from before enrolled themselves: nothing else could be.
  `alter table desk
    add column organisation_code text references organisation (code),
    add column enrolled_how text not null default 'open' check (enrolled_how in ('open', 'code', 'approval')),
    add column enrolled_by text references person (care_id),
    add column last_seen_at timestamptz`,
  `alter table desk alter column enrolled_how drop default`,
  `create index desk_revoked on desk (revoked_at) where revoked_at is not null`,

  // A one-time code to enrol a desk: the public half of what it stands for, never the code.
  `create table desk_code (
    handle text primary key check (handle ~ '^[0-9A-Z]{2}$'),
    verifier bytea not null check (length(verifier) = 32),
    organisation_code text not null references organisation (code),
    desk_name text,
    made_at timestamptz not null,
    made_by text references person (care_id),
    expires_at timestamptz not null,
    tries_left integer not null check (tries_left >= 0)
  )`,

  // A stranger that asks to be let in.
  `create table desk_request (
    key_hash text primary key,
    key bytea not null,
    name text not null,
    asked_at timestamptz not null,
    last_asked_at timestamptz not null,
    refused_at timestamptz
  )`,
];

/** Desks are known: whose they are, the codes they enrol by, and the strangers that ask. */
export const desks: Migration = {
  up: async (db: Kysely<unknown>) => {
    for (const statement of UP) await sql.raw(statement).execute(db);
  },
};
