import { createHash, type KeyObject, verify, X509Certificate } from "node:crypto";
import { toBase64 } from "@lanyard/bytes";
import { ecdsaRawFromDer, type PivSession, rsaPkcs1Padding, type Slot } from "@lanyard/piv";
import type { CardSignature, SignatureAlgorithm } from "@lanyard/wire";

/** One row for each kind of key that cards sign with here: its names, and the hash it signs. */
// biome-ignore format: the columns are the documentation
const KINDS = {
  prime256v1: { algorithm: "ES256", piv: "p256",    hash: "sha256" },
  secp384r1:  { algorithm: "ES384", piv: "p384",    hash: "sha384" },
  rsa2048:    { algorithm: "RS256", piv: "rsa2048", hash: "sha256" },
} as const;

type Kind = (typeof KINDS)[keyof typeof KINDS];

/** A card's public key, from a certificate that nobody has verified: the server does that. */
export interface CardKey {
  /** DER, as read from the card. */
  readonly certificate: Uint8Array;
  readonly algorithm: SignatureAlgorithm;
  /** SHA-256 of the DER SubjectPublicKeyInfo, lower-case hex: the card's name. */
  readonly keyHash: string;
  readonly publicKey: KeyObject;
  readonly kind: Kind;
}

/** Reads the key out of a certificate; `undefined` when it is not one, or of a kind not used here. Never throws. */
export function cardKeyOf(certificate: Uint8Array): CardKey | undefined {
  try {
    const { publicKey } = new X509Certificate(certificate);
    const kind = kindOf(publicKey);
    if (kind === undefined) return undefined;
    const spki = publicKey.export({ type: "spki", format: "der" });
    const keyHash = createHash("sha256").update(spki).digest("hex");
    return { certificate, algorithm: kind.algorithm, keyHash, publicKey, kind };
  } catch {
    // Hostile DER: node:crypto throws what it likes.
    return undefined;
  }
}

function kindOf(key: KeyObject): Kind | undefined {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === "rsa") return modulusLength === 2048 ? KINDS.rsa2048 : undefined;
  if (namedCurve === "prime256v1" || namedCurve === "secp384r1") return KINDS[namedCurve];
  return undefined;
}

/** The hash that goes with the key's algorithm. */
export function hashFor(key: CardKey): (bytes: Uint8Array) => Uint8Array {
  return (bytes) => createHash(key.kind.hash).update(bytes).digest();
}

/**
 * Lets the card sign a statement with `slot`, whose key is `key`. ECDSA as raw r||s.
 *
 * @throws {CardError} `card/security_status` when the passcode comes first | as `PivSession.sign`
 */
export async function signStatement(
  piv: PivSession,
  slot: Slot,
  { key, statement }: { readonly key: CardKey; readonly statement: Uint8Array },
): Promise<CardSignature> {
  const digest = hashFor(key)(statement);
  const { piv: algorithm } = key.kind;
  if (algorithm === "rsa2048") {
    const value = await piv.sign(slot, algorithm, rsaPkcs1Padding(digest));
    return { algorithm: key.algorithm, value: toBase64(value) };
  }
  const der = await piv.sign(slot, algorithm, digest);
  return { algorithm: key.algorithm, value: toBase64(ecdsaRawFromDer(algorithm, der)) };
}

/** Whether the key signed the statement: for the agent's own check that a card was not swapped. */
export function isSignedBy(key: CardKey, statement: Uint8Array, signature: CardSignature): boolean {
  const value = Buffer.from(signature.value, "base64");
  const publicKey = { key: key.publicKey, dsaEncoding: "ieee-p1363" } as const;
  return verify(key.kind.hash, statement, publicKey, value);
}

/** The 12-digit number in the certificate's subject, for display only; `undefined` when there is none. */
export function careIdIn(certificate: Uint8Array): string | undefined {
  try {
    const { subject, subjectAltName } = new X509Certificate(certificate);
    return /(?<![0-9])[0-9]{12}(?![0-9])/.exec(`${subject} ${subjectAltName ?? ""}`)?.[0];
  } catch {
    return undefined;
  }
}
