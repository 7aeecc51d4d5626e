import { type Kysely, type Migration, sql } from "kysely";

/**
 * What nodes know of each other. Unlogged, for it is true only while they live: no commit waits for a disk or a standby,
 * and after a crash or a fail-over of the database it is empty and told anew. The number of leashes is logged: it
 * never comes back.
 */
const UP: readonly string[] = [
  `create sequence leash_number`,

  // A node that was heard of, by the database's clock.
  `create unlogged table node (
    id text primary key,
    seen_at timestamptz not null
  )`,

  // Where a desk's leash ends, and what its readers hold: its newest leash only.
  `create unlogged table desk_leash (
    desk_id text primary key,
    leash_id bigint not null,
    node_id text not null,
    name text not null,
    view jsonb not null
  )`,
  `create index desk_leash_id on desk_leash (leash_id)`,
  `create index desk_leash_node on desk_leash (node_id)`,

  // A call to a desk, from the node that makes it to the node that holds the leash, and its reply.
  `create unlogged table call_across (
    id text primary key,
    from_node text not null,
    to_node text not null,
    leash_id bigint not null,
    call text not null,
    body jsonb not null,
    asked_at timestamptz not null,
    taken boolean not null default false,
    reply jsonb
  )`,
  `create index call_across_waiting on call_across (to_node) where not taken`,

  // The leash over which a session's card last proved itself by 9A.
  `alter table session add column leash_id bigint`,
];

/** Several nodes on one database. */
export const nodes: Migration = {
  up: async (db: Kysely<unknown>) => {
    for (const statement of UP) await sql.raw(statement).execute(db);
  },
};
