import { asciiBytes, fromHex, Secret } from "@lanyard/bytes";
import { randomBytes } from "@lanyard/crypto";
import { CardError, type CardSession, openPivSession } from "@lanyard/piv";
import { blankCardState, CARD_PROFILES, type VirtualCard } from "@lanyard/virtual-card";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TEST_CARD, testCard } from "./test-card.ts";

/** The agent's `ReadersState`, as far as the contract looks: testkit stands below the agent. */
export interface ReadersSeen {
  readonly service: "up" | "down";
  readonly slots: readonly SlotSeen[];
}

export interface SlotSeen {
  readonly name: string;
  readonly state: "empty" | "card" | "mute";
  readonly insertion: string | undefined;
}

/** The agent's `ReaderDriver`. */
export interface DriverUnderTest {
  watch(signal: AbortSignal): AsyncIterable<ReadersSeen>;
  connect(readerName: string, insertion: string): Promise<CardSession>;
  close(): Promise<void>;
}

/** A driver over two empty readers, and hands that put cards into them. */
export interface ReaderHarness {
  readonly driver: DriverUnderTest;
  readonly readerNames: readonly [string, string];
  /** Resolves when the card is in, whether or not the driver knows. */
  insert(readerName: string, card: VirtualCard): Promise<void>;
  remove(readerName: string): Promise<void>;
  stopService(): Promise<void>;
  /** Resolves when the service runs again, with the cards in that were in. */
  startService(): Promise<void>;
  end(): Promise<void>;
}

/** Longer than any reader takes to notice anything. */
const NOTICE_MS = 15_000;
const STATUS_QUERY = fromHex("00200080");

/**
 * What every reader driver must do: run it on the readers in memory, and on real PC/SC. Register it at the top level of
 * a test file.
 */
export function readerDriverContract(
  name: string,
  makeHarness: () => Promise<ReaderHarness>,
): void {
  describe(`ReaderDriver contract: ${name}`, () => {
    let current: Desk | undefined;
    beforeEach(async () => {
      current = deskOf(await makeHarness());
    });
    afterEach(async () => {
      await current?.harness.end();
      current = undefined;
    });
    const desk = (): Desk => {
      if (current === undefined) throw new Error("The contract's set-up has not run.");
      return current;
    };
    insertionCases(desk);
    connectionCases(desk);
    pullCases(desk);
    serviceCases(desk);
    watchCases(desk);
  });
}

interface Desk {
  readonly harness: ReaderHarness;
  readonly first: string;
  readonly second: string;
  /** The first state shown from now on that is as asked. */
  until(isSo: (state: ReadersSeen) => boolean): Promise<ReadersSeen>;
  /** Puts a card in and waits until the driver shows it. */
  insert(readerName: string, card: VirtualCard): Promise<string>;
  remove(readerName: string): Promise<void>;
  connect(readerName: string): Promise<CardSession>;
}

function deskOf(harness: ReaderHarness): Desk {
  const { driver } = harness;
  const [first, second] = harness.readerNames;
  const until: Desk["until"] = async (isSo) => {
    const limit = AbortSignal.timeout(NOTICE_MS);
    let last: ReadersSeen | undefined;
    for await (const state of driver.watch(limit)) {
      last = state;
      if (isSo(state)) return state;
    }
    throw new Error(`Not seen within ${NOTICE_MS} ms. Last: ${JSON.stringify(last)}`);
  };
  const shown = async (readerName: string): Promise<string> => {
    const state = await until((seen) => insertionIn(seen, readerName) !== undefined);
    return insertionIn(state, readerName) ?? "";
  };
  return {
    harness,
    first,
    second,
    until,
    async insert(readerName, card) {
      await harness.insert(readerName, card);
      return shown(readerName);
    },
    async remove(readerName) {
      await harness.remove(readerName);
      await until((seen) => slotIn(seen, readerName)?.state === "empty");
    },
    async connect(readerName) {
      return driver.connect(readerName, await shown(readerName));
    },
  };
}

function insertionCases(desk: () => Desk): void {
  it("shows every reader, empty, before anything is put in", async () => {
    const { first, second, until } = desk();
    const state = await until(({ service }) => service === "up");
    expect(state.slots.map(({ name }) => name).sort()).toEqual([first, second].sort());
    for (const slot of state.slots)
      expect(slot).toMatchObject({ state: "empty", insertion: undefined });
  });

  it("a card that is put in gets an insertion, in its reader only; taken out, the reader is empty", async () => {
    const { first, second, insert, remove, until } = desk();
    const insertion = await insert(second, blankCard());
    const state = await until(() => true);
    expect(slotIn(state, first)).toMatchObject({ state: "empty" });
    expect(slotIn(state, second)).toEqual({ name: second, state: "card", insertion });
    await remove(second);
  });

  it("the same card put back is another insertion, and the other reader's stays what it was", async () => {
    const { first, second, insert, remove, until } = desk();
    const card = blankCard();
    const staying = await insert(second, blankCard());
    const before = await insert(first, card);
    await remove(first);
    expect(await insert(first, card)).not.toBe(before);
    const state = await until(() => true);
    expect(insertionIn(state, second)).toBe(staying);
  });
}

