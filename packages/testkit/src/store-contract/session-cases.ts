import type { SessionEndReason, Store } from "@lanyard/identity";
import { describe, expect, test } from "vitest";
import { addDeskScene, desk, hashLike, minutesLater, session } from "./samples.ts";

const REASONS: readonly SessionEndReason[] = [
  "signed_out",
  "card_removed",
  "agent_silent",
  "proof_failed",
  "idle",
  "absolute_limit",
  "replaced",
  "card_ended",
];

export function sessionCases(open: () => Store): void {
  const find = () => open().transaction(({ sessions }) => sessions.find(session().id));

  describe("sessions", () => {
    test("a session comes back, open, until it has ended", async () => {
      await addDeskScene(open());
      expect(await find()).toStrictEqual(session());
      await open().transaction(async ({ sessions }) => {
        expect(await sessions.openAtDesk(desk().id)).toStrictEqual([session()]);
        expect(await sessions.open()).toStrictEqual([session()]);
        expect(await sessions.openAtDesk("desk-two-of-the-tests")).toEqual([]);
        expect(await sessions.openAmong([])).toEqual(new Set());
        expect(await sessions.openAmong(["none", session().id])).toEqual(new Set([session().id]));
        expect(await sessions.find("none")).toBeUndefined();
      });
    });

    test("the same id twice is a conflict", async () => {
      await addDeskScene(open());
      const again = open().transaction(({ sessions }) => sessions.add(session()));
      await expect(again).rejects.toMatchObject({ code: "store/conflict" });
    });

    test.each(REASONS)("it ends once, and the first reason stays: %s", async (endReason) => {
      await addDeskScene(open());
      const at = minutesLater(4);
      await open().transaction(async ({ sessions }) => {
        expect(await sessions.end(session().id, at, endReason)).toBe(true);
        expect(await sessions.end(session().id, minutesLater(5), "signed_out")).toBe(false);
        expect(await sessions.open()).toEqual([]);
        expect(await sessions.openAtDesk(desk().id)).toEqual([]);
        expect(await sessions.openAmong([session().id])).toEqual(new Set());
      });
      expect(await find()).toStrictEqual(session({ endedAt: at, endReason }));
    });

    test("of many that end it at once, one does", async () => {
      await addDeskScene(open());
      const outcomes = await Promise.all(
        REASONS.map((reason) =>
          open().transaction(({ sessions }) => sessions.end(session().id, minutesLater(1), reason)),
        ),
      );
      expect(outcomes.filter(Boolean)).toHaveLength(1);
    });

    test("ending what is not there is no end", async () => {
      const ended = await open().transaction(({ sessions }) =>
        sessions.end("none", minutesLater(1), "idle"),
      );
      expect(ended).toBe(false);
    });

    test("touching writes what is given, and only to that session", async () => {
      const other = session({ id: hashLike("other") });
      await addDeskScene(open());
      await open().transaction(async ({ sessions }) => {
        await sessions.add(other);
        await sessions.touch(session().id, { lastSeenAt: minutesLater(1) });
        await sessions.touch(session().id, { provenAt: minutesLater(2) });
        await sessions.touch(session().id, { leashId: "41" });
        await sessions.touch(session().id, {});
        expect(await sessions.find(other.id)).toStrictEqual(other);
      });
      const touched = {
        lastSeenAt: minutesLater(1),
        provenAt: minutesLater(2),
        leashId: "41",
      };
      expect(await find()).toStrictEqual(session(touched));
    });
  });
}
