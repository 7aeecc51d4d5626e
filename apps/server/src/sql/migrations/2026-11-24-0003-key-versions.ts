import { type Kysely, type Migration, sql } from "kysely";

const UP: readonly string[] = [
  // From PUK index `from_index` on, this card's PUKs are of this master key version. Before the first: smartcard.key_version.
  `create table card_key_version (
    card_serial text not null references smartcard (serial),
    from_index integer not null check (from_index > 0),
    version integer not null check (version > 0),
    primary key (card_serial, from_index),
    unique (card_serial, version)
  )`,

  // Append-only: a card may hold a PUK that was released once, so its index keeps its key for ever.
  `create function card_key_version_keep() returns trigger language plpgsql as $$
    begin
      raise exception 'the key version of a released PUK never changes';
    end
  $$`,
  `create trigger card_key_version_keep before update or delete on card_key_version
    for each row execute function card_key_version_keep()`,
  `create trigger card_key_version_keep_all before truncate on card_key_version
    for each statement execute function card_key_version_keep()`,
];

/** Lazy rotation of the master key: which of a card's PUKs is of which version. */
export const keyVersions: Migration = {
  up: async (db: Kysely<unknown>) => {
    for (const statement of UP) await sql.raw(statement).execute(db);
  },
};