function connectionCases(desk: () => Desk): void {
  it("connects exclusively: a second connection is refused until the first is closed", async () => {
    const { harness, first, insert } = desk();
    const insertion = await insert(first, blankCard());
    const session = await harness.driver.connect(first, insertion);
    expect((await openPivSession(session)).properties.applicationId.length).toBeGreaterThan(0);
    await expect(harness.driver.connect(first, insertion)).rejects.toMatchObject({
      code: "reader/card_in_use",
    });
    await session.close();
    const next = await harness.driver.connect(first, insertion);
    await next.close();
  });

  it("nothing that was verified outlives its session", async () => {
    const { first, insert, connect } = desk();
    await insert(first, blankCard());
    const session = await connect(first);
    const piv = await openPivSession(session);
    expect(await piv.verify(new Secret(asciiBytes(TEST_CARD.passcode)))).toEqual({ ok: true });
    expect(await piv.verifyStatus()).toEqual({ state: "verified" });
    await session.close();
    const next = await openPivSession(await connect(first));
    expect(await next.verifyStatus()).toMatchObject({ state: "tries_left" });
  });

  it("refuses an insertion that is over, and a reader that is not there", async () => {
    const { harness, first, insert, remove } = desk();
    const card = blankCard();
    const over = await insert(first, card);
    await remove(first);
    const refused = { code: "reader/insertion_over" };
    await expect(harness.driver.connect(first, over)).rejects.toMatchObject(refused);
    const current = await insert(first, card);
    await expect(harness.driver.connect(first, over)).rejects.toMatchObject(refused);
    await expect(harness.driver.connect("no reader", current)).rejects.toMatchObject(refused);
  });

  it("two readers work at the same time", async () => {
    const { first, second, insert, connect } = desk();
    await insert(first, blankCard());
    await insert(second, blankCard());
    const sessions = [await connect(first), await connect(second)];
    const answers = sessions.map(async (session) => {
      const piv = await openPivSession(session);
      return session.transaction(() => piv.verifyStatus());
    });
    expect(await Promise.all(answers)).toEqual([
      { state: "tries_left", tries: 3 },
      { state: "tries_left", tries: 3 },
    ]);
  });
}

function pullCases(desk: () => Desk): void {
  it("a pulled card ends its session, and the next card can be used though that was never closed", async () => {
    const { harness, first, second, insert, connect } = desk();
    await insert(second, blankCard());
    const other = await connect(second);
    await insert(first, blankCard());
    const session = await connect(first);
    await harness.remove(first);
    expect(await session.removed).toBe("removed");
    await expect(session.transmit(STATUS_QUERY)).rejects.toMatchObject({ code: "card/removed" });
    await insert(first, blankCard());
    const next = await connect(first);
    await expect(session.transmit(STATUS_QUERY)).rejects.toMatchObject({ code: "card/removed" });
    await openPivSession(next);
    await openPivSession(other);
  });
}

function serviceCases(desk: () => Desk): void {
  it("a stopped service is `down`, ends sessions and refuses; started again, every insertion is new", async () => {
    const { harness, first, insert, until, connect } = desk();
    const before = await insert(first, blankCard());
    const session = await connect(first);
    await harness.stopService();
    expect(await until(({ service }) => service === "down")).toMatchObject({ slots: [] });
    expect(await session.removed).toBe("removed");
    await expect(session.transmit(STATUS_QUERY)).rejects.toBeInstanceOf(CardError);
    await expect(harness.driver.connect(first, before)).rejects.toMatchObject({
      code: "reader/service_down",
    });
    await harness.startService();
    const state = await until((seen) => insertionIn(seen, first) !== undefined);
    expect(insertionIn(state, first)).not.toBe(before);
    await openPivSession(await connect(first));
  });
}

function watchCases(desk: () => Desk): void {
  it("every watcher gets the state now and then each change; ending one leaves the others", async () => {
    const { harness, first, insert, remove } = desk();
    const card = blankCard();
    const insertion = await insert(first, card);
    const quitting = new AbortController();
    const staying = new AbortController();
    const quitter = harness.driver.watch(quitting.signal)[Symbol.asyncIterator]();
    const stayer = harness.driver.watch(staying.signal)[Symbol.asyncIterator]();
    for (const watcher of [quitter, stayer]) {
      const { value } = await watcher.next();
      expect(insertionIn(value, first)).toBe(insertion);
    }
    const waiting = quitter.next();
    quitting.abort();
    expect(await waiting).toMatchObject({ done: true });
    await remove(first);
    const { value } = await stayer.next();
    expect(slotIn(value, first)?.state).toBe("empty");
    staying.abort();
  });

  it("closing ends every watch and every session, and refuses", async () => {
    const { harness, first, insert, connect } = desk();
    const insertion = await insert(first, blankCard());
    const session = await connect(first);
    const watcher = harness.driver.watch(new AbortController().signal)[Symbol.asyncIterator]();
    await watcher.next();
    const waiting = watcher.next();
    await harness.driver.close();
    await harness.driver.close();
    expect(await waiting).toMatchObject({ done: true });
    await expect(session.transmit(STATUS_QUERY)).rejects.toBeInstanceOf(CardError);
    await expect(harness.driver.connect(first, insertion)).rejects.toMatchObject({
      code: "reader/closed",
    });
  });
}

function slotIn(state: ReadersSeen, readerName: string): SlotSeen | undefined {
  return state.slots.find(({ name }) => name === readerName);
}

function insertionIn(state: ReadersSeen, readerName: string): string | undefined {
  return slotIn(state, readerName)?.insertion;
}

function blankCard(): VirtualCard {
  const guid = randomBytes(16);
  return testCard(
    blankCardState(CARD_PROFILES.care, { ...TEST_CARD, guid, expires: "2031-12-31" }),
  );
}
