import { type Kysely, sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { found } from "../testing/test-card.ts";
import { openDatabase } from "./connection.ts";
import { eachHost } from "./hosts.ts";
import { describeOnPostgres, failingEvents, type Opened, openFreshPostgres } from "./testing.ts";
import { type Transaction, transaction } from "./transaction.ts";

const END_OURSELVES = "select pg_terminate_backend(pg_backend_pid())";

describeOnPostgres("transaction", () => {
  let opened: Opened | undefined;
  const db = (): Kysely<{ step: { id: number } }> =>
    found(opened).database.db.withTables<{ step: { id: number } }>();
  const steps = async () =>
    (await db().selectFrom("step").select("id").execute()).map(({ id }) => id);

  beforeAll(async () => {
    opened = await openFreshPostgres();
    await sql`create table step (id integer primary key deferrable initially deferred)`.execute(
      db(),
    );
    // A commit during which the connection breaks: whoever asked for it hears no answer.
    await sql`create function break_line() returns trigger language plpgsql as $$
      begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$`.execute(db());
  }, 60_000);
  beforeEach(() => sql`truncate step`.execute(db()));
  afterAll(() => opened?.dispose(), 60_000);

  /** Fails the first time with what `fail` runs, after a write of its own. */
  const failingOnce = (fail: string) => {
    const progress = { runs: 0 };
    const work = async (open: Transaction) => {
      progress.runs += 1;
      await sql`insert into step values (${progress.runs})`.execute(open);
      if (progress.runs === 1) await sql.raw(fail).execute(open);
    };
    return { progress, run: () => transaction(found(opened).database.db, work) };
  };

  test.each([
    ["lost against another", "do $$ begin raise sqlstate '40001'; end $$"],
    ["was in a deadlock", "do $$ begin raise sqlstate '40P01'; end $$"],
    ["lost its connection", END_OURSELVES],
  ])("one that %s did not happen, and is run again", async (_, fail) => {
    const { progress, run } = failingOnce(fail);
    await run();
    expect(progress.runs).toBe(2);
    expect(await steps()).toEqual([2]);
  });

  test("one that broke a rule is not run again", async () => {
    const { progress, run } = failingOnce("select 1 / 0");
    await expect(run()).rejects.toMatchObject({ code: "22012" });
    expect(progress.runs).toBe(1);
  });

  test("a commit that the database refused is that refusal", async () => {
    await sql`insert into step values (1)`.execute(db());
    const { progress, run } = failingOnce("select 1");
    await expect(run()).rejects.toMatchObject({ code: "23505" });
    expect(progress.runs).toBe(1);
  });

  test("a commit whose answer is lost is neither a success nor a failure, and is never made twice", async () => {
    await sql`create constraint trigger break_line after insert on step
      deferrable initially deferred for each row execute function break_line()`.execute(db());
    try {
      const { progress, run } = failingOnce("select 1");
      await expect(run()).rejects.toMatchObject({ code: "database/outcome_unknown" });
      expect(progress.runs).toBe(1);
    } finally {
      await sql`drop trigger break_line on step`.execute(db());
    }
  });

  test("a database that acknowledges what it has not written is refused", async () => {
    const { pool } = found(opened).database;
    const { rows } = await pool.query<{ directory: string }>(
      "select current_setting('unix_socket_directories') as directory",
    );
    const url = `postgresql://postgres@localhost/postgres?host=${found(rows[0]).directory}`;
    await pool.query("alter system set full_page_writes = off");
    await pool.query("select pg_reload_conf()");
    try {
      await expect
        .poll(() =>
          openDatabase({ url }, failingEvents).then(
            (database) => database.close(),
            (error: unknown) => error,
          ),
        )
        .toMatchObject({ code: "database/not_durable" });
    } finally {
      await pool.query("alter system reset full_page_writes");
      await pool.query("select pg_reload_conf()");
    }
  });

  test("of several hosts the one that is there is used, whatever `synchronous_commit` the role has", async () => {
    const { pool } = found(opened).database;
    const { rows } = await pool.query<{ directory: string }>(
      "select current_setting('unix_socket_directories') as directory",
    );
    await pool.query("alter role postgres set synchronous_commit = off");
    const url = `postgresql://postgres@localhost/postgres?host=/nowhere,${found(rows[0]).directory}`;
    const database = await openDatabase({ url }, failingEvents);
    const setting = await sql`show synchronous_commit`.execute(database.db);
    expect(setting.rows).toEqual([{ synchronous_commit: "on" }]);
    const line = await found(database.dial)();
    await line.end();
    await database.close();
    await pool.query("alter role postgres reset synchronous_commit");
  });
});

// biome-ignore format: the columns are the documentation
test.each([
  ["postgresql://u:p@db1/lanyard",                ["postgresql://u:p@db1/lanyard"]],
  ["postgresql://u:p@db1,db2:5433/lanyard?a=b",   ["postgresql://u:p@db1/lanyard?a=b", "postgresql://u:p@db2:5433/lanyard?a=b"]],
  ["postgresql://db1,db2,db3",                    ["postgresql://db1", "postgresql://db2", "postgresql://db3"]],
  ["postgresql://u@localhost/x?host=/a,/b",       ["postgresql://u@localhost/x?host=%2Fa", "postgresql://u@localhost/x?host=%2Fb"]],
  ["postgresql://u@localhost/x?host=/a",          ["postgresql://u@localhost/x?host=/a"]],
])("the hosts of %s", (url, hosts) => {
  expect(eachHost(url)).toEqual(hosts);
});
