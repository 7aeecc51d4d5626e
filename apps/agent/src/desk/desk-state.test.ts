import { describe, expect, test } from "vitest";
import type { ReaderSlot, ReadersState } from "../readers/readers.ts";
import {
  DESK_AT_START,
  type DeskState,
  deskView,
  pivCards,
  reduceDesk,
  unrecognised,
} from "./desk-state.ts";

const EMPTY: ReaderSlot = { name: "A", state: "empty", insertion: undefined };
const CARD: ReaderSlot = { name: "A", state: "card", insertion: "insertion-1" };
const AGAIN: ReaderSlot = { name: "A", state: "card", insertion: "insertion-2" };
const MUTE: ReaderSlot = { name: "B", state: "mute", insertion: "insertion-3" };
const certificate = new Uint8Array([0x30, 0x00]);

const desk = (state: DeskState, ...slots: readonly ReaderSlot[]): DeskState => {
  const readers: ReadersState = { service: "up", slots };
  return reduceDesk(state, { type: "readers", readers });
};
const recognised = (state: DeskState, insertion: string): DeskState =>
  reduceDesk(state, {
    type: "recognised",
    insertion,
    what: { state: "card", certificate },
  });

describe("the desk's state", () => {
  test("before the first word, the service is down and there are no readers", () => {
    expect(deskView(DESK_AT_START)).toEqual({ service: "down", readers: [] });
  });

  test("a card is being read until it is recognised, then shown with its certificate", () => {
    const reading = desk(DESK_AT_START, CARD);
    expect(deskView(reading).readers).toEqual([
      { name: "A", state: "reading", insertion: "insertion-1" },
    ]);
    expect(unrecognised(reading)).toEqual([{ readerName: "A", insertion: "insertion-1" }]);
    const known = recognised(reading, "insertion-1");
    expect(deskView(known).readers).toEqual([
      { name: "A", state: "card", insertion: "insertion-1", certificate: "MAA=" },
    ]);
    expect(unrecognised(known)).toEqual([]);
  });

  test("what is said of an insertion that is over changes nothing", () => {
    const state = desk(desk(DESK_AT_START, CARD), EMPTY);
    expect(recognised(state, "insertion-1")).toBe(state);
  });

  test("a card put back is another insertion, to be recognised anew", () => {
    const known = recognised(desk(DESK_AT_START, CARD), "insertion-1");
    const back = desk(known, AGAIN);
    expect(pivCards(back)).toEqual([]);
    expect(unrecognised(back)).toEqual([{ readerName: "A", insertion: "insertion-2" }]);
  });

  test("a mute card is told as mute and never looked at", () => {
    const state = desk(DESK_AT_START, EMPTY, MUTE);
    expect(deskView(state).readers[1]).toEqual({
      name: "B",
      state: "mute",
      insertion: "insertion-3",
    });
    expect(unrecognised(state)).toEqual([]);
  });

  test("a lost service empties the desk", () => {
    const known = recognised(desk(DESK_AT_START, CARD), "insertion-1");
    const readers: ReadersState = { service: "down", slots: [] };
    const lost = reduceDesk(known, { type: "readers", readers });
    expect(deskView(lost)).toEqual({ service: "down", readers: [] });
    expect(lost.recognised.size).toBe(0);
  });
});
