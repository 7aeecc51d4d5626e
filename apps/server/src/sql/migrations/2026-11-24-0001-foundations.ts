import { type Kysely, type Migration, sql } from "kysely";

/** Every statement in order; a table's first line says what a row is. Dates of birth are text: no time zone in them. */
const UP: readonly string[] = [
  // An organisation, by its ODS code.
  `create table organisation (
    code text primary key,
    name text not null,
    parent_code text references organisation (code)
  )`,

  // A person with an account.
  `create table person (
    care_id text primary key check (care_id ~ '^[0-9]{12}$'),
    title text,
    given_names text not null,
    family_name text not null,
    date_of_birth text not null check (date_of_birth ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
    email text,
    phone text,
    job_title text,
    status text not null check (status in ('open', 'closed')),
    organisation_code text not null references organisation (code)
  )`,
  // A word of a person's names, folded: what a search looks names up by, however large the country.
  `create table person_name_word (
    care_id text not null references person (care_id),
    word text not null,
    primary key (care_id, word)
  )`,
  `create index person_name_word_start on person_name_word (word text_pattern_ops)`,

  // A person's photo: apart, because pages rarely want it with the rest.
  `create table person_photo (
    care_id text primary key references person (care_id),
    media_type text not null check (media_type in ('image/png', 'image/jpeg')),
    bytes bytea not null
  )`,

  // A role held at an organisation, from and until.
  `create table role_assignment (
    care_id text not null references person (care_id),
    role text not null,
    organisation_code text not null references organisation (code),
    valid_from timestamptz not null,
    valid_until timestamptz,
    primary key (care_id, role, organisation_code, valid_from)
  )`,

  // A physical card, with what its PUK is derived from and where that stands.
  `create table smartcard (
    serial text primary key,
    care_id text not null references person (care_id),
    issuance_id text not null unique,
    life text not null check (life in ('issued_locked', 'active', 'cancelled', 'cleared')),
    profile jsonb not null,
    issued_at timestamptz not null,
    seed bytea not null check (length(seed) = 32),
    key_version integer not null,
    puk_n integer not null,
    puk_hi integer not null check (puk_hi between puk_n and puk_n + 1),
    puk_refused integer,
    puk_tried integer,
    puk_tries_left integer not null,
    puk_frozen boolean not null,
    puk_exposed boolean not null
  )`,
  `create index smartcard_care_id on smartcard (care_id, issued_at desc)`,

  // A certificate of a card: what a card is recognised by.
  `create table certificate (
    key_hash text primary key,
    care_id text not null references person (care_id),
    card_serial text not null references smartcard (serial),
    slot text not null check (slot in ('9A', '9C', '9E')),
    der bytea not null,
    not_before timestamptz not null,
    not_after timestamptz not null,
    revoked_at timestamptz,
    unique (card_serial, slot)
  )`,

  // A desk, by its device key.
  `create table desk (
    id text primary key,
    name text not null,
    key_hash text not null unique,
    key bytea not null,
    enrolled_at timestamptz not null,
    revoked_at timestamptz
  )`,

  // A session of an operator: this card, in this insertion, at this desk.
  `create table session (
    id text primary key,
    care_id text not null references person (care_id),
    card_serial text not null references smartcard (serial),
    desk_id text not null references desk (id),
    insertion text not null,
    started_at timestamptz not null,
    last_seen_at timestamptz not null,
    proven_at timestamptz not null,
    ended_at timestamptz,
    end_reason text,
    check ((ended_at is null) = (end_reason is null))
  )`,
  `create index session_open on session (desk_id) where ended_at is null`,

  // A ceremony: one run of one card operation. One open at a desk, one open of a card.
  `create table ceremony (
    id text primary key,
    kind text not null,
    phase text not null,
    state jsonb not null,
    card_serial text not null references smartcard (serial),
    holder text not null references person (care_id),
    operator text not null references person (care_id),
    desk_id text not null references desk (id),
    session_id text not null references session (id),
    insertion text not null,
    expected_serial text,
    started_at timestamptz not null,
    deadline timestamptz not null,
    notes jsonb not null
  )`,
  `create unique index ceremony_open_at_desk on ceremony (desk_id)
    where phase in ('card_proven', 'person_confirmed', 'chosen', 'released', 'pin_set')`,
  `create unique index ceremony_open_of_card on ceremony (card_serial)
    where phase in ('card_proven', 'person_confirmed', 'chosen', 'released', 'pin_set')`,
  `create index ceremony_deadline on ceremony (deadline)
    where phase in ('card_proven', 'person_confirmed', 'chosen', 'released', 'pin_set')`,
  `create index ceremony_card on ceremony (card_serial, started_at desc)`,

  // A trip of a browser to the agent and back. Its session or ceremony may be none.
  `create table visit (
    id text primary key,
    purpose text not null check (purpose in ('desk', 'sign_in', 'unlock')),
    state text not null check (state in ('new', 'claimed', 'bound', 'proven', 'done', 'dead')),
    cookie_hash text not null,
    bind_hash text,
    return_hash text,
    desk_id text,
    session_id text,
    ceremony_id text,
    nonce text,
    result jsonb,
    created_at timestamptz not null,
    deadline timestamptz not null
  )`,

  // The record. A number a transaction took and gave back is a gap; the log's own index is given at sealing.
  `create table audit_entry (
    seq bigint generated always as identity primary key,
    leaf bytea not null,
    openings bytea,
    at timestamptz not null,
    action text not null,
    actor text,
    holder text,
    card_serial text,
    ceremony_id text
  )`,
  `create index audit_entry_actor on audit_entry (actor, seq)`,
  `create index audit_entry_holder on audit_entry (holder, seq)`,
  `create index audit_entry_card on audit_entry (card_serial, seq)`,
  `create index audit_entry_ceremony on audit_entry (ceremony_id, seq)`,

  // Append-only. Openings may be erased, nothing else may change.
  `create function audit_entry_keep() returns trigger language plpgsql as $$
    begin
      if tg_op = 'UPDATE' and new.openings is null
        and to_jsonb(new) - 'openings' = to_jsonb(old) - 'openings' then
        return new;
      end if;
      raise exception 'audit entries are never changed or removed';
    end
  $$`,
  `create trigger audit_entry_keep before update or delete on audit_entry
    for each row execute function audit_entry_keep()`,
  `create trigger audit_entry_keep_all before truncate on audit_entry
    for each statement execute function audit_entry_keep()`,
];

/** People, cards, ceremonies, sessions, desks and the record: what the first unlock stands on. */
export const foundations: Migration = {
  up: async (db: Kysely<unknown>) => {
    for (const statement of UP) await sql.raw(statement).execute(db);
  },
};
