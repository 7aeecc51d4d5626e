import { type Kysely, sql } from "kysely";
import { beforeAll, expect, test } from "vitest";
import { type OpenDatabase, openDatabase } from "./connection.ts";
import { MIGRATIONS, migrateToLatest } from "./migrations/index.ts";
import { describeEachDatabase, failingEvents } from "./testing.ts";
import { type Transaction, transaction } from "./transaction.ts";

type Tables = {
  parcel: { id: string; weight_grams: number; sealed: Buffer; posted_at: Date };
};

const MAKE_PARCEL = sql`create table if not exists parcel (
  id text primary key, weight_grams integer not null check (weight_grams > 0),
  sealed bytea not null, posted_at timestamptz not null)`;

const POSTED_AT = new Date("2026-11-24T09:00:00.123Z");

function parcel(id: string, weight_grams = 1): Tables["parcel"] {
  return { id, weight_grams, sealed: Buffer.from([0, 255, 10]), posted_at: POSTED_AT };
}

describeEachDatabase("openDatabase", (database) => {
  const db = (): Kysely<Tables> => database().db.withTables<Tables>();

  beforeAll(async () => {
    await MAKE_PARCEL.execute(database().db);
  });

  const weightOf = async (id: string) =>
    (await db().selectFrom("parcel").select("weight_grams").where("id", "=", id).executeTakeFirst())
      ?.weight_grams;

  test("bytea arrives as Buffer, timestamptz as Date, int8 as text, integer as number", async () => {
    await db().insertInto("parcel").values(parcel("a", 7)).execute();
    expect(await db().selectFrom("parcel").selectAll().execute()).toEqual([parcel("a", 7)]);
    const { rows } = await sql`select 9007199254740993::int8 as big`.execute(db());
    expect(rows).toEqual([{ big: "9007199254740993" }]);
  });

  test("PostgreSQL gives up on statements that take too long; the embedded database cannot", async () => {
    const { rows } = await sql`show statement_timeout`.execute(db());
    const expected = database().kind === "postgres" ? "10s" : "0";
    expect(rows).toEqual([{ statement_timeout: expected }]);
  });

  test("every test starts empty", async () => {
    expect(await db().selectFrom("parcel").selectAll().execute()).toEqual([]);
  });

  test("a broken constraint is the driver's error with its SQLSTATE, and the connection goes on", async () => {
    await db().insertInto("parcel").values(parcel("a")).execute();
    await expect(db().insertInto("parcel").values(parcel("a")).execute()).rejects.toMatchObject({
      code: "23505",
      constraint: "parcel_pkey",
    });
    await expect(db().insertInto("parcel").values(parcel("b", 0)).execute()).rejects.toMatchObject({
      code: "23514",
    });
    await expect(database().pool.query("select $1::int", ["x"])).rejects.toMatchObject({
      code: "22P02",
    });
    expect(await weightOf("a")).toBe(1);
  });

  test("a transaction that throws leaves nothing, one that returns leaves all", async () => {
    const failed = transaction(db(), async (open) => {
      await open.insertInto("parcel").values(parcel("gone")).execute();
      throw new Error("changed our mind");
    });
    await expect(failed).rejects.toThrow("changed our mind");
    expect(await weightOf("gone")).toBeUndefined();
    await transaction(db(), (open) => open.insertInto("parcel").values(parcel("kept")).execute());
    expect(await weightOf("kept")).toBe(1);
  });

  test("the pool, the database and a second transaction are refused inside a transaction, not waited for", async () => {
    const refused = { code: "database/pool_in_transaction" };
    await transaction(db(), async (open) => {
      await expect(db().selectFrom("parcel").selectAll().execute()).rejects.toMatchObject(refused);
      await expect(database().pool.query("select 1")).rejects.toMatchObject(refused);
      await expect(database().pool.connect()).rejects.toMatchObject(refused);
      await expect(transaction(db(), async () => {})).rejects.toMatchObject(refused);
      await open.insertInto("parcel").values(parcel("a")).execute();
    });
    expect(await weightOf("a")).toBe(1);
  });

  test("work begun inside a transaction may use the pool once the transaction has ended", async () => {
    let ended = () => {};
    const end = new Promise<void>((resolve) => {
      ended = resolve;
    });
    let later: Promise<number | undefined> = Promise.resolve(undefined);
    await transaction(db(), async (open) => {
      later = end.then(() => weightOf("a"));
      await open.insertInto("parcel").values(parcel("a", 3)).execute();
    });
    ended();
    expect(await later).toBe(3);
  });

  test("eight workers' inserts, errors, commits and rollbacks do not disturb each other", async () => {
    await db().insertInto("parcel").values(parcel("counter", 1)).execute();
    await Promise.all(Array.from({ length: 8 }, (_, worker) => disturb(worker)));
    const { rows } = await sql<{ kept: number }>`
      select count(*)::int as kept from parcel where id like 'kept-%'`.execute(db());
    expect(rows).toEqual([{ kept: 8 * 10 }]);
    expect(await weightOf("counter")).toBe(1 + 8 * 10);
  });

  async function disturb(worker: number): Promise<void> {
    for (let round = 0; round < 10; round += 1) {
      await transaction(db(), async (open) => {
        await open
          .insertInto("parcel")
          .values(parcel(`kept-${worker}-${round}`))
          .execute();
        await open
          .updateTable("parcel")
          .set((row) => ({ weight_grams: row("weight_grams", "+", 1) }))
          .where("id", "=", "counter")
          .execute();
      });
      const undone = transaction(db(), async (open) => {
        await open
          .insertInto("parcel")
          .values(parcel(`undone-${worker}-${round}`))
          .execute();
        await open.insertInto("parcel").values(parcel("counter")).execute();
      });
      await expect(undone).rejects.toMatchObject({ code: "23505" });
      await expect(sql`selec 1`.execute(db())).rejects.toMatchObject({ code: "42601" });
    }
  }

  test("migrations run once however many ask; one that fails changes nothing and is named", async () => {
    const make = (table: string) => ({
      up: async (open: Kysely<unknown>) => {
        await sql`create table ${sql.table(table)} (id integer)`.execute(open);
      },
    });
    const made = {
      "2099-01-01-0001-a": make("first_made"),
      "2099-01-01-0002-b": make("second_made"),
    };
    const first = { ...MIGRATIONS, ...made };
    const nodes = [1, 2, 3].map(() => migrateToLatest(db(), first));
    expect((await Promise.all(nodes)).flat()).toEqual(Object.keys(made));
    expect(await migrateToLatest(db(), first)).toEqual([]);
    const bad = {
      ...first,
      "2099-01-01-0003-c": make("third_made"),
      "2099-01-01-0004-d": make("first_made"),
    };
    await expect(migrateToLatest(db(), bad)).rejects.toMatchObject({
      code: "database/migration_failed",
      message: expect.stringContaining("2099-01-01-0004-d"),
    });
    const { rows } = await sql`select to_regclass('third_made') as made`.execute(db());
    expect(rows).toEqual([{ made: null }]);
    await sql`drop table first_made, second_made`.execute(db());
    await sql`delete from kysely_migration where name like '2099%'`.execute(db());
  });
});

test.each([{}, { url: "postgresql://localhost/x", dataDir: "/tmp/x" }])(
  "neither or both kinds of database are refused: %j",
  async (config) => {
    await expect(openDatabase(config, failingEvents)).rejects.toMatchObject({
      code: "database/config_invalid",
    });
  },
);

test("a database handle is not a transaction, to the compiler", () => {
  const needsTransaction = (_open: Transaction): void => {};
  const misuse = ({ db }: OpenDatabase): void => {
    // @ts-expect-error a store that needs a transaction must not be given the pool
    needsTransaction(db);
  };
  expect(misuse).toBeTypeOf("function");
});
