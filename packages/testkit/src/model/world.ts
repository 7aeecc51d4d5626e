import type { Burst, CardProfile, PukRegisters, stepUnlock, Unlock } from "@lanyard/identity";

/**
 * All that one card, two desks and a server can be in the middle of. The rules are not here: ceremonies and registers
 * move by the product's own reducers, bursts by the product's own table. What is here is the world around them.
 */
export interface World {
  /** Durable, with the ceremonies: what the database holds. */
  readonly registers: PukRegisters;
  readonly card: Card;
  readonly desks: readonly [Desk, Desk];
  /** The desk whose ceremony was begun last. */
  readonly newest: DeskIndex;
  /** A fail-over has lost a commit: it happens once at most. */
  readonly failedOver: boolean;
}

export type DeskIndex = 0 | 1;

/** The truth, which nobody else knows. */
export interface Card {
  readonly puk: number;
  readonly pukTries: number;
  readonly locked: boolean;
  /** The desk whose present ceremony set the passcode that is on the card; `undefined`: an older one. */
  readonly setBy: DeskIndex | undefined;
  /** The index last written to it before a CHANGE REFERENCE DATA. */
  readonly hint: number | undefined;
  readonly at: DeskIndex | undefined;
}

/** A desk with its latest ceremony, and what is on its way between its agent and the server. */
export interface Desk {
  readonly ceremony: Unlock | undefined;
  /** The holder's card has been connected ever since this ceremony's proof. */
  readonly connected: boolean;
  readonly agent: Agent | undefined;
  readonly toAgent: Released | undefined;
  readonly toServer: readonly Report[];
  /** Truth: the card signed with 9A after VERIFY with this ceremony's passcode. */
  readonly signed: boolean;
  /** A later ceremony, no longer in sight, released too. */
  readonly releasedSince: boolean;
}

/** PUK indices in memory: gone with a crash, wiped at the end. */
export interface Agent {
  /** `undefined` until the first release arrives. */
  readonly burst: Burst | undefined;
  readonly candidate: number | undefined;
  readonly next: number | undefined;
  readonly attempt: 1 | 2;
}

export interface Released {
  readonly candidate: number | undefined;
  readonly next: number | undefined;
}

export type Report =
  | { readonly type: "accepted"; readonly attempt: 1 | 2 }
  | { readonly type: "refused"; readonly attempt: 1 | 2; readonly triesLeft: number }
  | { readonly type: "passcode_refused" }
  | { readonly type: "rotation"; readonly applied: boolean }
  | { readonly type: "proof" }
  | { readonly type: "lost" };

/** Which rules are in force. The product's are one row of a table; the others show what each rule is for. */
export interface Rules {
  readonly step: typeof stepUnlock;
  readonly profile: CardProfile;
  /** One open ceremony per card. */
  readonly lease: boolean;
  /** Rule R5: an agent whose card left wipes what it holds and ends. */
  readonly wipes: boolean;
  readonly failOver: boolean;
  readonly desks: readonly DeskIndex[];
  /** No index above this is released: the bound of the search. Indices only matter by their difference. */
  readonly maxIndex: number;
}

const QUIET: Desk = {
  ceremony: undefined,
  connected: false,
  agent: undefined,
  toAgent: undefined,
  toServer: [],
  signed: false,
  releasedSince: false,
};

/** Nothing under way anywhere, the card in the reader of desk 0. */
export function quietWorld(registers: PukRegisters, card: Omit<Card, "at" | "setBy">): World {
  return {
    registers,
    card: { ...card, at: 0, setBy: undefined },
    desks: [QUIET, QUIET],
    newest: 0,
    failedOver: false,
  };
}

export function newDesk(ceremony: Unlock): Desk {
  return { ...QUIET, ceremony, connected: true };
}

export function withDesk(world: World, at: DeskIndex, change: Partial<Desk>): World {
  const [first, second] = world.desks;
  return {
    ...world,
    desks: at === 0 ? [{ ...first, ...change }, second] : [first, { ...second, ...change }],
  };
}

export function otherDesk(at: DeskIndex): DeskIndex {
  return at === 0 ? 1 : 0;
}
