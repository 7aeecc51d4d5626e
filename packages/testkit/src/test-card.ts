import { createPublicKey, type KeyObject } from "node:crypto";
import { fromHex, Secret, toBase64Url, toHex } from "@lanyard/bytes";
import { nodeBlockCipher, nodeCardCrypto, randomBytes } from "@lanyard/crypto";
import { openPivSession, type PublicKey, type SignatureAlgorithm, type Slot } from "@lanyard/piv";
import {
  blankCardState,
  type CardProfile,
  type CardState,
  createVirtualCard,
  createVirtualReader,
  type InsertedCard,
  openVirtualSession,
  type VirtualCard,
} from "@lanyard/virtual-card";

/** What is known about a card of {@link issueTestCard}. */
export const TEST_CARD = { passcode: "482917", puk: "Kx7mQ2pZ", serial: "LT0000001" } as const;

/** A card with a key in every slot, and what outsiders know of it. */
export interface TestCard {
  readonly state: CardState;
  readonly publicKeys: Readonly<Record<Slot, KeyObject>>;
}

/** Makes a card and has it generate its keys, through the same commands an issuer uses. No certificates. */
export async function issueTestCard(
  profile: CardProfile,
  algorithms: Readonly<Record<Slot, SignatureAlgorithm>>,
): Promise<TestCard> {
  const guid = randomBytes(16);
  const state = blankCardState(profile, { ...TEST_CARD, guid, expires: "2031-12-31" });
  const card = testCard(state);
  const reader = createVirtualReader("issuing");
  reader.insert(card);
  const session = openVirtualSession(reader);
  const piv = await openPivSession(session);
  const { algorithm, value } = state.managementKey;
  const key = new Secret(fromHex(value));
  await piv.authenticateManagementKey({ algorithm, key, cipher: nodeBlockCipher }, randomBytes);
  const publicKeys = {
    "9a": publicKeyObject(await piv.generateKey("9a", algorithms["9a"])),
    "9c": publicKeyObject(await piv.generateKey("9c", algorithms["9c"])),
    "9d": publicKeyObject(await piv.generateKey("9d", algorithms["9d"])),
    "9e": publicKeyObject(await piv.generateKey("9e", algorithms["9e"])),
  };
  await session.close();
  return { state: card.state, publicKeys };
}

/** A card of its own from a state; what it stores is forgotten, `card.state` shows it. */
export function testCard(state: CardState): VirtualCard {
  return createVirtualCard({ state, crypto: nodeCardCrypto, save: async () => undefined });
}

/** node:crypto's form of a key that a card gave. */
export function publicKeyObject(key: PublicKey): KeyObject {
  if (key.algorithm === "rsa2048") {
    const jwk = { kty: "RSA", n: toBase64Url(key.modulus), e: toBase64Url(key.exponent) };
    return createPublicKey({ key: jwk, format: "jwk" });
  }
  const crv = key.algorithm === "p256" ? "P-256" : "P-384";
  const middle = (key.point.length + 1) / 2;
  const x = toBase64Url(key.point.slice(1, middle));
  const y = toBase64Url(key.point.slice(middle));
  return createPublicKey({ key: { kty: "EC", crv, x, y }, format: "jwk" });
}

/** Sends one raw command; the whole response as hex, status word last. */
export async function sendHex(card: InsertedCard, command: string): Promise<string> {
  return toHex(await card.transmit(fromHex(command)));
}
