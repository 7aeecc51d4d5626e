import type { CardsHeld } from "./desk/cards-held.ts";
import type { Desk } from "./desk/desk.ts";
import type { RateLimit } from "./http/rate-limit.ts";
import type { Outbox } from "./journal/outbox.ts";
import type { Leash } from "./leash/leash.ts";
import type { Logger } from "./log.ts";
import type { PageContext } from "./pages/context.ts";
import type { Timers } from "./timers.ts";
import type { Visits } from "./visits/visit-memory.ts";

/** What the agent's parts share: made once, by the composition root. */
export interface Rooms {
  readonly leash: Leash;
  readonly outbox: Outbox;
  readonly desk: Desk;
  readonly cards: CardsHeld;
  readonly visits: Visits;
  readonly unknownVisits: RateLimit;
  readonly pages: PageContext;
  readonly deskName: string;
  readonly agentVersion: string;
  /** Of the device key, for people to compare. */
  readonly fingerprint: string;
  readonly timers: Timers;
  readonly log: Logger;
  random(bytes: number): Uint8Array;
}
