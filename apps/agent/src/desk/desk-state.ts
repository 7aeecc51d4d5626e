import { toBase64 } from "@lanyard/bytes";
import type { DeskView, ReaderView } from "@lanyard/wire";
import type { ReaderSlot, ReadersState } from "../readers/readers.ts";

/** What one insertion turned out to be. */
export type Recognised =
  | { readonly state: "card"; readonly certificate: Uint8Array }
  | { readonly state: "foreign" }
  | { readonly state: "mute" };

/** What is known of this desk's readers: what the PC says, and what each card that was put in turned out to be. */
export interface DeskState {
  readonly readers: ReadersState;
  /** By insertion; only of cards that are still in. */
  readonly recognised: ReadonlyMap<string, Recognised>;
}

export type DeskEvent =
  | { readonly type: "readers"; readonly readers: ReadersState }
  | { readonly type: "recognised"; readonly insertion: string; readonly what: Recognised };

/** Before the first word from the readers. */
export const DESK_AT_START: DeskState = {
  readers: { service: "down", slots: [] },
  recognised: new Map(),
};

/** The desk after one event. What is said of an insertion that is over changes nothing. */
export function reduceDesk(state: DeskState, event: DeskEvent): DeskState {
  if (event.type === "readers") {
    const present = new Set(insertionsOf(event.readers));
    const recognised = [...state.recognised].filter(([insertion]) => present.has(insertion));
    return { readers: event.readers, recognised: new Map(recognised) };
  }
  if (!insertionsOf(state.readers).includes(event.insertion)) return state;
  return {
    ...state,
    recognised: new Map(state.recognised).set(event.insertion, event.what),
  };
}

export function insertionsOf(readers: ReadersState): readonly string[] {
  return readers.slots.flatMap(({ insertion }) => (insertion === undefined ? [] : [insertion]));
}

/** Cards that are in, answer, and have not been looked at. */
export function unrecognised(state: DeskState): readonly PresentCard[] {
  return state.readers.slots.flatMap(({ name, state: slot, insertion }) =>
    slot === "card" && insertion !== undefined && !state.recognised.has(insertion)
      ? [{ readerName: name, insertion }]
      : [],
  );
}

export interface PresentCard {
  readonly readerName: string;
  readonly insertion: string;
}

/** A PIV card that is in a reader. Its certificate proves nothing yet. */
export interface PresentPivCard extends PresentCard {
  readonly certificate: Uint8Array;
}

export function pivCards(state: DeskState): readonly PresentPivCard[] {
  return state.readers.slots.flatMap(({ name, insertion }) => {
    const what = insertion === undefined ? undefined : state.recognised.get(insertion);
    return insertion !== undefined && what?.state === "card"
      ? [{ readerName: name, insertion, certificate: what.certificate }]
      : [];
  });
}

/** More readers than this are not told: no desk has them. */
const READERS_MAX = 16;
const READER_NAME_MAX = 256;

/** What the server is told. */
export function deskView(state: DeskState): DeskView {
  const { service, slots } = state.readers;
  return {
    service,
    readers: slots.slice(0, READERS_MAX).map((slot) => readerView(slot, state.recognised)),
  };
}

function readerView(
  { name: wholeName, state, insertion }: ReaderSlot,
  recognised: ReadonlyMap<string, Recognised>,
): ReaderView {
  const name = wholeName.slice(0, READER_NAME_MAX);
  if (state === "empty" || insertion === undefined) return { name, state: "empty" };
  if (state === "mute") return { name, state: "mute", insertion };
  const what = recognised.get(insertion);
  if (what === undefined) return { name, state: "reading", insertion };
  if (what.state !== "card") return { name, state: what.state, insertion };
  return { name, state: "card", insertion, certificate: toBase64(what.certificate) };
}
