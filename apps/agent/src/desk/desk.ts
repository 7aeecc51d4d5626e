import type { DeskView } from "@lanyard/wire";
import type { Logger } from "../log.ts";
import type { ReaderDriver } from "../readers/readers.ts";
import type { Timers } from "../timers.ts";
import {
  DESK_AT_START,
  type DeskEvent,
  type DeskState,
  deskView,
  insertionsOf,
  type PresentCard,
  type PresentPivCard,
  pivCards,
  type Recognised,
  reduceDesk,
  unrecognised,
} from "./desk-state.ts";

/** The desk as it is now, kept up to date by itself. */
export interface Desk {
  readonly view: DeskView;
  /** The PIV cards that are in, as recognised. */
  readonly cards: readonly PresentPivCard[];
  find(insertion: string): PresentPivCard | undefined;
  /** Ends the watch; resolves when nothing more is being read. */
  close(): Promise<void>;
}

export interface DeskOptions {
  readonly driver: ReaderDriver;
  readonly timers: Timers;
  readonly log: Logger;
  /** Looks at a card that was just put in; `undefined` when another program holds it, or it is gone again. */
  recognise(card: PresentCard): Promise<Recognised | undefined>;
  /** The view, whole, whenever it changes. */
  onView(view: DeskView): void;
}

/** How soon a card that another program held is looked at again. */
const LOOK_AGAIN_MS = 1500;

export function openDesk(options: DeskOptions): Desk {
  const stop = new AbortController();
  const looking = new Map<string, Promise<void>>();
  let state: DeskState = DESK_AT_START;
  let shown = "";

  const take = (event: DeskEvent): void => {
    state = reduceDesk(state, event);
    const view = deskView(state);
    const text = JSON.stringify(view);
    if (text !== shown) options.onView(view);
    shown = text;
    for (const card of unrecognised(state)) look(card);
  };

  const look = (card: PresentCard): void => {
    const { insertion } = card;
    if (looking.has(insertion) || stop.signal.aborted) return;
    const done = lookAt(card, options)
      .then((what) => {
        if (what !== undefined) take({ type: "recognised", insertion, what });
        else options.timers.after(LOOK_AGAIN_MS, () => lookAgain(card));
      })
      .finally(() => looking.delete(insertion));
    looking.set(insertion, done);
  };

  const lookAgain = (card: PresentCard): void => {
    if (insertionsOf(state.readers).includes(card.insertion)) look(card);
  };

  const watching = watch(options, stop.signal, take);
  return {
    get view() {
      return deskView(state);
    },
    get cards() {
      return pivCards(state);
    },
    find: (insertion) => pivCards(state).find((card) => card.insertion === insertion),
    close: async () => {
      stop.abort();
      await watching;
      await Promise.all(looking.values());
    },
  };
}

async function watch(
  { driver, log }: DeskOptions,
  signal: AbortSignal,
  take: (event: DeskEvent) => void,
): Promise<void> {
  for await (const readers of driver.watch(signal)) {
    log.info(
      { service: readers.service, slots: readers.slots.map(({ state }) => state) },
      "desk.readers",
    );
    take({ type: "readers", readers });
  }
}

/** What goes wrong with a card never stops the desk. */
async function lookAt(card: PresentCard, options: DeskOptions): Promise<Recognised | undefined> {
  try {
    return await options.recognise(card);
  } catch {
    options.log.warn({ insertion: card.insertion }, "desk.recognise_failed");
    return { state: "mute" };
  }
}
