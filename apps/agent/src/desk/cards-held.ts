import type { ReaderDriver } from "../readers/readers.ts";
import type { Timers } from "../timers.ts";
import type { PresentCard } from "./desk-state.ts";
import { type HeldCard, holdCard } from "./held-card.ts";

/**
 * Who holds which card connected. An operator's card: from sign-in to the end of its session. A holder's card: from
 * its proof to the end of its ceremony. Every end disconnects with a reset.
 */
export interface CardsHeld {
  /**
   * Connects to a card for a sign-in, or takes up the connection of its session.
   *
   * @throws {ReaderError} `reader/insertion_over` | `reader/card_in_use` | `reader/card_mute` | `reader/service_down` |
   * `reader/failed` | `reader/closed`
   * @throws {CardError} `card/not_piv` | `card/malformed_answer` | `card/removed` | `card/reset` |
   * `card/transport`
   */
  holdForSignIn(card: PresentCard): Promise<HeldCard>;
  /** Signed in: keeps the card for up to a minute, until the session begins. */
  awaitSession(card: HeldCard): void;
  /** Not signed in: lets the card go unless a session hangs on it. */
  letGo(card: HeldCard): Promise<void>;
  /** False when that card is not held: it was taken out meanwhile. */
  beginSession(session: string, insertion: string): boolean;
  endSession(session: string): Promise<void>;
  ofSession(session: string): HeldCard | undefined;
  /** The operator's card of this insertion, while a session hangs on it. */
  operatorCard(insertion: string): HeldCard | undefined;
  /**
   * @throws {ReaderError} `reader/insertion_over` | `reader/card_in_use` | `reader/card_mute` | `reader/service_down` |
   * `reader/failed` | `reader/closed`
   * @throws {CardError} `card/not_piv` | `card/malformed_answer` | `card/removed` | `card/reset` |
   * `card/transport`
   */
  holdForCeremony(ceremony: string, card: PresentCard): Promise<HeldCard>;
  ofCeremony(ceremony: string): HeldCard | undefined;
  endCeremony(ceremony: string): Promise<void>;
  /** The server is out of reach for good, or the agent stops: every card is let go; a burst is finished first. */
  letAllGo(): Promise<void>;
}

/** How long a verified card waits for its session: the browser has to go back to the server first. */
export const SESSION_WAIT_MS = 60_000;

interface OperatorEntry {
  readonly card: HeldCard;
  readonly sessions: Set<string>;
  /** Set while the card waits for a session. */
  cancelWait: (() => void) | undefined;
}

export interface CardsHeldOptions {
  readonly driver: ReaderDriver;
  readonly timers: Timers;
  /** A held card was taken out, or reset by somebody else: what waits for it is over. */
  onLost(): void;
}

export function openCardsHeld(options: CardsHeldOptions): CardsHeld {
  return new Held(options);
}

class Held implements CardsHeld {
  readonly #options: CardsHeldOptions;
  /** By insertion. */
  readonly #operators = new Map<string, OperatorEntry>();
  readonly #ceremonies = new Map<string, HeldCard>();

  constructor(options: CardsHeldOptions) {
    this.#options = options;
  }

  async holdForSignIn(card: PresentCard): Promise<HeldCard> {
    const known = this.#operators.get(card.insertion)?.card;
    if (known?.isThere === true) return known;
    const held = await holdCard(this.#options.driver, card);
    this.#operators.set(card.insertion, { card: held, sessions: new Set(), cancelWait: undefined });
    this.#forgetWhenLost(held);
    return held;
  }

  awaitSession(card: HeldCard): void {
    const entry = this.#operators.get(card.insertion);
    if (entry?.card !== card) return;
    entry.cancelWait?.();
    entry.cancelWait = this.#options.timers.after(SESSION_WAIT_MS, () => {
      entry.cancelWait = undefined;
      void this.letGo(card);
    });
  }

  async letGo(card: HeldCard): Promise<void> {
    const entry = this.#operators.get(card.insertion);
    if (entry?.card !== card) return card.close();
    if (entry.sessions.size > 0 || entry.cancelWait !== undefined) return;
    this.#operators.delete(card.insertion);
    await card.close();
  }

  beginSession(session: string, insertion: string): boolean {
    const entry = this.#operators.get(insertion);
    if (entry?.card.isThere !== true) return false;
    entry.cancelWait?.();
    entry.cancelWait = undefined;
    entry.sessions.add(session);
    return true;
  }

  async endSession(session: string): Promise<void> {
    for (const { card, sessions } of [...this.#operators.values()])
      if (sessions.delete(session)) await this.letGo(card);
  }

  ofSession(session: string): HeldCard | undefined {
    return [...this.#operators.values()].find(({ sessions }) => sessions.has(session))?.card;
  }

  operatorCard(insertion: string): HeldCard | undefined {
    const entry = this.#operators.get(insertion);
    return entry !== undefined && entry.sessions.size > 0 ? entry.card : undefined;
  }

  /** One ceremony at a time at one desk: whatever was held for another is let go first. */
  async holdForCeremony(ceremony: string, card: PresentCard): Promise<HeldCard> {
    const known = this.#ceremonies.get(ceremony);
    if (known?.isThere === true && known.insertion === card.insertion) return known;
    for (const other of [...this.#ceremonies.keys()]) await this.endCeremony(other);
    const held = await holdCard(this.#options.driver, card);
    this.#ceremonies.set(ceremony, held);
    void held.lost.then(() => {
      this.#options.onLost();
      // Its handle must not stand in the way of the next card in that reader.
      return this.#ceremonies.get(ceremony) === held ? this.endCeremony(ceremony) : undefined;
    });
    return held;
  }

  ofCeremony(ceremony: string): HeldCard | undefined {
    return this.#ceremonies.get(ceremony);
  }

  async endCeremony(ceremony: string): Promise<void> {
    const card = this.#ceremonies.get(ceremony);
    this.#ceremonies.delete(ceremony);
    await card?.close();
  }

  async letAllGo(): Promise<void> {
    const cards = [...this.#operators.values()].map(({ card, cancelWait }) => {
      cancelWait?.();
      return card;
    });
    this.#operators.clear();
    const ceremonies = [...this.#ceremonies.values()];
    this.#ceremonies.clear();
    await Promise.allSettled([...cards, ...ceremonies].map((card) => card.close()));
  }

  #forgetWhenLost(card: HeldCard): void {
    void card.lost.then(() => {
      this.#options.onLost();
      const entry = this.#operators.get(card.insertion);
      if (entry?.card !== card) return;
      entry.cancelWait?.();
      this.#operators.delete(card.insertion);
      return card.close();
    });
  }
}
