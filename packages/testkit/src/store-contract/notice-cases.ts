import type { Notice, Records, Store } from "@lanyard/identity";
import { describe, expect, test } from "vitest";
import { addDeskScene, ceremony, HOLDER, NOON } from "./samples.ts";

function notice(change: Partial<Notice> = {}): Omit<Notice, "attempts" | "reason"> {
  return {
    messageId: "first@care.example",
    event: "ceremony unlocked",
    ceremonyId: ceremony().id,
    holder: HOLDER,
    to: "maria@care.example",
    subject: "Your smartcard was unlocked",
    text: "Words.\n",
    writtenAt: NOON,
    state: "waiting",
    ...change,
  };
}

export function noticeCases(open: () => Store): void {
  const within = <Result>(work: (records: Records) => Promise<Result>) => open().transaction(work);
  const scene = async (...wanted: ReturnType<typeof notice>[]) => {
    await addDeskScene(open());
    await within(async (records) => {
      await records.ceremonies.add(ceremony());
      for (const one of wanted) await records.notices.write(one);
    });
  };
  const claim = (lease: string, leaseMs = 60_000, limit = 9) =>
    within(({ notices }) => notices.claim(lease, leaseMs, limit));
  const all = () => within(({ notices }) => notices.ofCeremony(ceremony().id));

  describe("the outbox", () => {
    test("comes back as written; one event is told once an address", async () => {
      const nobody = notice({
        messageId: "third",
        event: "other",
        to: undefined,
        state: "no_address",
      });
      await scene(
        notice(),
        notice({ messageId: "again", text: "Other words." }),
        notice({ messageId: "second", to: "home@maria.example" }),
        nobody,
        { ...nobody, messageId: "fourth" },
      );
      const fresh = { attempts: 0, reason: undefined };
      expect(await all()).toStrictEqual([
        { ...notice(), ...fresh },
        { ...notice({ messageId: "second", to: "home@maria.example" }), ...fresh },
        { ...nobody, ...fresh },
      ]);
    });

    test("a transaction that fails tells nobody", async () => {
      await scene();
      const work = within(async ({ notices }) => {
        await notices.write(notice());
        throw new Error("The step failed.");
      });
      await expect(work).rejects.toThrow("The step failed.");
      expect(await all()).toEqual([]);
    });

    test("claimed by one, it is nobody else's until the lease runs out; then the attempt counts", async () => {
      await scene(notice());
      const [first] = await claim("one", 60_000);
      expect(first).toMatchObject({
        mail: { messageId: "first@care.example", to: "maria@care.example", text: "Words.\n" },
        attempts: 1,
      });
      expect(first?.ageMs).toBeGreaterThanOrEqual(0);
      expect(await claim("two")).toEqual([]);
      await within(({ notices }) =>
        notices.settle("first@care.example", "one", { state: "waiting", reason: "", afterMs: 0 }),
      );
      expect(await claim("two", 0)).toMatchObject([{ attempts: 2 }]);
      expect(await claim("three")).toMatchObject([{ attempts: 3 }]);
      const late = { state: "sent" } as const;
      const settle = (lease: string) =>
        within(({ notices }) => notices.settle("first@care.example", lease, late));
      expect(await settle("two")).toBe(false);
      expect(await settle("three")).toBe(true);
      expect(await all()).toMatchObject([{ state: "sent", attempts: 3 }]);
    });

    test("senders at one moment share what there is, each notice with one of them", async () => {
      await scene(
        ...Array.from({ length: 12 }, (_, index) =>
          notice({ messageId: `m${index}`, event: `event ${index}` }),
        ),
      );
      const shares = await Promise.all(
        ["a", "b", "c", "d"].map((lease) => claim(lease, 60_000, 5)),
      );
      const ids = shares.flat().map(({ mail }) => mail.messageId);
      expect(new Set(ids).size).toBe(ids.length);
      expect(Math.max(...shares.map((share) => share.length))).toBeLessThanOrEqual(5);
    });

    test("not due yet, sent, given up, or addressed to nobody: not claimed", async () => {
      await scene(
        notice({ messageId: "later", event: "1" }),
        notice({ messageId: "sent", event: "2" }),
        notice({ messageId: "given-up", event: "3" }),
        notice({ messageId: "nobody", event: "4", to: undefined, state: "no_address" }),
      );
      await claim("one");
      await within(async ({ notices }) => {
        const waiting = { state: "waiting", reason: "451", afterMs: 3_600_000 } as const;
        await notices.settle("later", "one", waiting);
        await notices.settle("sent", "one", { state: "sent" });
        await notices.settle("given-up", "one", { state: "given_up", reason: "RCPT TO 550" });
      });
      expect(await claim("two")).toEqual([]);
      const states = (await all()).map(({ state, reason }) => [state, reason]);
      expect(new Set(states.map(String))).toEqual(
        new Set(["waiting,451", "sent,", "given_up,RCPT TO 550", "no_address,"]),
      );
    });
  });
}
