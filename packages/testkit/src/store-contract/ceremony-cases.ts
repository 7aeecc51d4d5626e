import type { Ceremony, Store, UnlockPhase } from "@lanyard/identity";
import { describe, expect, test } from "vitest";
import {
  addDeskScene,
  ceremony,
  desk,
  inPhase,
  minutesLater,
  OPERATOR_CARD,
  smartcard,
} from "./samples.ts";

const OPEN: readonly UnlockPhase[] = [
  "card_proven",
  "person_confirmed",
  "chosen",
  "released",
  "pin_set",
];
const OVER: readonly UnlockPhase[] = [
  "verified",
  "aborted",
  "uncertain",
  "confirmed_later",
  "settled_unknown",
];
const OTHER_DESK = "desk-two-of-the-tests";

export function ceremonyCases(open: () => Store): void {
  const add = (...wanted: readonly Ceremony[]) =>
    open().transaction(async ({ ceremonies }) => {
      for (const one of wanted) await ceremonies.add(one);
    });

  describe("ceremonies", () => {
    test("a ceremony comes back with every field undefined that may be", async () => {
      await addDeskScene(open());
      await add(ceremony());
      await open().transaction(async ({ ceremonies }) => {
        expect(await ceremonies.find(ceremony().id)).toStrictEqual(ceremony());
        expect(await ceremonies.lock(ceremony().id)).toStrictEqual(ceremony());
        expect(await ceremonies.find("none")).toBeUndefined();
        expect(await ceremonies.lock("none")).toBeUndefined();
      });
    });

    test("and with every field that may be there", async () => {
      const whole = ceremony({
        state: {
          phase: "uncertain",
          passcodeState: { triesLeft: 2 },
          evidence: "driving_licence",
          candidate: 0,
          next: 1,
          triedBoth: true,
          passcodeSet: true,
          hint: "written",
          rotated: true,
          reason: "answer_lost",
        },
        expectedSerial: smartcard().serial,
        notes: { ...ceremony().notes, ephemeralKey: "a2V5" },
      });
      await addDeskScene(open());
      await add(whole);
      const found = await open().transaction(({ ceremonies }) => ceremonies.find(whole.id));
      expect(found).toStrictEqual(whole);
    });

    test("what is saved is state, deadline and notes", async () => {
      await addDeskScene(open());
      await add(ceremony());
      const change = {
        kind: "unlock",
        state: { ...ceremony().state, phase: "chosen", evidence: "photo" } as const,
        deadline: minutesLater(99),
        notes: { ...ceremony().notes, ephemeralKey: "a2V5" },
      };
      const found = await open().transaction(async ({ ceremonies }) => {
        await ceremonies.save(ceremony().id, change);
        return ceremonies.find(ceremony().id);
      });
      expect(found).toStrictEqual(ceremony(change));
    });

    test("of a card, latest first, and no more than asked for", async () => {
      const older = inPhase("aborted", { id: "older", startedAt: minutesLater(-9) });
      const oldest = inPhase("aborted", { id: "oldest", startedAt: minutesLater(-99) });
      await addDeskScene(open());
      await add(oldest, ceremony(), older);
      await open().transaction(async ({ ceremonies }) => {
        const all = await ceremonies.ofCard(smartcard().serial, 9);
        expect(all.map(({ id }) => id)).toEqual([ceremony().id, "older", "oldest"]);
        expect(await ceremonies.ofCard(smartcard().serial, 2)).toHaveLength(2);
        expect(await ceremonies.ofCard(OPERATOR_CARD, 9)).toEqual([]);
      });
    });

    test("of a card, those begun at one moment come in the order of their ids, always the same", async () => {
      await addDeskScene(open());
      await add(...["b", "a", "c"].map((id) => inPhase("aborted", { id })));
      await open().transaction(async ({ ceremonies }) => {
        const all = await ceremonies.ofCard(smartcard().serial, 9);
        expect(all.map(({ id }) => id)).toEqual(["c", "b", "a"]);
        const latest = await ceremonies.ofCard(smartcard().serial, 1);
        expect(latest.map(({ id }) => id)).toEqual(["c"]);
      });
    });

    test("overdue ones are open and past their deadline, longest first", async () => {
      const late = { deadline: minutesLater(1) };
      const later = { deadline: minutesLater(2), deskId: OTHER_DESK, cardSerial: OPERATOR_CARD };
      await addDeskScene(open());
      await add(
        inPhase("released", { id: "later", ...later }),
        inPhase("chosen", { id: "late", ...late }),
        inPhase("verified", { id: "over", ...late }),
      );
      await open().transaction(async ({ ceremonies }) => {
        const ids = async (minutes: number, limit: number) =>
          (await ceremonies.overdue(minutesLater(minutes), limit)).map(({ id }) => id);
        expect(await ids(1, 9)).toEqual([]);
        expect(await ids(3, 9)).toEqual(["late", "later"]);
        expect(await ids(3, 1)).toEqual(["late"]);
      });
    });
  });
  openCases(open, add);
}

