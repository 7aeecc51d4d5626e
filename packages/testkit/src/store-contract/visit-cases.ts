import type { Store, VisitChange, VisitState } from "@lanyard/identity";
import { describe, expect, test } from "vitest";
import { HOLDER, hashLike, minutesLater, visit } from "./samples.ts";

const STATES: readonly VisitState[] = ["new", "claimed", "bound", "proven", "done", "dead"];

export function visitCases(open: () => Store): void {
  const add = (wanted = visit()) => open().transaction(({ visits }) => visits.add(wanted));
  const find = () => open().transaction(({ visits }) => visits.find(visit().id));

  describe("visits", () => {
    test("a new visit comes back with nothing that has not happened yet", async () => {
      await add();
      expect(await find()).toStrictEqual(visit());
      expect(await open().transaction(({ visits }) => visits.find("none"))).toBeUndefined();
    });

    test.each([
      { result: { careId: HOLDER, cardSerial: "20000001", insertion: "insertion-1" } },
      { result: { gaveUp: "cancelled" } },
    ])("and with everything that has: $result", async ({ result }) => {
      const whole = visit({
        purpose: "ceremony",
        state: "proven",
        bindHash: hashLike("bind"),
        returnHash: hashLike("return"),
        deskId: "desk",
        sessionId: "session",
        ceremonyId: "ceremony",
        nonce: "nonce",
        result,
      });
      await add(whole);
      expect(await find()).toStrictEqual(whole);
    });

    test("the same id twice is a conflict", async () => {
      await add();
      await expect(add()).rejects.toMatchObject({ code: "store/conflict" });
    });

    test("a step changes what it names and nothing else", async () => {
      await add(visit({ nonce: "stays", bindHash: hashLike("stays") }));
      const change: VisitChange = {
        state: "proven",
        returnHash: hashLike("return"),
        deskId: "desk",
        result: { gaveUp: "timed_out" },
        deadline: minutesLater(30),
      };
      const moved = await open().transaction(({ visits }) =>
        visits.advance(visit().id, "new", change),
      );
      expect(moved).toBe(true);
      const kept = { nonce: "stays", bindHash: hashLike("stays") };
      expect(await find()).toStrictEqual(visit({ ...kept, ...change }));
    });

    test.each(STATES)("from %s no step is made that starts elsewhere", async (state) => {
      await add(visit({ state }));
      for (const from of STATES.filter((other) => other !== state)) {
        const moved = await open().transaction(({ visits }) =>
          visits.advance(visit().id, from, { state: "done", deskId: "thief" }),
        );
        expect(moved).toBe(false);
      }
      expect(await find()).toStrictEqual(visit({ state }));
    });

    test("an unknown visit does not advance", async () => {
      const moved = await open().transaction(({ visits }) =>
        visits.advance("none", "new", { state: "claimed" }),
      );
      expect(moved).toBe(false);
    });

    test("compare and set: of many desks at once, one claims, and it is the one on record", async () => {
      await add();
      const desks = Array.from({ length: 8 }, (_, index) => `desk-${index}`);
      const outcomes = await Promise.all(
        desks.map((deskId) =>
          open().transaction(({ visits }) =>
            visits.advance(visit().id, "new", { state: "claimed", deskId }),
          ),
        ),
      );
      const winners = desks.filter((_, index) => outcomes[index]);
      expect(winners).toHaveLength(1);
      expect((await find())?.deskId).toBe(winners[0]);
    });
  });
}
