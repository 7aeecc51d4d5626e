import { asciiBytes, toHex } from "@lanyard/bytes";
import { nodeCardCrypto } from "@lanyard/crypto";
import { INSTRUCTIONS } from "@lanyard/piv";
import { sendHex, testCard } from "@lanyard/testkit";
import { describe, expect, test } from "vitest";
import { CARD_PROFILES, type CardQuirk } from "./card-profile.ts";
import type { CardState } from "./card-state.ts";
import { blankCardState, FACTORY } from "./personalise.ts";
import { createVirtualCard, type VirtualCard } from "./virtual-card.ts";

const SELECT = "00a4040009a00000030800001000";
const STATUS = "00200080";
const RIGHT = verify(FACTORY.passcode);
const WRONG = verify("999999");

describe("what a card stores", () => {
  test("is stored before the answer leaves", async () => {
    const order: string[] = [];
    const card = createVirtualCard({
      state: blank(),
      crypto: nodeCardCrypto,
      async save(state) {
        order.push(`saving ${state.passcode.triesLeft}`);
        // A turn of the event loop: an answer that does not wait is out before it.
        await new Promise((resolve) => setImmediate(resolve));
        order.push("saved");
      },
    });
    const inserted = card.insert();
    await sendHex(inserted, SELECT);
    order.push(await sendHex(inserted, WRONG));
    expect(order).toEqual(["saving 2", "saved", "63c2"]);
  });

  test("is not stored when nothing changed", async () => {
    let saved = 0;
    const card = createVirtualCard({
      state: blank(),
      crypto: nodeCardCrypto,
      async save() {
        saved += 1;
      },
    });
    const inserted = card.insert();
    for (const command of [SELECT, STATUS, RIGHT, "00cb3fff035c017e"])
      await sendHex(inserted, command);
    expect(saved).toBe(0);
    await sendHex(inserted, WRONG);
    await sendHex(inserted, RIGHT);
    expect(saved).toBe(2);
  });

  test("[7816-4 §5.6] cannot be stored: 6581, nothing changed, nothing verified", async () => {
    let isFull = true;
    const card = createVirtualCard({
      state: { ...blank(), passcode: { value: padded(FACTORY.passcode), triesLeft: 1 } },
      crypto: nodeCardCrypto,
      async save() {
        if (isFull) throw new Error("disk full");
      },
    });
    const inserted = card.insert();
    await sendHex(inserted, SELECT);
    expect(await sendHex(inserted, RIGHT)).toBe("6581");
    expect(await sendHex(inserted, STATUS)).toBe("63c1");
    expect(card.state.passcode.triesLeft).toBe(1);
    isFull = false;
    expect(await sendHex(inserted, RIGHT)).toBe("9000");
    expect(card.state.passcode.triesLeft).toBe(3);
  });
});

describe("one command at a time", () => {
  test("two wrong passcodes sent at once cost two tries", async () => {
    const { card, inserted } = await selected();
    const answers = await Promise.all([sendHex(inserted, WRONG), sendHex(inserted, WRONG)]);
    expect(answers).toEqual(["63c2", "63c1"]);
    expect(card.state.passcode.triesLeft).toBe(1);
  });

  test("[PIV-2 §2.4.3] a passcode is compared whole: one that differs in its last byte is wrong", async () => {
    const { inserted } = await selected();
    expect(await sendHex(inserted, verify(`${FACTORY.passcode.slice(0, -1)}0`))).toBe("63c2");
    expect(await sendHex(inserted, verify(`${FACTORY.passcode}0`))).toBe("63c1");
  });
});

describe("what a card forgets", () => {
  test("[PIV-1 §5.3] at a reset: selection, verification, management key, a half-read answer", async () => {
    const card = testCard(blank());
    const inserted = card.insert();
    await sendHex(inserted, SELECT);
    await sendHex(inserted, RIGHT);
    await sendHex(inserted, "00cb3fff055c035fc10208");
    await inserted.reset();
    expect(await sendHex(inserted, "00c0000000")).toBe("6985");
    expect(await sendHex(inserted, STATUS)).toBe("6d00");
    await sendHex(inserted, SELECT);
    expect(await sendHex(inserted, STATUS)).toBe("63c3");
  });

  test("at removal: the next insertion starts afresh, with the counters as they were", async () => {
    const card = testCard(blank());
    const first = card.insert();
    await sendHex(first, SELECT);
    await sendHex(first, WRONG);
    first.remove();
    first.remove();
    await first.removed;
    const second = card.insert();
    expect(await sendHex(second, STATUS)).toBe("6d00");
    await sendHex(second, SELECT);
    expect(await sendHex(second, STATUS)).toBe("63c2");
    await expect(sendHex(first, STATUS)).rejects.toMatchObject({ code: "card/removed" });
  });

  test("a card put back while its last command is being stored waits for it, and knows of it", async () => {
    const saving = promiseWithSwitch();
    const stored = promiseWithSwitch();
    const card = createVirtualCard({
      state: blank(),
      crypto: nodeCardCrypto,
      async save() {
        saving.done();
        await stored.promise;
      },
    });
    const first = card.insert();
    await sendHex(first, SELECT);
    const lost = expect(sendHex(first, WRONG)).rejects.toMatchObject({ code: "card/removed" });
    await saving.promise;
    first.remove();
    const second = card.insert();
    const answers = Promise.all([sendHex(second, SELECT), sendHex(second, STATUS)]);
    stored.done();
    await lost;
    expect((await answers).map((answer) => answer.slice(-4))).toEqual(["9000", "63c2"]);
  });

  test("a card taken out before a delayed command starts never starts it", async () => {
    const { card, inserted } = await selected();
    const begun = promiseWithSwitch();
    const wait = promiseWithSwitch();
    card.faults.arm({
      kind: "delay",
      until() {
        begun.done();
        return wait.promise;
      },
    });
    const lost = expect(sendHex(inserted, WRONG)).rejects.toMatchObject({ code: "card/removed" });
    await begun.promise;
    inserted.remove();
    wait.done();
    await lost;
    expect(card.state.passcode.triesLeft).toBe(3);
  });

  test("a card is in one reader at a time", () => {
    const card = testCard(blank());
    card.insert();
    expect(() => card.insert()).toThrowError(
      expect.objectContaining({ code: "virtual-card/already_inserted" }),
    );
  });
});

