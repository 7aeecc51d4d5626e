import type { AuditKeys, AuditLog, SealedBatch, Store } from "@lanyard/identity";
import { describe, expect, test } from "vitest";
import { minutesLater, NOON, plain } from "./samples.ts";

const KEYS: AuditKeys = {
  at: NOON,
  action: "person.viewed",
  actor: undefined,
  holder: undefined,
  cardSerial: undefined,
  ceremonyId: undefined,
};

function hashLike(byte: number): Uint8Array {
  return new Uint8Array(32).fill(byte);
}

/** A batch of entries whose nodes are invented: the store keeps them, it does not judge them. */
function batch(from: number, positions: readonly number[]): SealedBatch {
  const nodes = positions.map((_, offset) => ({
    level: 0,
    index: from + offset,
    hash: hashLike(from + offset),
  }));
  const inner = { level: 1, index: from / 2, hash: hashLike(100 + from) };
  const size = from + positions.length;
  return {
    from,
    positions,
    nodes: positions.length > 1 ? [...nodes, inner] : nodes,
    checkpoint: { size, note: `note of ${size}\n`, at: minutesLater(size) },
  };
}

export function auditLogCases(open: () => Store): void {
  const write = (...bytes: readonly number[]) =>
    open().transaction(async ({ audit }) => {
      for (const byte of bytes)
        await audit.append({
          leaf: Uint8Array.of(byte),
          openings: Uint8Array.of(byte, byte),
          keys: KEYS,
        });
    });
  const waiting = (limit = 99) => open().transaction(({ auditLog }) => auditLog.waiting(limit));
  const seal = (sealed: SealedBatch) => open().transaction(({ auditLog }) => auditLog.seal(sealed));
  const positions = async () => (await waiting()).map(({ position }) => position);

  describe("audit log", () => {
    test("whatever is written waits for the log, in order, until it is sealed", async () => {
      await write(1, 2, 3);
      expect((await waiting()).map(({ leaf }) => [...leaf])).toEqual([[1], [2], [3]]);
      expect(await waiting(2)).toHaveLength(2);
      await seal(batch(0, (await positions()).slice(0, 2)));
      expect((await waiting()).map(({ leaf }) => [...leaf])).toEqual([[3]]);
    });

    test("what was not committed never waits", async () => {
      const failing = open().transaction(async ({ audit }) => {
        await audit.append({ leaf: Uint8Array.of(1), openings: Uint8Array.of(), keys: KEYS });
        throw new Error("after the entry");
      });
      await expect(failing).rejects.toThrow("after the entry");
      expect(await waiting()).toEqual([]);
    });

    test("the log has an order of its own, and gives leaves with what opens them", async () => {
      await write(1, 2, 3);
      const [one = 0, two = 0, three = 0] = await positions();
      await seal(batch(0, [three, one]));
      await seal(batch(2, [two]));
      const leaves = await open().transaction(({ auditLog }) => auditLog.leaves(0, 99));
      expect(plain(leaves)).toEqual([
        { index: 0, leaf: Uint8Array.of(3), openings: Uint8Array.of(3, 3) },
        { index: 1, leaf: Uint8Array.of(1), openings: Uint8Array.of(1, 1) },
        { index: 2, leaf: Uint8Array.of(2), openings: Uint8Array.of(2, 2) },
      ]);
      const some = await open().transaction(({ auditLog }) => auditLog.leaves(1, 1));
      expect(some.map(({ index }) => index)).toEqual([1]);
      const index = (position: number) =>
        open().transaction(({ auditLog }) => auditLog.indexOf(position));
      expect(await Promise.all([three, one, two, 999].map(index))).toEqual([0, 1, 2, undefined]);
    });

    test("nodes come in the order asked for; one that is not there is undefined", async () => {
      await write(1, 2, 3);
      await seal(batch(0, await positions()));
      const asked = [
        { level: 1, index: 0 },
        { level: 0, index: 2 },
        { level: 7, index: 0 },
        { level: 0, index: 0 },
      ];
      const found = await open().transaction(({ auditLog }) => auditLog.nodes(asked));
      expect(plain(found)).toEqual([hashLike(100), hashLike(2), undefined, hashLike(0)]);
      expect(await open().transaction(({ auditLog }) => auditLog.nodes([]))).toEqual([]);
    });

    test("checkpoints: the latest, the first that covers a size, those after one", async () => {
      await write(1, 2, 3, 4);
      const [one = 0, two = 0, three = 0, four = 0] = await positions();
      const read = <Result>(ask: (log: AuditLog) => Promise<Result>) =>
        open().transaction(({ auditLog }) => ask(auditLog));
      expect(await read((log) => log.latest())).toBeUndefined();
      await seal(batch(0, [one, two]));
      await seal(batch(2, [three]));
      await seal(batch(3, [four]));
      const [, , second, third, fourth] = [0, 1, 2, 3, 4].map((size) => ({
        size,
        note: `note of ${size}\n`,
        at: minutesLater(size),
      }));
      expect(await read((log) => log.latest())).toEqual(fourth);
      expect(await read((log) => log.covering(1))).toEqual(second);
      expect(await read((log) => log.covering(3))).toEqual(third);
      expect(await read((log) => log.covering(5))).toBeUndefined();
      expect(await read((log) => log.checkpointsAfter(2, 9))).toEqual([third, fourth]);
      expect(await read((log) => log.checkpointsAfter(0, 1))).toEqual([second]);
    });

    test("no entry and no place is taken twice", async () => {
      await write(1, 2);
      const [one = 0, two = 0] = await positions();
      await seal(batch(0, [one]));
      await expect(seal(batch(1, [one]))).rejects.toThrow();
      await expect(seal(batch(0, [two]))).rejects.toThrow();
      expect(await positions()).toEqual([two]);
    });

    test("a failed sealing leaves everything waiting", async () => {
      await write(1);
      const sealed = batch(0, await positions());
      const failing = open().transaction(async ({ auditLog }) => {
        await auditLog.seal(sealed);
        throw new Error("after sealing");
      });
      await expect(failing).rejects.toThrow("after sealing");
      expect(await waiting()).toHaveLength(1);
      expect(await open().transaction(({ auditLog }) => auditLog.latest())).toBeUndefined();
    });

    test("the turn is free again when the transaction is over", async () => {
      const take = () => open().transaction(({ auditLog }) => auditLog.takeTurn());
      expect(await take()).toBe(true);
      expect(await take()).toBe(true);
    });
  });
}
