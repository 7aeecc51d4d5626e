import type { ReaderSlot, ReadersState, SlotState } from "./readers.ts";

/** One reader as the service described it in one poll. */
export interface SeenSlot {
  readonly name: string;
  readonly state: SlotState;
  /** Cards put in and taken out so far: differs when the slot was emptied and filled between two polls. */
  readonly eventCount: number;
  /** The name of this insertion, should it turn out to be a new one. */
  readonly freshInsertion: string;
}

export type ReadersEvent =
  | { readonly kind: "service_lost" }
  | { readonly kind: "seen"; readonly slots: readonly SeenSlot[] };

/** The state that is shown, and the counters it was seen with, by reader name. */
export interface ReadersMemory {
  readonly state: ReadersState;
  readonly eventCounts: ReadonlyMap<string, number>;
}

/** What is known before the first look. */
export const NOTHING_SEEN: ReadersMemory = {
  state: { service: "down", slots: [] },
  eventCounts: new Map(),
};

/** What is known after an event. `state` is the same object as before when nothing that is shown has changed. */
export function reduceReaders(memory: ReadersMemory, event: ReadersEvent): ReadersMemory {
  if (event.kind === "service_lost")
    return { ...NOTHING_SEEN, state: settled(memory.state, NOTHING_SEEN.state) };
  const slots = event.slots.map((seen) => slotAfter(memory, seen));
  return {
    state: settled(memory.state, { service: "up", slots }),
    eventCounts: new Map(event.slots.map((seen) => [seen.name, seen.eventCount])),
  };
}

function slotAfter(memory: ReadersMemory, seen: SeenSlot): ReaderSlot {
  const { name, state } = seen;
  if (state === "empty") return { name, state, insertion: undefined };
  const before = memory.state.slots.find((slot) => slot.name === name);
  const isSame = memory.eventCounts.get(name) === seen.eventCount;
  return {
    name,
    state,
    insertion: (isSame ? before?.insertion : undefined) ?? seen.freshInsertion,
  };
}

/** The earlier one when both show the same, so that nobody is told of nothing. */
export function settled(before: ReadersState, after: ReadersState): ReadersState {
  const isSame =
    before.service === after.service &&
    before.slots.length === after.slots.length &&
    before.slots.every((slot, index) => isSameSlot(slot, after.slots[index]));
  return isSame ? before : after;
}

function isSameSlot(before: ReaderSlot, after: ReaderSlot | undefined): boolean {
  return (
    before.name === after?.name &&
    before.state === after.state &&
    before.insertion === after.insertion
  );
}

/** The slot that holds this insertion; `undefined` when that insertion is over. */
export function slotOf(
  state: ReadersState,
  readerName: string,
  insertion: string,
): ReaderSlot | undefined {
  return state.slots.find((slot) => slot.name === readerName && slot.insertion === insertion);
}
