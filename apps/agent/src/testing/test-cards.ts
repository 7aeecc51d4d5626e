import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { encodeTlv, fromHex, Secret, toBase64Url, toHex, utf8Bytes } from "@lanyard/bytes";
import { nodeBlockCipher, nodeCardCrypto, randomBytes } from "@lanyard/crypto";
import {
  openPivSession,
  type PivSession,
  type PublicKey,
  type SignatureAlgorithm,
  type Slot,
} from "@lanyard/piv";
import {
  blankCardState,
  CARD_PROFILES,
  type CardProfile,
  createVirtualCard,
  createVirtualReader,
  openVirtualSession,
  type VirtualCard,
} from "@lanyard/virtual-card";

/** A card as a test needs it: with keys and certificates, and what outsiders know of it. */
export interface IssuedCard {
  readonly card: VirtualCard;
  readonly careId: string;
  readonly serial: string;
  readonly keys: Readonly<Record<"9a" | "9c" | "9e", KeyObject>>;
  /** SHA-256 of the 9E key's SubjectPublicKeyInfo, hex. */
  readonly keyHash: string;
}

export interface CardWish {
  readonly careId: string;
  readonly serial: string;
  readonly passcode: string;
  readonly puk: string;
  readonly profile?: CardProfile;
  /** P-256, unless said. */
  readonly algorithm?: SignatureAlgorithm;
}

/** Makes a card and has it generate its keys; each slot gets a certificate that nobody trusts. */
export async function issueCard(wish: CardWish): Promise<IssuedCard> {
  const { careId, serial, passcode, puk, profile = CARD_PROFILES.care } = wish;
  const guid = randomBytes(16);
  const state = blankCardState(profile, {
    ...{ serial, guid, expires: "2031-12-31", passcode, puk },
    managementKey: { algorithm: "aes256", value: toHex(randomBytes(32)) },
  });
  const card = createVirtualCard({ state, crypto: nodeCardCrypto, save: async () => undefined });
  const reader = createVirtualReader("issuing");
  reader.insert(card);
  const session = openVirtualSession(reader);
  const piv = await openPivSession(session);
  const { algorithm, value } = state.managementKey;
  const key = new Secret(fromHex(value));
  await piv.authenticateManagementKey({ algorithm, key, cipher: nodeBlockCipher }, randomBytes);
  const keys = {
    "9a": await personalise(piv, "9a", wish),
    "9c": await personalise(piv, "9c", wish),
    "9e": await personalise(piv, "9e", wish),
  };
  await session.close();
  reader.remove();
  return { card, careId, serial, keys, keyHash: keyHashOf(keys["9e"]) };
}

async function personalise(piv: PivSession, slot: Slot, wish: CardWish): Promise<KeyObject> {
  const key = publicKeyObject(await piv.generateKey(slot, wish.algorithm ?? "p256"));
  await piv.writeCertificate(slot, certificateFor(key, wish));
  return key;
}

export function keyHashOf(key: KeyObject): string {
  return createHash("sha256").update(spki(key)).digest("hex");
}

function spki(key: KeyObject): Uint8Array {
  return key.export({ type: "spki", format: "der" });
}

function publicKeyObject(key: PublicKey): KeyObject {
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

const DER = { sequence: 0x30, set: 0x31, integer: 0x02, bits: 0x03, oid: 0x06 } as const;
const TEXT = { utf8: 0x0c, time: 0x17 } as const;

/** The smallest X.509 certificate [RFC5280] with this key and name. Its signature is nonsense. */
function certificateFor(key: KeyObject, { careId, serial }: CardWish): Uint8Array {
  const algorithm = encodeTlv(DER.sequence, encodeTlv(DER.oid, fromHex("2a8648ce3d040302")));
  const validity = encodeTlv(
    DER.sequence,
    encodeTlv(TEXT.time, utf8Bytes("250101000000Z")),
    encodeTlv(TEXT.time, utf8Bytes("351231235959Z")),
  );
  const number = encodeTlv(
    DER.integer,
    fromHex(`01${createHash("md5").update(serial).digest("hex")}`),
  );
  const body = encodeTlv(
    DER.sequence,
    encodeTlv(0xa0, encodeTlv(DER.integer, fromHex("02"))),
    number,
    algorithm,
    nameOf("Test issuer"),
    validity,
    nameOf(careId),
    spki(key),
  );
  return encodeTlv(
    DER.sequence,
    body,
    algorithm,
    encodeTlv(DER.bits, fromHex("003006020101020101")),
  );
}

function nameOf(text: string): Uint8Array {
  const commonName = encodeTlv(
    DER.sequence,
    encodeTlv(DER.oid, fromHex("550403")),
    encodeTlv(TEXT.utf8, utf8Bytes(text)),
  );
  return encodeTlv(DER.sequence, encodeTlv(DER.set, commonName));
}
