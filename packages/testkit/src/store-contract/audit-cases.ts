import type { AuditKeys, AuditSearch, Store } from "@lanyard/identity";
import { describe, expect, test } from "vitest";
import { addPeople, HOLDER, minutesLater, NOON, OPERATOR, person } from "./samples.ts";

const KEYS: AuditKeys = {
  at: NOON,
  action: "person.viewed",
  actor: undefined,
  holder: undefined,
  cardSerial: undefined,
  ceremonyId: undefined,
};

function entry(byte: number, keys: Partial<AuditKeys> = {}) {
  return {
    leaf: new Uint8Array([byte, 0, 255]),
    openings: new Uint8Array([byte]),
    keys: { ...KEYS, ...keys },
  };
}

export function auditCases(open: () => Store): void {
  const leaves = async (from = 0, limit = 99) => {
    const found = await open().transaction(({ audit }) => audit.read(from, limit));
    return found.map(({ leaf }) => leaf[0]);
  };

  describe("audit", () => {
    test("the entries of one ceremony, in order, and no others", async () => {
      await open().transaction(async ({ audit }) => {
        for (const [byte, ceremonyId] of [
          [1, "one"],
          [2, "two"],
          [3, undefined],
          [4, "one"],
        ] as const)
          await audit.append(entry(byte, { ceremonyId }));
        const found = await audit.ofCeremony("one");
        expect(found.map(({ leaf }) => leaf[0])).toEqual([1, 4]);
        expect(await audit.ofCeremony("none")).toEqual([]);
      });
    });

    test("leaves come back byte for byte, in the order of writing, from anywhere, in portions", async () => {
      await open().transaction(async ({ audit }) => {
        await audit.append(entry(1));
        await audit.append(
          entry(2, { actor: HOLDER, holder: HOLDER, cardSerial: "20000001", ceremonyId: "one" }),
        );
      });
      await open().transaction(({ audit }) => audit.append(entry(3)));
      const all = await open().transaction(({ audit }) => audit.read(0, 99));
      expect(all.map(({ leaf }) => [...leaf])).toEqual([
        [1, 0, 255],
        [2, 0, 255],
        [3, 0, 255],
      ]);
      expect(all.map(({ position }) => position)).toEqual(
        all.map(({ position }) => position).toSorted((left, right) => left - right),
      );
      expect(await leaves(0, 2)).toEqual([1, 2]);
      expect(await leaves(all[1]?.position, 99)).toEqual([2, 3]);
    });

    test("[DESIGN 3.6] no audit, no change; no change, no audit: both go with their transaction", async () => {
      await open().transaction(addPeople);
      const failing = open().transaction(async ({ audit, people }) => {
        await people.setPhoto(HOLDER, { bytes: new Uint8Array([1]), mediaType: "image/png" });
        await audit.append(entry(1));
        throw new Error("after the entry");
      });
      await expect(failing).rejects.toThrow("after the entry");
      expect(await leaves()).toEqual([]);
      expect(await open().transaction(({ people }) => people.photo(HOLDER))).toBeUndefined();
    });

    test("a conflict takes the entry with it", async () => {
      await open().transaction(addPeople);
      const failing = open().transaction(async ({ audit, people }) => {
        await audit.append(entry(1));
        await people.add(person());
      });
      await expect(failing).rejects.toMatchObject({ code: "store/conflict" });
      expect(await leaves()).toEqual([]);
    });

    test("a search: everything asked for must be so; latest first, in pages", async () => {
      await open().transaction(async ({ audit }) => {
        for (let byte = 1; byte <= 6; byte += 1)
          await audit.append(
            entry(byte, {
              at: minutesLater(byte * 24 * 60),
              action: byte % 2 === 0 ? "person.viewed" : "card.proven",
              holder: byte > 3 ? HOLDER : undefined,
              actor: byte === 6 ? OPERATOR : undefined,
              cardSerial: byte === 5 ? "20000001" : undefined,
              ceremonyId: byte === 4 ? "one" : undefined,
            }),
          );
      });
      const found = async (search: Omit<AuditSearch, "limit">, limit = 9) =>
        (await open().transaction(({ audit }) => audit.search({ ...search, limit }))).map(
          ({ leaf }) => leaf[0],
        );
      expect(await found({})).toEqual([6, 5, 4, 3, 2, 1]);
      expect(await found({ holder: HOLDER })).toEqual([6, 5, 4]);
      expect(await found({ holder: HOLDER, action: "person.viewed" })).toEqual([6, 4]);
      expect(await found({ actor: OPERATOR })).toEqual([6]);
      expect(await found({ cardSerial: "20000001" })).toEqual([5]);
      expect(await found({ ceremonyId: "one" })).toEqual([4]);
      const [from, until] = [minutesLater(2 * 24 * 60), minutesLater(5 * 24 * 60)];
      expect(await found({ from, until })).toEqual([4, 3, 2]);
      expect(await found({ from, until: minutesLater(99 * 24 * 60), holder: HOLDER })).toEqual([
        6, 5, 4,
      ]);
      expect(await found({ until: minutesLater(-99 * 24 * 60) })).toEqual([]);
      const firstPage = await open().transaction(({ audit }) => audit.search({ limit: 2 }));
      expect(await found({ before: firstPage.at(-1)?.position }, 2)).toEqual([4, 3]);
    });

    test("nothing of a transaction is seen before it commits, and what it gives comes out", async () => {
      const given = await open().transaction(async ({ audit }) => {
        await audit.append(entry(7));
        return (await audit.read(0, 99)).length;
      });
      expect(given).toBe(1);
      expect(await leaves()).toEqual([7]);
    });
  });
}
