import type { CallAcross, LeashAt, Records, Store } from "@lanyard/identity";
import { describe, expect, test } from "vitest";

const SILENCE_MS = 30_000;

function leashAt(id: string, change: Partial<LeashAt> = {}): LeashAt {
  const view = { service: "up", readers: [{ name: "Reader 1", state: "empty" }] };
  return { id, deskId: "desk-one", name: "Reception", nodeId: "node-a", view, ...change };
}

function callAcross(change: Partial<CallAcross> = {}): CallAcross {
  return {
    id: "call-one",
    fromNode: "node-a",
    toNode: "node-b",
    leashId: "7",
    call: "card_release",
    body: { ceremony: "c" },
    ...change,
  };
}

export function leashCases(open: () => Store): void {
  const run = <Result>(work: (leashes: Records["leashes"]) => Promise<Result>): Promise<Result> =>
    open().transaction(({ leashes }) => work(leashes));
  const find = (deskId = "desk-one") => run((leashes) => leashes.find(deskId, SILENCE_MS));
  const show = (leash: LeashAt) => run((leashes) => leashes.show(leash));
  const beat = (nodeId: string, silenceMs = SILENCE_MS) =>
    run((leashes) => leashes.beat(nodeId, silenceMs));

  describe("leashes", () => {
    test("numbers only rise, however many ask", async () => {
      const ask = () => run((leashes) => leashes.nextId());
      const first = BigInt(await ask());
      const many = (await Promise.all(Array.from({ length: 20 }, ask))).map(BigInt);
      expect(new Set(many).size).toBe(20);
      for (const number of many) expect(number).toBeGreaterThan(first);
    });

    test("a leash is found while its node is heard of", async () => {
      await show(leashAt("5"));
      expect(await find()).toBeUndefined();
      await beat("node-a");
      expect(await find()).toEqual(leashAt("5"));
      expect(await find("desk-two")).toBeUndefined();
      expect(await run((leashes) => leashes.find("desk-one", 0))).toBeUndefined();
    });

    test("the newer one counts, whichever came last; nine is not newer than ten", async () => {
      await beat("node-a");
      expect(await show(leashAt("10", { name: "New" }))).toBe(true);
      expect(await show(leashAt("9"))).toBe(false);
      expect((await find())?.name).toBe("New");
      expect(await show(leashAt("10", { name: "Newest view" }))).toBe(true);
      expect((await find())?.name).toBe("Newest view");
      expect(await show(leashAt("11", { nodeId: "node-b" }))).toBe(true);
      await beat("node-b");
      expect((await find())?.nodeId).toBe("node-b");
    });

    test("the end of an old one takes nothing from the new one", async () => {
      await beat("node-a");
      await show(leashAt("10"));
      await run((leashes) => leashes.leave("9"));
      expect(await find()).toBeDefined();
      await run((leashes) => leashes.leave("10"));
      expect(await find()).toBeUndefined();
    });

    test("a node is new once; one that is silent is forgotten with its leashes, and is new again", async () => {
      expect(await beat("node-a")).toMatchObject({ isNew: true, gone: [] });
      expect(await beat("node-a")).toMatchObject({ isNew: false, gone: [] });
      await show(leashAt("5"));
      await show(leashAt("6", { deskId: "desk-two", nodeId: "node-b" }));
      await beat("node-b");
      // Nobody but the node that beats has been heard of within no time at all; it has, at this very moment.
      expect((await beat("node-b", 0)).gone).toContain("desk-one");
      expect(await find()).toBeUndefined();
      expect((await beat("node-a")).isNew).toBe(true);
    });

    test("a beat tells the time, which goes on", async () => {
      const { at } = await beat("node-a");
      expect(at).toBeInstanceOf(Date);
      expect((await beat("node-a")).at.getTime()).toBeGreaterThanOrEqual(at.getTime());
    });

    test("a node that leaves takes its leashes along", async () => {
      await beat("node-a");
      await show(leashAt("5"));
      await run((leashes) => leashes.leaveNode("node-a"));
      await beat("node-a");
      expect(await find()).toBeUndefined();
    });
  });

  describe("calls across nodes", () => {
    const ask = (call = callAcross()) => run((leashes) => leashes.ask(call));
    const take = (nodeId: string, patienceMs = SILENCE_MS) =>
      run((leashes) => leashes.take(nodeId, patienceMs));
    const collect = () => run((leashes) => leashes.collect("call-one"));

    test("each is taken once, by the node it is for", async () => {
      await ask();
      expect(await take("node-a")).toEqual([]);
      const taken = await Promise.all([take("node-b"), take("node-b"), take("node-b")]);
      expect(taken.flat()).toEqual([callAcross()]);
    });

    test("one that waited too long is not taken any more", async () => {
      await ask();
      expect(await take("node-b", 0)).toEqual([]);
    });

    test("the reply is collected once, and then the call is forgotten", async () => {
      await ask();
      expect(await collect()).toBeUndefined();
      await run((leashes) => leashes.answer("call-one", { reply: { signature: "x" } }));
      expect(await collect()).toEqual({ reply: { signature: "x" } });
      expect(await collect()).toBeUndefined();
      await ask();
      await run((leashes) => leashes.forget("call-one"));
      expect(await take("node-b")).toEqual([]);
    });
  });
}
