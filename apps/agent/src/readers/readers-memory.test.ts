import { expect, test } from "vitest";
import {
  NOTHING_SEEN,
  type ReadersMemory,
  reduceReaders,
  type SeenSlot,
  slotOf,
} from "./readers-memory.ts";

const READER = "Reader 1";

test("a card gets the fresh insertion, and keeps it while the counter stands", () => {
  const first = look(NOTHING_SEEN, seen({ state: "card", eventCount: 1, freshInsertion: "a" }));
  const second = look(first, seen({ state: "card", eventCount: 1, freshInsertion: "b" }));
  expect(first.state.slots).toEqual([{ name: READER, state: "card", insertion: "a" }]);
  expect(second.state).toBe(first.state);
});

test("a card taken out and put back between two looks is a new insertion: the counter tells", () => {
  const first = look(NOTHING_SEEN, seen({ state: "card", eventCount: 1, freshInsertion: "a" }));
  const second = look(first, seen({ state: "card", eventCount: 3, freshInsertion: "b" }));
  expect(second.state.slots[0]?.insertion).toBe("b");
  expect(slotOf(second.state, READER, "a")).toBeUndefined();
});

test("without a counter, an empty slot in between makes a new insertion", () => {
  const first = look(NOTHING_SEEN, seen({ state: "card", freshInsertion: "a" }));
  const empty = look(first, seen({ state: "empty", freshInsertion: "b" }));
  const third = look(empty, seen({ state: "card", freshInsertion: "c" }));
  expect(empty.state.slots[0]?.insertion).toBeUndefined();
  expect(third.state.slots[0]?.insertion).toBe("c");
});

test("a card that turns mute, or answers after all, is the same insertion", () => {
  const card = look(NOTHING_SEEN, seen({ state: "card", eventCount: 1, freshInsertion: "a" }));
  const mute = look(card, seen({ state: "mute", eventCount: 1, freshInsertion: "b" }));
  expect(mute.state.slots[0]).toEqual({ name: READER, state: "mute", insertion: "a" });
});

test("a card that came and went unseen changes nothing that is shown, but is remembered", () => {
  const empty = look(NOTHING_SEEN, seen({ state: "empty", eventCount: 0 }));
  const again = look(empty, seen({ state: "empty", eventCount: 2 }));
  expect(again.state).toBe(empty.state);
  expect(again.eventCounts.get(READER)).toBe(2);
});

test("a lost service forgets every insertion: after it, the same counter means another card", () => {
  const before = look(NOTHING_SEEN, seen({ state: "card", eventCount: 1, freshInsertion: "a" }));
  const lost = reduceReaders(before, { kind: "service_lost" });
  expect(lost.state).toEqual({ service: "down", slots: [] });
  expect(reduceReaders(lost, { kind: "service_lost" }).state).toBe(lost.state);
  const after = look(lost, seen({ state: "card", eventCount: 1, freshInsertion: "b" }));
  expect(after.state.slots[0]?.insertion).toBe("b");
});

test("a reader that is pulled out takes its insertion with it", () => {
  const before = look(NOTHING_SEEN, seen({ state: "card", eventCount: 1, freshInsertion: "a" }));
  expect(look(before).state.slots).toEqual([]);
});

function look(memory: ReadersMemory, ...slots: readonly SeenSlot[]): ReadersMemory {
  return reduceReaders(memory, { kind: "seen", slots });
}

function seen(slot: Partial<SeenSlot>): SeenSlot {
  return { name: READER, state: "empty", eventCount: 0, freshInsertion: "unused", ...slot };
}
