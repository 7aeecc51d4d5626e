import { fromHex } from "@lanyard/bytes";
import { nodeCardCrypto } from "@lanyard/crypto";
import {
  blankCardState,
  CARD_PROFILES,
  createVirtualCard,
  type InsertedCard,
  type VirtualCard,
} from "@lanyard/virtual-card";

/** A card that is not one of ours. */
export interface OddCard {
  readonly serial: string;
  readonly name: string;
  readonly goodFor: string;
}

/** What lies on every desk sooner or later. */
export const ODD_CARDS: readonly OddCard[] = [
  {
    serial: "bankcard",
    name: "A bank card",
    goodFor: "It answers, but it is no smartcard of this service.",
  },
  {
    serial: "strangercard",
    name: "A card with nothing on it",
    goodFor: "A PIV card without keys or certificates, as it comes from its maker.",
  },
];

/** The odd cards themselves, by serial. What is done to them is not kept. */
export function oddCards(): ReadonlyMap<string, VirtualCard> {
  return new Map([
    ["bankcard", answeringOnly(FILE_NOT_FOUND, blankCard("bankcard"))],
    ["strangercard", blankCard("strangercard")],
  ]);
}

/** [7816-4 §5.6] what a card says to an application it does not have. */
const FILE_NOT_FOUND = fromHex("6a82");

function blankCard(serial: string): VirtualCard {
  const guid = new Uint8Array(16);
  const state = blankCardState(CARD_PROFILES.care, { serial, guid, expires: "2036-12-31" });
  return createVirtualCard({ state, crypto: nodeCardCrypto, save: async () => undefined });
}

/** The same card with another chip: whatever it is asked, it has only one answer. */
function answeringOnly(answer: Uint8Array, card: VirtualCard): VirtualCard {
  return {
    faults: card.faults,
    state: card.state,
    get isInserted() {
      return card.isInserted;
    },
    insert: (): InsertedCard => {
      const inserted = card.insert();
      return {
        atr: inserted.atr,
        removed: inserted.removed,
        reset: () => inserted.reset(),
        remove: () => inserted.remove(),
        transmit: async () => answer.slice(),
      };
    },
  };
}
