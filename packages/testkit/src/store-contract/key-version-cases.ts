import { keyVersionOf, type PukRegisters, type Store } from "@lanyard/identity";
import { describe, expect, test } from "vitest";
import { addPeople, plain, SEED, smartcard } from "./samples.ts";

const { serial } = smartcard();

/** A card issued under version 3, as all samples are. */
async function addOne(store: Store): Promise<void> {
  await store.transaction(async (records) => {
    await addPeople(records);
    await records.cards.add(smartcard(), SEED);
  });
}

export function keyVersionCases(open: () => Store): void {
  const save = (values: Partial<PukRegisters>, newest: number) =>
    open().transaction(({ cards }) =>
      cards.saveRegisters(serial, { ...smartcard().registers, ...values }, newest),
    );
  const changes = async () =>
    plain((await open().transaction(({ cards }) => cards.seedOf(serial)))?.keyVersionChanges);

  describe("master key versions", () => {
    test("the index that raises hi is of the newest version, for ever", async () => {
      await addOne(open());
      await save({ n: 0, hi: 1 }, 4);
      await save({ n: 1, hi: 1 }, 5);
      expect(await changes()).toEqual([{ from: 1, version: 4 }]);
      await save({ n: 1, hi: 2 }, 5);
      expect(await changes()).toEqual([
        { from: 1, version: 4 },
        { from: 2, version: 5 },
      ]);
    });

    test("late, repeated and older writes change nothing", async () => {
      await addOne(open());
      await save({ n: 1, hi: 2 }, 4);
      await save({ n: 0, hi: 1 }, 9);
      await save({ n: 1, hi: 2 }, 9);
      await save({ n: 2, hi: 3 }, 3);
      expect(await changes()).toEqual([{ from: 1, version: 4 }]);
    });

    test("what is rolled back was never released: the index takes the version of its real release", async () => {
      await addOne(open());
      const lost = open().transaction(async ({ cards }) => {
        await cards.saveRegisters(serial, { ...smartcard().registers, hi: 1 }, 4);
        throw new Error("The power went.");
      });
      await expect(lost).rejects.toThrow("The power went.");
      expect(await changes()).toEqual([]);
      await save({ n: 0, hi: 1 }, 5);
      expect(await changes()).toEqual([{ from: 1, version: 5 }]);
    });

    test("two nodes of which one knows the newest key: one index, one version", async () => {
      await addOne(open());
      await Promise.all([4, 3, 4, 3].map((newest) => save({ n: 0, hi: 1 }, newest)));
      const seed = await open().transaction(({ cards }) => cards.seedOf(serial));
      const first = seed && keyVersionOf(seed, 1);
      await Promise.all([3, 4, 5].map((newest) => save({ n: 0, hi: 1 }, newest)));
      const later = await open().transaction(({ cards }) => cards.seedOf(serial));
      expect(later && keyVersionOf(later, 1)).toBe(first);
    });

    test("shares: cards in use, by the version of the lowest PUK they may hold", async () => {
      await addOne(open());
      await open().transaction(async ({ cards }) => {
        expect(await cards.keyVersionShares()).toEqual([{ version: 3, cards: 1 }]);
        await cards.add(smartcard({ serial: "20000002", life: "issued_locked" }), SEED);
        await cards.add(smartcard({ serial: "20000003" }), { ...SEED, keyVersion: 5 });
        await cards.add(smartcard({ serial: "20000004", life: "cancelled" }), SEED);
        await cards.saveRegisters(serial, { ...smartcard().registers, n: 0, hi: 1 }, 5);
        expect(await cards.keyVersionShares()).toEqual([
          { version: 3, cards: 2 },
          { version: 5, cards: 1 },
        ]);
        await cards.saveRegisters(serial, { ...smartcard().registers, n: 1, hi: 1 }, 5);
        expect(await cards.keyVersionShares()).toEqual([
          { version: 3, cards: 1 },
          { version: 5, cards: 2 },
        ]);
      });
    });
  });
}
