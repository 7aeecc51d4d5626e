import type { PukRegisters, Store } from "@lanyard/identity";
import { describe, expect, test } from "vitest";
import {
  addPeople,
  certificate,
  HOLDER,
  hashLike,
  minutesLater,
  OPERATOR,
  plain,
  SEED,
  smartcard,
} from "./samples.ts";

const { serial } = smartcard();

async function addOne(store: Store): Promise<void> {
  await store.transaction(async (records) => {
    await addPeople(records);
    await records.cards.add(smartcard(), SEED);
  });
}

export function cardCases(open: () => Store): void {
  describe("cards", () => {
    test("a card comes back with every field, by serial, by lock and by each of its keys", async () => {
      await addOne(open());
      await open().transaction(async ({ cards }) => {
        expect(plain(await cards.find(serial))).toStrictEqual(smartcard());
        expect(plain(await cards.lock(serial))).toStrictEqual(smartcard());
        for (const { keyHash } of smartcard().certificates)
          expect(plain(await cards.findByKey(keyHash))).toStrictEqual(smartcard());
        expect(plain(await cards.seedOf(serial))).toStrictEqual(SEED);
      });
    });

    test("a card in another state, revoked and in doubt, keeps all of that", async () => {
      const odd = smartcard({
        life: "cancelled",
        certificates: [certificate({ slot: "9E", revokedAt: minutesLater(3) })],
        registers: {
          n: 4,
          hi: 5,
          refused: 4,
          tried: 5,
          triesLeft: 2,
          frozen: true,
          exposed: true,
        },
      });
      await open().transaction(async (records) => {
        await addPeople(records);
        await records.cards.add(odd, SEED);
        expect(plain(await records.cards.find(serial))).toStrictEqual(odd);
      });
    });

    test("what is not there is undefined", async () => {
      await open().transaction(async ({ cards }) => {
        expect(await cards.find(serial)).toBeUndefined();
        expect(await cards.lock(serial)).toBeUndefined();
        expect(await cards.seedOf(serial)).toBeUndefined();
        expect(await cards.findByKey(hashLike("none"))).toBeUndefined();
        expect(plain(await cards.ofPerson(HOLDER))).toStrictEqual([]);
      });
    });

    test("a serial, a key or an issuance is one card's only", async () => {
      await addOne(open());
      const same = [
        smartcard(),
        smartcard({ serial: "20000002", issuanceId: smartcard().issuanceId }),
        smartcard({ serial: "20000002", certificates: smartcard().certificates }),
      ];
      for (const card of same) {
        const again = open().transaction(({ cards }) => cards.add(card, SEED));
        await expect(again).rejects.toMatchObject({ code: "store/conflict" });
      }
      const all = await open().transaction(({ cards }) => cards.ofPerson(HOLDER));
      expect(all.map((card) => card.serial)).toEqual([serial]);
    });

    test("a person's cards come latest issued first, each with its own certificates", async () => {
      const older = smartcard({ serial: "20000002", issuedAt: minutesLater(-50) });
      const newer = smartcard({ serial: "20000003", issuedAt: minutesLater(50), certificates: [] });
      await addOne(open());
      await open().transaction(async ({ cards }) => {
        await cards.add(older, SEED);
        await cards.add(newer, SEED);
        await cards.add(smartcard({ serial: "20000004", careId: OPERATOR }), SEED);
        expect(plain(await cards.ofPerson(HOLDER))).toStrictEqual([newer, smartcard(), older]);
      });
    });

    test("a card's life changes, and only its", async () => {
      await addOne(open());
      await open().transaction(async ({ cards }) => {
        await cards.add(smartcard({ serial: "20000002" }), SEED);
        await cards.setLife(serial, "cancelled");
        expect(plain(await cards.find(serial))).toStrictEqual(smartcard({ life: "cancelled" }));
        expect((await cards.find("20000002"))?.life).toBe("active");
      });
    });
  });
  registerCases(open);
}

function registerCases(open: () => Store): void {
  const registers = (change: Partial<PukRegisters>): PukRegisters => ({
    ...smartcard().registers,
    ...change,
  });
  const save = (values: Partial<PukRegisters>) =>
    open().transaction(({ cards }) => cards.saveRegisters(serial, registers(values), 0));
  const saved = async () =>
    (await open().transaction(({ cards }) => cards.find(serial)))?.registers;

  describe("PUK registers", () => {
    test("every register is kept, and those that are none again are none", async () => {
      await addOne(open());
      const full = { n: 1, hi: 2, refused: 1, tried: 2, triesLeft: 7, frozen: true, exposed: true };
      await save(full);
      expect(await saved()).toEqual(full);
      const bare = {
        n: 2,
        hi: 2,
        refused: undefined,
        tried: undefined,
        triesLeft: 15,
        frozen: false,
        exposed: false,
      };
      await save(bare);
      expect(await saved()).toStrictEqual(bare);
    });

    // biome-ignore format: the columns are the documentation
    test.each([
      ["both older",         { n: 0, hi: 1 }, { n: 3, hi: 4 }],
      ["both as they are",   { n: 3, hi: 4 }, { n: 3, hi: 4 }],
      ["n newer, hi older",  { n: 4, hi: 3 }, { n: 4, hi: 4 }],
      ["n older, hi as is",  { n: 2, hi: 4 }, { n: 3, hi: 4 }],
      ["both newer",         { n: 5, hi: 6 }, { n: 5, hi: 6 }],
    ])("rule R2: n and hi never fall, whatever is written late: %s", async (_, late, expected) => {
            await addOne(open());
            await save({ n: 3, hi: 4 });
            await save(late);
            expect(await saved()).toMatchObject(expected);
        });

    test("one desk at a time decides on a locked card: nothing read is stale, no step is lost", async () => {
      await addOne(open());
      const step = () =>
        open().transaction(async ({ cards }) => {
          const card = await cards.lock(serial);
          const next = (card?.registers.n ?? 0) + 1;
          await cards.saveRegisters(serial, registers({ n: next, hi: next }), 0);
        });
      await Promise.all(Array.from({ length: 8 }, step));
      expect(await saved()).toMatchObject({ n: 8, hi: 8 });
    });
  });
}
