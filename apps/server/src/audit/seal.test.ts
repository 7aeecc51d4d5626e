import { AsyncResource } from "node:async_hooks";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuditLog } from "@lanyard/identity";
import {
  appendLeaf,
  consistencyRanges,
  EMPTY,
  inclusionRanges,
  isConsistent,
  isIncluded,
  leafHash,
  openCheckpoint,
  rootOf,
} from "@lanyard/log";
import { type RawBuilder, sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeEachDatabase } from "../sql/testing.ts";
import { openStore } from "../stores/index.ts";
import { createLogKeyFile, type LogKey, noteCrypto, openLogKeyFile, sha256 } from "./log-key.ts";
import { proofHashes } from "./read-tree.ts";
import { sealWaiting } from "./seal.ts";

const NOON = new Date("2026-03-02T12:00:00Z");
const KEYS = {
  at: NOON,
  action: "person.viewed",
  actor: undefined,
  holder: undefined,
  cardSerial: undefined,
  ceremonyId: undefined,
} as const;

function leafOf(name: string): Uint8Array {
  return Buffer.from(`leaf ${name}`);
}

function rootOfLeaves(names: readonly string[]): Uint8Array {
  let frontier = EMPTY;
  for (const name of names)
    ({ frontier } = appendLeaf(sha256, frontier, leafHash(sha256, leafOf(name))));
  return new Uint8Array(rootOf(sha256, frontier));
}

