import { fromHex } from "@lanyard/bytes";
import { CardError } from "@lanyard/piv";
import type { InsertedCard, VirtualCard } from "@lanyard/virtual-card";

/** One command as the card got it, and the status word it gave; `undefined` when nobody heard it. */
export interface Exchange {
  readonly command: Uint8Array;
  readonly statusWord: number | undefined;
}

export interface CardWatch {
  /** Asked for each command: whether the card leaves its reader before it, or after it and before the answer. */
  cut(command: Uint8Array): { readonly before: boolean; readonly after: boolean };
  seen(exchange: Exchange): void;
  /** The card was cut off. */
  gone(): void;
}

/** The same card, with somebody at its contacts. */
export function watchedCard(card: VirtualCard, watch: CardWatch): VirtualCard {
  return {
    faults: card.faults,
    get state() {
      return card.state;
    },
    get isInserted() {
      return card.isInserted;
    },
    insert: () => watchedContacts(card.insert(), watch),
  };
}

function watchedContacts(inner: InsertedCard, watch: CardWatch): InsertedCard {
  return {
    atr: inner.atr,
    removed: inner.removed,
    reset: () => inner.reset(),
    remove: () => inner.remove(),
    transmit: async (apdu) => {
      const command = apdu.slice();
      const cut = watch.cut(command);
      if (cut.before) {
        inner.remove();
        watch.gone();
        throw new CardError("card/removed", "The card was cut off before the command.");
      }
      const answer = await inner.transmit(apdu);
      const statusWord = (answer.at(-2) ?? 0) * 256 + (answer.at(-1) ?? 0);
      watch.seen({ command, statusWord });
      if (!cut.after) return answer;
      inner.remove();
      watch.gone();
      throw new CardError("card/removed", "The card was cut off before its answer.");
    },
  };
}

/** Instruction and key reference, such as `2c 80`: enough to know a command by, and never its data. */
export function commandName(command: Uint8Array): string {
  const hex = (byte: number | undefined) => (byte ?? 0).toString(16).padStart(2, "0");
  return `${hex(command[1])} ${hex(command[3])}`;
}

/**
 * Two cards behind one set of contacts, which no reader can tell apart by looking: a shim. `swapsBefore` says at which
 * command the second takes the place of the first; it has PIV selected by then.
 */
export function shimCard(
  [first, second]: readonly [VirtualCard, VirtualCard],
  swapsBefore: (command: Uint8Array) => boolean,
): VirtualCard {
  return {
    faults: first.faults,
    get state() {
      return first.state;
    },
    get isInserted() {
      return first.isInserted;
    },
    insert: () => shimContacts(first.insert(), second, swapsBefore),
  };
}

function shimContacts(
  inner: InsertedCard,
  second: VirtualCard,
  swapsBefore: (command: Uint8Array) => boolean,
): InsertedCard {
  let other: InsertedCard | undefined;
  return {
    atr: inner.atr,
    removed: inner.removed,
    reset: async () => {
      await inner.reset();
      await other?.reset();
    },
    remove: () => {
      other?.remove();
      inner.remove();
    },
    transmit: async (apdu) => {
      if (other === undefined && swapsBefore(apdu)) {
        other = second.insert();
        await other.transmit(SELECT_PIV);
      }
      return (other ?? inner).transmit(apdu);
    },
  };
}

const SELECT_PIV = fromHex("00a4040009a00000030800001000");