function openCases(
  open: () => Store,
  add: (...wanted: readonly Ceremony[]) => Promise<void>,
): void {
  describe("one open ceremony a desk, one a card", () => {
    test.each(OPEN)("%s is open: found at its desk and for its card", async (phase) => {
      await addDeskScene(open());
      await add(inPhase(phase));
      await open().transaction(async ({ ceremonies }) => {
        expect((await ceremonies.openAtDesk(desk().id))?.id).toBe(ceremony().id);
        expect((await ceremonies.openOfCard(smartcard().serial))?.id).toBe(ceremony().id);
        expect(await ceremonies.openAtDesk(OTHER_DESK)).toBeUndefined();
        expect(await ceremonies.openOfCard(OPERATOR_CARD)).toBeUndefined();
      });
    });

    test.each(OVER)("%s is over: found nowhere, and in nobody's way", async (phase) => {
      await addDeskScene(open());
      await add(inPhase(phase), ceremony({ id: "next" }));
      await open().transaction(async ({ ceremonies }) => {
        expect((await ceremonies.openAtDesk(desk().id))?.id).toBe("next");
        expect((await ceremonies.openOfCard(smartcard().serial))?.id).toBe("next");
      });
    });

    test.each(OPEN)("%s: a second one at the desk or for the card is a conflict", async (phase) => {
      await addDeskScene(open());
      await add(inPhase(phase));
      const sameDesk = ceremony({ id: "second", cardSerial: OPERATOR_CARD });
      const sameCard = ceremony({ id: "second", deskId: OTHER_DESK });
      const neither = ceremony({ id: "second", deskId: OTHER_DESK, cardSerial: OPERATOR_CARD });
      await expect(add(sameDesk)).rejects.toMatchObject({ code: "store/conflict" });
      await expect(add(sameCard)).rejects.toMatchObject({ code: "store/conflict" });
      await add(neither);
    });

    test("of many that begin at once at one desk, one begins", async () => {
      await addDeskScene(open());
      const tries = ["a", "b", "c", "d", "e"].map((id) => add(ceremony({ id })));
      const outcomes = await Promise.allSettled(tries);
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    });

    test("whoever locks a ceremony decides on what the last one left", async () => {
      await addDeskScene(open());
      await add(ceremony());
      const authorise = () =>
        open().transaction(async ({ ceremonies }) => {
          const found = await ceremonies.lock(ceremony().id);
          if (found?.state.phase !== "card_proven") return false;
          const state = { ...found.state, phase: "aborted" } as const;
          await ceremonies.save(found.id, { ...found, state });
          return true;
        });
      const outcomes = await Promise.all(Array.from({ length: 8 }, authorise));
      expect(outcomes.filter(Boolean)).toHaveLength(1);
    });
  });
}
