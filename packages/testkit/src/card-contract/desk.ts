import { asciiBytes, Secret } from "@lanyard/bytes";
import {
  type CardSession,
  openPivSession,
  type PivSession,
  type SignatureAlgorithm,
  type Slot,
} from "@lanyard/piv";
import { CARD_PROFILES, type CardProfile, type VirtualCard } from "@lanyard/virtual-card";
import { afterEach, beforeAll, beforeEach } from "vitest";
import { issueTestCard, TEST_CARD, type TestCard, testCard } from "../test-card.ts";

/** One reader with one card, however it is reached. */
export interface CardHarness {
  /** Opens an exclusive session with the card that is in. */
  open(): Promise<CardSession>;
  /** Puts the card (back) in; resolves when the reader has it. */
  insert(): Promise<void>;
  /** Takes it out; resolves when the reader has noticed. */
  remove(): Promise<void>;
  /** Frees everything. Sessions may still be open. */
  end(): Promise<void>;
}

/** Makes a reader with this card in it. */
export type MakeCardHarness = (card: VirtualCard) => Promise<CardHarness>;

export const ALGORITHMS: Readonly<Record<Slot, SignatureAlgorithm>> = {
  "9a": "p256",
  "9c": "p384",
  "9d": "p256",
  "9e": "rsa2048",
};
export const PROFILE: CardProfile = { ...CARD_PROFILES.care, pukTries: 5 };

/** What a case works with: the card of this test, and a reader it is in. */
export interface Desk {
  /** A session with PIV selected. */
  piv(): Promise<PivSession & { readonly session: CardSession }>;
  harness(): CardHarness;
  card(): VirtualCard;
  issued(): TestCard;
  /** Ends this test's reader and puts a card of another model into a new one. */
  useProfile(profile: CardProfile): Promise<void>;
}

export function deskFor(makeHarness: MakeCardHarness): Desk {
  let issued: TestCard | undefined;
  let current: { readonly card: VirtualCard; readonly harness: CardHarness } | undefined;
  const known = <Value>(value: Value | undefined): Value => {
    if (value === undefined) throw new Error("The contract's set-up has not run.");
    return value;
  };
  const use = async (profile: CardProfile): Promise<void> => {
    await current?.harness.end();
    current = undefined;
    const card = testCard({ ...known(issued).state, profile });
    current = { card, harness: await makeHarness(card) };
  };
  beforeAll(async () => {
    issued = await issueTestCard(PROFILE, ALGORITHMS);
  });
  beforeEach(() => use(PROFILE));
  afterEach(async () => {
    await current?.harness.end();
    current = undefined;
  });
  return {
    async piv() {
      const session = await known(current).harness.open();
      return { ...(await openPivSession(session)), session };
    },
    harness: () => known(current).harness,
    card: () => known(current).card,
    issued: () => known(issued),
    useProfile: use,
  };
}

export function passcode(): Secret {
  return secret(TEST_CARD.passcode);
}

export function puk(): Secret {
  return secret(TEST_CARD.puk);
}

export function wrongPuk(): Secret {
  return secret("00000000");
}

export function secret(text: string): Secret {
  return new Secret(asciiBytes(text));
}
