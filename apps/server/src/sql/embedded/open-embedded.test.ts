import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Pool } from "pg";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { DatabaseError } from "../errors.ts";
import { failingEvents, freshEmbeddedDirectory } from "../testing.ts";
import { type EmbeddedDatabase, openEmbedded } from "./open-embedded.ts";

/** Each opening takes a second alone, several when the machine is shared. */
vi.setConfig({ testTimeout: 60_000 });

let directory = "";
let remove = (): void => {};
beforeEach(async () => {
  ({ directory, remove } = await freshEmbeddedDirectory());
});
afterEach(() => remove());

async function withDatabase<Result>(work: (pool: Pool) => Promise<Result>): Promise<Result> {
  const options = { ...failingEvents, checkpointMs: 5, vacuumMs: 200 };
  const database = await openEmbedded(directory, options);
  const pool = poolOf(database);
  try {
    return await work(pool);
  } finally {
    await pool.end();
    await database.close();
  }
}

function poolOf({ stream }: EmbeddedDatabase): Pool {
  return new Pool({ stream, max: 4, user: "postgres", database: "postgres" });
}

test("what was committed is there after closing and opening again, past a killed start's empty pid file", async () => {
  await withDatabase((pool) => pool.query("create table kept as select 42 as answer"));
  writeFileSync(join(directory, "pg/postmaster.pid"), "");
  const { rows } = await withDatabase((pool) =>
    pool.query("select answer, current_setting('fsync') as fsync from kept"),
  );
  expect(rows).toEqual([{ answer: 42, fsync: "on" }]);
});

test("while open: private, refused to others, and connections keep out of each other's transactions", async () => {
  await withDatabase(async (pool) => {
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    await refusesOthers();
    await isolatesTransactions(pool);
    await rollsBackWhoLeaves(pool);
    await checkpointsBetweenTransactions(pool);
  });
});

async function refusesOthers(): Promise<void> {
  await expect(openEmbedded(directory, failingEvents)).rejects.toMatchObject({
    code: "database/in_use",
  });
  const other = openElsewhere();
  await once(other.child, "close");
  expect(other.lines()).toEqual(["database/in_use"]);
}

async function isolatesTransactions(pool: Pool): Promise<void> {
  await pool.query("create table seen (id integer)");
  const writer = await pool.connect();
  await writer.query("begin");
  await writer.query("insert into seen values (1)");
  const reader = pool.query("select count(*)::int as count from seen");
  await writer.query("insert into seen values (2)");
  await writer.query("rollback");
  writer.release();
  expect((await reader).rows).toEqual([{ count: 0 }]);
}

async function rollsBackWhoLeaves(pool: Pool): Promise<void> {
  await pool.query("create table left_open (id integer)");
  const leaver = await pool.connect();
  await leaver.query("set application_name to 'leaver'");
  await leaver.query("begin");
  await leaver.query("insert into left_open values (1)");
  leaver.release(true);
  const { rows } = await pool.query(
    "select (select count(*)::int from left_open) as count, current_setting('application_name') as name",
  );
  expect(rows).toEqual([{ count: 0, name: "" }]);
}

async function checkpointsBetweenTransactions(pool: Pool): Promise<void> {
  await pool.query("create table busy (id integer)");
  const before = await checkpointPosition(pool);
  const client = await pool.connect();
  for (let round = 0; round < 20; round += 1) {
    await client.query("begin");
    await client.query("insert into busy values ($1)", [round]);
    await client.query("commit");
  }
  client.release();
  await expect.poll(() => checkpointPosition(pool), { timeout: 10_000 }).not.toBe(before);
  const { rows } = await pool.query("select count(*)::int as count from busy");
  expect(rows).toEqual([{ count: 20 }]);
}

async function checkpointPosition(pool: Pool): Promise<unknown> {
  const { rows } = await pool.query("select redo_lsn::text from pg_control_checkpoint()");
  return rows[0]?.redo_lsn;
}

test("files that are no database are refused with a reason, and the directory is given back", async () => {
  rmSync(join(directory, "pg/global/pg_control"));
  for (const _attempt of [1, 2])
    await expect(openEmbedded(directory, failingEvents)).rejects.toMatchObject({
      code: "database/start_failed",
    });
});

test("a database that dies says so once, and its connections break instead of hanging", async () => {
  const deaths: DatabaseError[] = [];
  const options = { onDeath: (error: DatabaseError) => deaths.push(error) };
  const database = await openEmbedded(directory, options);
  const pool = new Pool({
    stream: database.stream,
    max: 1,
    user: "postgres",
    database: "postgres",
  });
  pool.on("error", () => {});
  await pool.query("create table t (id integer)");
  // PostgreSQL's own way of giving up: the control file's directory is gone when it checkpoints.
  rmSync(join(directory, "pg/global"), { recursive: true });
  rmSync(join(directory, "pg/pg_wal"), { recursive: true });
  await expect(pool.query("select pg_switch_wal(); checkpoint")).rejects.toThrow();
  await expect.poll(() => deaths.map(({ code }) => code)).toEqual(["database/worker_died"]);
  await pool.end();
  await database.close();
  expect(deaths).toHaveLength(1);
});

test("no acknowledged row is lost to five kill -9 during commits", {
  timeout: 180_000,
}, async () => {
  let known = 0;
  for (let round = 0; round < 5; round += 1) {
    const { child, lines } = openElsewhere();
    const enough = 20 + round * 7;
    await expect
      .poll(() => lines().length, { timeout: 60_000, interval: 2 })
      .toBeGreaterThan(enough);
    child.kill("SIGKILL");
    await once(child, "close");
    const acknowledged = Number(lines().at(-1));
    expect(acknowledged).toBeGreaterThan(known + enough);
    const { rows } = await withDatabase((pool) =>
      pool.query("select count(*)::int as count, max(id) as last from ledger"),
    );
    expect(rows[0].last).toBeGreaterThanOrEqual(acknowledged);
    expect(rows[0].count).toBe(rows[0].last);
    known = rows[0].last;
  }
});

interface OtherProcess {
  readonly child: ChildProcess;
  /** What it has written so far, whole lines only. */
  lines(): readonly string[];
}

function openElsewhere(): OtherProcess {
  const program = join(import.meta.dirname, "../testing/embedded-child.ts");
  const loader = import.meta.resolve("tsx");
  const child = spawn(process.execPath, ["--import", loader, program, directory], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString("utf8");
  });
  return { child, lines: () => text.split("\n").slice(0, -1) };
}
