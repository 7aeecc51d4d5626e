import { beginRotation, type PukRotation, type Store } from "@lanyard/identity";
import { describe, expect, test } from "vitest";
import { addPeople, desk, minutesLater, NOON, SEED, smartcard } from "./samples.ts";

/** What is due at the next sign-in elsewhere, and what came of it. */
export function rotationCases(open: () => Store): void {
  describe("rotations", () => {
    const { serial } = smartcard();
    const made = async (): Promise<Store> => {
      const store = open();
      await store.transaction(async (records) => {
        await addPeople(records);
        await records.cards.add(smartcard(), SEED);
        await records.desks.add(desk({ id: "first" }));
        await records.desks.add(desk({ id: "second" }));
      });
      return store;
    };

    test("due since the latest desk, until it is cleared", async () => {
      const store = await made();
      await store.transaction(async ({ rotations }) => {
        expect(await rotations.dueSince(serial)).toBeUndefined();
        await rotations.setDue(serial, "first");
        await rotations.setDue(serial, "second");
        expect(await rotations.dueSince(serial)).toBe("second");
        await rotations.clearDue(serial);
        await rotations.clearDue(serial);
        expect(await rotations.dueSince(serial)).toBeUndefined();
      });
    });

    test("a rotation is read back as it was written, also after each step", async () => {
      const store = await made();
      const rotation: PukRotation = {
        ...{ id: "rotation-of-the-tests1", cardSerial: serial, deskId: "second" },
        ...{ nonce: "nonce", startedAt: NOON, state: beginRotation("first") },
      };
      await store.transaction(async ({ rotations }) => {
        await rotations.add(rotation);
        expect(await rotations.lock(rotation.id)).toStrictEqual(rotation);
        expect(await rotations.find(rotation.id)).toStrictEqual(rotation);
        const state = { ...rotation.state, phase: "released", candidate: 0, next: 1 } as const;
        await rotations.save(rotation.id, state);
        expect((await rotations.lock(rotation.id))?.state).toStrictEqual(state);
        expect(await rotations.lock("another")).toBeUndefined();
        expect(await rotations.find("another")).toBeUndefined();
      });
      await expect(
        store.transaction(({ rotations }) => rotations.save("another", rotation.state)),
      ).rejects.toMatchObject({ name: "StoreError" });
    });

    test("incidents of these cards, latest first", async () => {
      const store = await made();
      const incident = { cardSerial: serial, firstDesk: "first", foundAt: "second" };
      await store.transaction(async ({ rotations }) => {
        await rotations.addIncident({ ...incident, at: NOON });
        await rotations.addIncident({ ...incident, at: minutesLater(1) });
        const found = await rotations.incidentsOf([serial, "none"]);
        expect(found).toStrictEqual([
          { ...incident, at: minutesLater(1) },
          { ...incident, at: NOON },
        ]);
        expect(await rotations.incidentsOf([])).toEqual([]);
        expect(await rotations.openIncidents(9)).toEqual([]);
      });
      await store.transaction(async ({ rotations, cards }) => {
        await cards.saveRegisters(serial, { ...smartcard().registers, frozen: true }, 3);
        expect(await rotations.openIncidents(9)).toHaveLength(2);
        expect(await rotations.openIncidents(1)).toStrictEqual([
          { ...incident, at: minutesLater(1) },
        ]);
        expect(await rotations.incidentsOf(["none"])).toEqual([]);
      });
    });
  });
}
