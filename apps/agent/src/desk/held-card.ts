import {
  CardError,
  type CardLoss,
  type CardSession,
  openPivSession,
  type PivSession,
  type Slot,
} from "@lanyard/piv";
import type { ReaderDriver } from "../readers/readers.ts";
import { type CardKey, cardKeyOf } from "./card-key.ts";
import type { PresentCard } from "./desk-state.ts";
import { openQueue } from "./queue.ts";

/** What the one caller of the moment may do with a held card. */
export interface CardHands {
  /** The PIV application as selected last. */
  readonly piv: PivSession;
  readonly session: CardSession;
  /** The key behind a slot, by its certificate; read once for each connection. */
  key(slot: Slot): Promise<CardKey>;
  /** Power off and on, then selects PIV again. What was verified is forgotten. */
  powerCycle(): Promise<void>;
}

/**
 * One card, connected exclusively for as long as we need it: nobody else on this PC can use it, and what its holder
 * verified lives inside this connection only. Callers wait for each other.
 */
export interface HeldCard extends PresentCard {
  /** True until the card is taken out, reset by somebody else, or closed. */
  readonly isThere: boolean;
  readonly lost: Promise<CardLoss>;
  /** @throws what `work` throws | {CardError} `card/removed` when the card is no longer there */
  use<Result>(work: (hands: CardHands) => Promise<Result>): Promise<Result>;
  /**
   * Waits for the caller of the moment, then disconnects and resets the card. Idempotent. Never rejects: a card that
   * cannot be let go any more is gone.
   */
  close(): Promise<void>;
}

/**
 * Connects and selects PIV. On failure nothing stays connected.
 *
 * @throws {ReaderError} `reader/insertion_over` | `reader/card_in_use` | `reader/card_mute` | `reader/service_down` |
 * `reader/failed` | `reader/closed`
 * @throws {CardError} `card/not_piv` | `card/malformed_answer` | `card/removed` | `card/reset` |
 * `card/transport`
 */
export async function holdCard(driver: ReaderDriver, card: PresentCard): Promise<HeldCard> {
  const session = await driver.connect(card.readerName, card.insertion);
  try {
    return held(card, session, await openPivSession(session));
  } catch (error) {
    await session.close().catch(() => undefined);
    throw error;
  }
}

function held(card: PresentCard, session: CardSession, selected: PivSession): HeldCard {
  const queue = openQueue();
  const keys = new Map<Slot, CardKey>();
  let piv = selected;
  let isThere = true;
  const hands: CardHands = {
    get piv() {
      return piv;
    },
    session,
    key: async (slot) => {
      const key = keys.get(slot) ?? (await readKey(piv, slot));
      keys.set(slot, key);
      return key;
    },
    powerCycle: async () => {
      await session.powerCycle();
      piv = await openPivSession(session, { extendedLength: piv.extendedLength });
    },
  };
  const lost = session.removed.then((loss) => {
    isThere = false;
    return loss;
  });
  return {
    ...card,
    get isThere() {
      return isThere;
    },
    lost,
    use: (work) =>
      queue.run(async () => {
        if (!isThere) throw new CardError("card/removed", "The card is no longer there.");
        return work(hands);
      }),
    close: () =>
      queue.run(async () => {
        isThere = false;
        await session.close().catch(() => undefined);
      }),
  };
}

async function readKey(piv: PivSession, slot: Slot): Promise<CardKey> {
  const certificate = await piv.readCertificate(slot);
  const key = certificate === undefined ? undefined : cardKeyOf(certificate);
  if (key === undefined)
    throw new CardError("card/object_not_found", "The card has no certificate of a known kind.");
  return key;
}
