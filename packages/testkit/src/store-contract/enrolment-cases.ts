import type { Records, Store, StoredEnrolmentCode } from "@lanyard/identity";
import { describe, expect, test } from "vitest";
import { addPeople, hashLike, minutesLater, NOON, OPERATOR, plain } from "./samples.ts";

function code(change: Partial<StoredEnrolmentCode> = {}): StoredEnrolmentCode {
  return {
    handle: "K7",
    verifier: new Uint8Array(32).fill(7),
    organisationCode: "RX1",
    deskName: undefined,
    madeAt: NOON,
    madeBy: undefined,
    expiresAt: minutesLater(10),
    triesLeft: 5,
    ...change,
  };
}

const asking = (seed: string, name = "Ward desk") => ({
  keyHash: hashLike(seed),
  key: new Uint8Array([1, 2, 3]),
  name,
});

export function enrolmentCases(open: () => Store): void {
  const within = <Result>(work: (records: Records) => Promise<Result>) => open().transaction(work);

  describe("codes to enrol by", () => {
    test.each([{}, { deskName: "Pharmacy", madeBy: OPERATOR }])(
      "comes back: %j",
      async (change) => {
        await within(addPeople);
        await within(async ({ enrolments }) => {
          expect(await enrolments.addCode(code(change))).toBe(true);
          expect(plain(await enrolments.lockCode("K7"))).toStrictEqual(code(change));
          expect(await enrolments.lockCode("K8")).toBeUndefined();
        });
      },
    );

    test("a living code's handle is not given again; a dead or expired one's is", async () => {
      await within(addPeople);
      await within(async ({ enrolments }) => {
        await enrolments.addCode(code());
        const next = code({ deskName: "Next", madeAt: minutesLater(1) });
        expect(await enrolments.addCode(next)).toBe(false);
        expect((await enrolments.lockCode("K7"))?.deskName).toBeUndefined();
        await enrolments.setTriesLeft("K7", 0);
        expect(await enrolments.addCode(next)).toBe(true);
        expect(plain(await enrolments.lockCode("K7"))).toStrictEqual(next);
        const late = code({ deskName: "Late", madeAt: minutesLater(10) });
        expect(await enrolments.addCode(late)).toBe(true);
        expect((await enrolments.lockCode("K7"))?.deskName).toBe("Late");
      });
    });

    test("two desks with one code: a locked code is read by one at a time", async () => {
      await within(addPeople);
      await within(({ enrolments }) => enrolments.addCode(code()));
      const take = () =>
        within(async ({ enrolments }) => {
          const found = await enrolments.lockCode("K7");
          if (found === undefined || found.triesLeft === 0) return false;
          await enrolments.setTriesLeft("K7", 0);
          return true;
        });
      const took = await Promise.all(Array.from({ length: 6 }, take));
      expect(took.filter(Boolean)).toHaveLength(1);
    });
  });

  describe("desks that ask", () => {
    test("a request is one row however often it is made, under its latest name", async () => {
      await within(async ({ enrolments }) => {
        expect(await enrolments.ask(asking("a"), NOON, 9)).toBe(true);
        expect(await enrolments.ask(asking("a", "Ward 7"), minutesLater(1), 9)).toBe(true);
        const whole = {
          ...asking("a", "Ward 7"),
          askedAt: NOON,
          lastAskedAt: minutesLater(1),
          refusedAt: undefined,
        };
        expect(plain(await enrolments.requests())).toStrictEqual([whole]);
        expect(plain(await enrolments.findRequest(hashLike("a")))).toStrictEqual(whole);
        expect(await enrolments.findRequest("none")).toBeUndefined();
      });
    });

    test("no more than so many strangers are noted; the refused are not counted", async () => {
      await within(async ({ enrolments }) => {
        expect(await enrolments.ask(asking("a"), NOON, 2)).toBe(true);
        expect(await enrolments.ask(asking("b"), minutesLater(1), 2)).toBe(true);
        expect(await enrolments.ask(asking("c"), minutesLater(2), 2)).toBe(false);
        expect(await enrolments.ask(asking("a"), minutesLater(3), 2)).toBe(true);
        expect((await enrolments.requests()).map(({ keyHash }) => keyHash)).toEqual([
          hashLike("a"),
          hashLike("b"),
        ]);
        await enrolments.refuseRequest(hashLike("a"), minutesLater(4));
        expect(await enrolments.ask(asking("c"), minutesLater(5), 2)).toBe(true);
      });
    });

    test("refused once, and it stays refused however often it asks", async () => {
      await within(async ({ enrolments }) => {
        await enrolments.ask(asking("a"), NOON, 9);
        expect(await enrolments.refuseRequest(hashLike("a"), minutesLater(1))).toBe(true);
        expect(await enrolments.refuseRequest(hashLike("a"), minutesLater(2))).toBe(false);
        await enrolments.ask(asking("a"), minutesLater(3), 9);
        expect(await enrolments.requests()).toEqual([]);
        expect((await enrolments.findRequest(hashLike("a")))?.refusedAt).toEqual(minutesLater(1));
      });
    });

    test("let in, or silent for long: forgotten; the refused are remembered", async () => {
      await within(async ({ enrolments }) => {
        for (const seed of ["a", "b", "c"]) await enrolments.ask(asking(seed), NOON, 9);
        await enrolments.refuseRequest(hashLike("b"), NOON);
        await enrolments.ask(asking("c"), minutesLater(5), 9);
        await enrolments.forgetRequestsBefore(minutesLater(5));
        expect(await enrolments.findRequest(hashLike("a"))).toBeUndefined();
        expect(await enrolments.findRequest(hashLike("b"))).toBeDefined();
        expect(await enrolments.forgetRequest(hashLike("c"))).toBe(true);
        expect(await enrolments.forgetRequest(hashLike("c"))).toBe(false);
      });
    });
  });
}