let directory = "";
let key: LogKey;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "lanyard-seal-"));
  await createLogKeyFile(join(directory, "key"), "tests.example/audit");
  key = await openLogKeyFile(join(directory, "key"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** As another process would: not part of the transaction that is open where it is called. */
const outside = AsyncResource.bind(<Result>(work: () => Promise<Result>) => work());

describeEachDatabase("sealing", (database) => {
  const store = () => openStore(database());
  const run = (statement: RawBuilder<unknown>) => statement.execute(database().db);
  const seal = (by: LogKey = key) => sealWaiting({ store: store(), key: by, now: () => NOON });
  const log = <Result>(ask: (auditLog: AuditLog) => Promise<Result>) =>
    store().transaction(({ auditLog }) => ask(auditLog));
  const write = (...names: readonly string[]) =>
    store().transaction(async ({ audit }) => {
      for (const name of names)
        await audit.append({ leaf: leafOf(name), openings: Uint8Array.of(), keys: KEYS });
    });
  const signed = async () => {
    const latest = await log((auditLog) => auditLog.latest());
    return latest && openCheckpoint(noteCrypto, latest.note, key.verifier);
  };

  /** As somebody with all rights in the database, and past its triggers. */
  const tamper = (statement: RawBuilder<unknown>) =>
    database()
      .db.transaction()
      .execute(async (trx) => {
        await sql`set local session_replication_role = replica`.execute(trx);
        await statement.execute(trx);
      });

  test("[RFC6962 §2.1] the signed root is that of the entries in their order", async () => {
    await write("one", "two", "three");
    expect(await seal()).toBe(3);
    await write("four");
    expect(await seal()).toBe(1);
    expect(await seal()).toBe(0);
    const names = ["one", "two", "three", "four"];
    expect(await signed()).toEqual({
      origin: "tests.example/audit",
      size: 4,
      root: rootOfLeaves(names),
    });
    const leaves = await log((auditLog) => auditLog.leaves(0, 9));
    expect(leaves.map(({ leaf }) => Buffer.from(leaf).toString())).toEqual(
      names.map((name) => `leaf ${name}`),
    );
  });

  test("from what is stored every entry proves its place, and every checkpoint that the log only grew", async () => {
    for (let count = 1; count <= 9; count += 1) {
      await write(`entry ${count}`, `entry ${count} too`);
      await seal();
    }
    const checkpoints = await log((auditLog) => auditLog.checkpointsAfter(0, 99));
    const heads = checkpoints.map(({ note }) => openCheckpoint(noteCrypto, note, key.verifier));
    const last = heads.at(-1) ?? expect.unreachable("nothing was sealed");
    for (const first of heads) {
      const ranges = consistencyRanges(first.size, last.size);
      const proof = await log((auditLog) => proofHashes(auditLog, ranges));
      expect(isConsistent(sha256, { first, second: last, proof })).toBe(true);
    }
    for (const { index, leaf } of await log((auditLog) => auditLog.leaves(0, 99))) {
      const ranges = inclusionRanges(index, last.size);
      const proof = await log((auditLog) => proofHashes(auditLog, ranges));
      const claim = { ...last, index, leaf: leafHash(sha256, leaf), proof };
      expect(isIncluded(sha256, claim)).toBe(true);
    }
  });

  test("what commits late gets a later place; nobody waits for anybody", async () => {
    // The embedded database has one connection: there, nothing commits late.
    if (database().kind === "embedded") return;
    let finish = () => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let started = () => {};
    const begun = new Promise<void>((resolve) => {
      started = resolve;
    });
    const late = store().transaction(async ({ audit }) => {
      await audit.append({ leaf: leafOf("early bird"), openings: Uint8Array.of(), keys: KEYS });
      started();
      await finished;
    });
    await begun;
    await write("quick");
    expect(await seal()).toBe(1);
    finish();
    await late;
    expect(await seal()).toBe(1);
    expect((await signed())?.root).toEqual(rootOfLeaves(["quick", "early bird"]));
  });

  test("while one node seals, another has nothing to do", async () => {
    if (database().kind === "embedded") return;
    await write("one");
    await store().transaction(async ({ auditLog }) => {
      expect(await auditLog.takeTurn()).toBe(true);
      expect(await outside(seal)).toBe(0);
    });
    expect(await seal()).toBe(1);
  });

  describe("[TLOG-CHECKPOINT] never signs what does not go on from what it signed before", () => {
    const HASH = Buffer.alloc(32, 7);

    test.each([
      ["a node", sql`update audit_node set hash = ${HASH} where level = 1 and node_index = 0`],
      ["a leaf", sql`update audit_leaf set hash = ${HASH} where log_index = 2`],
      ["a node that is gone", sql`delete from audit_node where level = 1 and node_index = 0`],
      ["a leaf that is gone", sql`delete from audit_leaf where log_index = 2`],
      ["a checkpoint that is gone", sql`delete from audit_checkpoint`],
    ])("not with another %s", async (_, statement) => {
      await write("one", "two", "three");
      await seal();
      await tamper(statement);
      await write("four");
      await expect(seal()).rejects.toThrow();
      expect(await log((auditLog) => auditLog.waiting(9))).toHaveLength(1);
      expect(await log((auditLog) => auditLog.covering(4))).toBeUndefined();
    });

    test("not with another key", async () => {
      await write("one");
      await seal();
      await write("two");
      const path = join(directory, `other-${database().kind}`);
      await createLogKeyFile(path, "tests.example/audit");
      await expect(seal(await openLogKeyFile(path))).rejects.toMatchObject({
        code: "audit/log_of_another_key",
      });
      expect(await seal()).toBe(1);
    });
  });

  describe("the database keeps the log append-only [DESIGN 9]", () => {
    test.each([
      ["change a leaf", sql`update audit_leaf set seq = 99`],
      ["remove a leaf", sql`delete from audit_leaf`],
      ["remove all leaves", sql`truncate audit_leaf`],
      ["change a node", sql`update audit_node set hash = ${Buffer.alloc(32)}`],
      ["remove a node", sql`delete from audit_node`],
      ["remove all nodes", sql`truncate audit_node`],
      ["change a checkpoint", sql`update audit_checkpoint set note = ''`],
      ["remove a checkpoint", sql`delete from audit_checkpoint`],
      ["remove all checkpoints", sql`truncate audit_checkpoint`],
      ["keep an entry out of the log", sql`delete from audit_unsealed`],
      ["put another in its place", sql`update audit_unsealed set seq = 77`],
      ["empty the queue", sql`truncate audit_unsealed`],
    ])("nobody can %s", async (_, statement) => {
      await write("one", "two");
      await seal();
      await write("three");
      await expect(run(statement)).rejects.toThrow(/never changed or removed|only into the log/);
      expect(await seal()).toBe(1);
      expect((await signed())?.root).toEqual(rootOfLeaves(["one", "two", "three"]));
    });
  });
});