describe("faults on demand", () => {
  test.each([
    ["before", 3],
    ["after", 2],
  ] as const)("a power cut %s the effect: removed, and %i tries are left", async (when, tries) => {
    const { card, inserted } = await selected();
    card.faults.arm({ kind: "power_cut", when }, { ins: INSTRUCTIONS.verify });
    await expect(sendHex(inserted, WRONG)).rejects.toMatchObject({ code: "card/removed" });
    await inserted.removed;
    expect(card.isInserted).toBe(false);
    expect(card.state.passcode.triesLeft).toBe(tries);
    const again = card.insert();
    await sendHex(again, SELECT);
    expect(await sendHex(again, STATUS)).toBe(`63c${tries}`);
  });

  test.each([
    ["applied", 2],
    ["skipped", 3],
  ] as const)("a forced status word, effect %s: %i tries are left", async (effect, tries) => {
    const { card, inserted } = await selected();
    card.faults.arm({ kind: "status_word", statusWord: 0x6f00, effect });
    expect(await sendHex(inserted, WRONG)).toBe("6f00");
    expect(card.state.passcode.triesLeft).toBe(tries);
    expect(await sendHex(inserted, STATUS)).toBe(`63c${tries}`);
  });

  test("a fault waits for its instruction, its reference and its turn, and happens once", async () => {
    const { card, inserted } = await selected();
    card.faults.arm(
      { kind: "status_word", statusWord: 0x6f00, effect: "skipped" },
      { ins: INSTRUCTIONS.verify, p2: 0x80, skip: 2 },
    );
    const answers: string[] = [];
    for (const command of [STATUS, "00200081", SELECT, STATUS, STATUS, STATUS])
      answers.push((await sendHex(inserted, command)).slice(-4));
    expect(answers).toEqual(["63c3", "6a88", "9000", "63c3", "6f00", "63c3"]);
    expect(card.faults.armed).toBe(0);
  });

  test("faults that did not happen can be taken back", async () => {
    const { card, inserted } = await selected();
    card.faults.arm({ kind: "power_cut", when: "before" });
    expect(card.faults.armed).toBe(1);
    card.faults.clear();
    expect(await sendHex(inserted, STATUS)).toBe("63c3");
  });

  test("the delay is the caller's: the command starts when it resolves", async () => {
    const { card, inserted } = await selected();
    const order: string[] = [];
    card.faults.arm({
      kind: "delay",
      async until() {
        order.push("waited");
      },
    });
    order.push(await sendHex(inserted, STATUS));
    expect(order).toEqual(["waited", "63c3"]);
  });
});

describe("quirks of real cards", () => {
  test("bad_format_costs_a_try: a passcode of the wrong form counts as wrong", async () => {
    const { card, inserted } = await selected("bad_format_costs_a_try");
    expect(await sendHex(inserted, "002000800431323334")).toBe("63c2");
    expect(card.state.passcode.triesLeft).toBe(2);
  });

  test("blocked_word_on_last_try: 6983 instead of 63c0", async () => {
    const { inserted } = await selected("blocked_word_on_last_try");
    const answers: string[] = [];
    for (let tries = 3; tries > 0; tries -= 1) answers.push(await sendHex(inserted, WRONG));
    expect(answers).toEqual(["63c2", "63c1", "6983"]);
  });

  test("any_puk_after_right_puk: until reset", async () => {
    const { inserted } = await selected("any_puk_after_right_puk");
    const reset = (puk: string) =>
      sendHex(inserted, `002c008010${toHex(asciiBytes(puk))}${padded("654321")}`);
    expect(await reset("00000000")).toBe("63ce");
    expect(await reset(FACTORY.puk)).toBe("9000");
    expect(await reset("00000000")).toBe("9000");
    await inserted.reset();
    await sendHex(inserted, SELECT);
    expect(await reset("00000000")).toBe("63ce");
  });
});

async function selected(...quirks: CardQuirk[]) {
  const card: VirtualCard = testCard({
    ...blank(),
    profile: { ...CARD_PROFILES.care, quirks },
  });
  const inserted = card.insert();
  await sendHex(inserted, SELECT);
  return { card, inserted };
}

function promiseWithSwitch() {
  let done = (): void => undefined;
  const promise = new Promise<void>((resolve) => {
    done = resolve;
  });
  return { promise, done: () => done() };
}

function blank(): CardState {
  const arguments_ = { serial: "LT1", guid: new Uint8Array(16), expires: "2031-12-31" };
  return blankCardState(CARD_PROFILES.care, arguments_);
}

function verify(passcode: string): string {
  return `0020008008${padded(passcode)}`;
}

function padded(passcode: string): string {
  return toHex(asciiBytes(passcode)).padEnd(16, "f");
}
