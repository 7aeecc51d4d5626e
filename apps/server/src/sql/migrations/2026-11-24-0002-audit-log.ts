import { type Kysely, type Migration, sql } from "kysely";

const UP: readonly string[] = [
  // An entry on its way into the log. Writers only insert here; the one sealer takes away.
  `create table audit_unsealed (
    seq bigint primary key
  )`,
  `insert into audit_unsealed select seq from audit_entry`,
  `create function audit_entry_queue() returns trigger language plpgsql as $$
    begin
      insert into audit_unsealed select seq from added;
      return null;
    end
  $$`,
  // Whichever program writes an entry: it is on its way.
  `create trigger audit_entry_queue after insert on audit_entry referencing new table as added
    for each statement execute function audit_entry_queue()`,

  // A leaf of the log: which entry it is, and the leaf's hash.
  `create table audit_leaf (
    log_index bigint primary key,
    seq bigint not null unique,
    hash bytea not null check (length(hash) = 32)
  )`,
  // A complete subtree above the leaves.
  `create table audit_node (
    level integer not null check (level > 0),
    node_index bigint not null,
    hash bytea not null check (length(hash) = 32),
    primary key (level, node_index)
  )`,
  // A checkpoint that was signed.
  `create table audit_checkpoint (
    size bigint primary key check (size > 0),
    note text not null,
    signed_at timestamptz not null
  )`,

  `create function audit_log_keep() returns trigger language plpgsql as $$
    begin
      raise exception 'the log is never changed or removed';
    end
  $$`,
  ...["audit_leaf", "audit_node", "audit_checkpoint"].flatMap((table) => [
    `create trigger ${table}_keep before update or delete on ${table}
      for each row execute function audit_log_keep()`,
    `create trigger ${table}_keep_all before truncate on ${table}
      for each statement execute function audit_log_keep()`,
  ]),
  // The only way out of the queue is into the log.
  `create function audit_unsealed_keep() returns trigger language plpgsql as $$
    begin
      if tg_op = 'DELETE' and exists (select from audit_leaf where seq = old.seq) then
        return old;
      end if;
      raise exception 'an entry leaves the queue only into the log';
    end
  $$`,
  `create trigger audit_unsealed_keep before update or delete on audit_unsealed
    for each row execute function audit_unsealed_keep()`,
  `create trigger audit_unsealed_keep_all before truncate on audit_unsealed
    for each statement execute function audit_unsealed_keep()`,

  // What auditors look entries up by, besides the keys that had an index before.
  `create index audit_entry_action on audit_entry (action, seq)`,
  `create index audit_entry_at on audit_entry (at, seq)`,
];

/** The log over the record: leaves, the nodes of its tree, what was signed. */
export const auditLog: Migration = {
  up: async (db: Kysely<unknown>) => {
    for (const statement of UP) await sql.raw(statement).execute(db);
  },
};
