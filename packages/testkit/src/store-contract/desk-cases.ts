import type { Store } from "@lanyard/identity";
import { describe, expect, test } from "vitest";
import { addPeople, desk, minutesLater, NOON, OPERATOR, plain } from "./samples.ts";

export function deskCases(open: () => Store): void {
  const add = (wanted = desk()) => open().transaction(({ desks }) => desks.add(wanted));

  describe("desks", () => {
    test.each([undefined, minutesLater(1)])(
      "a desk comes back by id and by key, revoked: %s",
      async (revokedAt) => {
        await add(desk({ revokedAt }));
        await open().transaction(async ({ desks }) => {
          expect(plain(await desks.find(desk().id))).toStrictEqual(desk({ revokedAt }));
          expect(plain(await desks.findByKey(desk().keyHash))).toStrictEqual(desk({ revokedAt }));
          expect(await desks.find("none")).toBeUndefined();
          expect(await desks.findByKey("none")).toBeUndefined();
        });
      },
    );

    test("a key is one desk's only", async () => {
      await add();
      const second = desk({ id: "second", keyHash: desk().keyHash });
      await expect(add(second)).rejects.toMatchObject({ code: "store/conflict" });
    });

    test("a desk takes another name and stays the same desk", async () => {
      await add();
      await add(desk({ id: "second" }));
      await open().transaction(async ({ desks }) => {
        await desks.rename(desk().id, "Ward 7");
        expect(plain(await desks.find(desk().id))).toStrictEqual(desk({ name: "Ward 7" }));
        expect((await desks.find("second"))?.name).toBe("Reception");
      });
    });

    test("whose it is, how and by whom it came, and when it was last seen", async () => {
      const whole = desk({
        organisationCode: "RX1",
        enrolledHow: "approval",
        enrolledBy: OPERATOR,
        lastSeenAt: minutesLater(3),
      });
      await open().transaction(async (records) => {
        await addPeople(records);
        await records.desks.add(whole);
        expect(plain(await records.desks.lock(whole.id))).toStrictEqual(whole);
        await records.desks.see(whole.id, minutesLater(4));
        expect((await records.desks.find(whole.id))?.lastSeenAt).toEqual(minutesLater(4));
        expect(await records.desks.lock("none")).toBeUndefined();
      });
    });

    test("revoked once: the first time stays, and those since then are found", async () => {
      await add();
      await add(desk({ id: "second" }));
      await open().transaction(async ({ desks }) => {
        expect(await desks.revoke(desk().id, minutesLater(1))).toBe(true);
        expect(await desks.revoke(desk().id, minutesLater(2))).toBe(false);
        expect(await desks.revoke("none", minutesLater(2))).toBe(false);
        expect((await desks.find(desk().id))?.revokedAt).toEqual(minutesLater(1));
        const since = async (at: Date) => (await desks.revokedSince(at)).map(({ id }) => id);
        expect(await since(NOON)).toEqual([desk().id]);
        expect(await since(minutesLater(1))).toEqual([desk().id]);
        expect(await since(minutesLater(2))).toEqual([]);
      });
    });

    test("searched by part of the name and by organisation; those shut out come last", async () => {
      await open().transaction(addPeople);
      await add(desk({ id: "a", name: "Pharmacy 2", organisationCode: "RX1" }));
      await add(desk({ id: "b", name: "Front desk" }));
      await add(desk({ id: "c", name: "100% Pharmacy_1", organisationCode: "RX1" }));
      await add(desk({ id: "d", name: "Able", revokedAt: NOON }));
      await open().transaction(async ({ desks }) => {
        const ids = async (change: Partial<Parameters<typeof desks.search>[0]>) =>
          (await desks.search({ text: "", organisationCodes: undefined, limit: 9, ...change })).map(
            ({ id }) => id,
          );
        expect(await ids({})).toEqual(["c", "b", "a", "d"]);
        expect(await ids({ limit: 2 })).toEqual(["c", "b"]);
        expect(await ids({ text: "pharm" })).toEqual(["c", "a"]);
        expect(await ids({ text: "%" })).toEqual(["c"]);
        expect(await ids({ text: "y_" })).toEqual(["c"]);
        expect(await ids({ organisationCodes: [] })).toEqual(["b", "d"]);
        expect(await ids({ organisationCodes: ["RX1"] })).toEqual(["c", "b", "a", "d"]);
        expect(await ids({ organisationCodes: ["RX2"], text: "a" })).toEqual(["d"]);
      });
    });
  });
}
