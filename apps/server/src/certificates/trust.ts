import { createHash, type KeyObject, X509Certificate } from "node:crypto";

/** What a card's certificate says once its chain is verified. Dates are told, not judged: expiry is a refusal of its own. */
export interface VerifiedCertificate {
  readonly publicKey: KeyObject;
  /** SHA-256 of the DER SubjectPublicKeyInfo, hex: what records are found by. */
  readonly keyHash: string;
  /** From the subject alternative name `urn:lanyard:card:<care id>:<serial>`; cross-checked with the record. */
  readonly careId: string;
  readonly cardSerial: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Verifies card certificates against the pinned authorities. */
export interface Trust {
  /** `undefined`: not issued by an authority we trust, or not a card's certificate. Never throws for hostile bytes. */
  verify(der: Uint8Array): VerifiedCertificate | undefined;
}

/** Chains verified before are remembered by the hash of the bytes: parsing costs twice a signature check. */
const MEMO_LIMIT = 20_000;

/** A chain is this long at most: card, issuing authority, root. */
const CHAIN_LIMIT = 4;

/** As node:crypto prints alternative names: a comma inside a name is escaped, so this one cannot hide in another. */
const CARD_NAME = /(?:^|, )URI:urn:lanyard:card:([0-9]{12}):([0-9A-Za-z]{1,64})(?=, |$)/g;

/** @param pem one or more certificates of authorities: roots, and the issuing authorities below them. */
export function openTrust(pem: string): Trust {
  const authorities = readAuthorities(pem);
  const memo = new Map<string, VerifiedCertificate | undefined>();
  return {
    verify: (der) => {
      const fingerprint = createHash("sha256").update(der).digest("base64");
      if (memo.has(fingerprint)) return memo.get(fingerprint);
      const verified = verifyCard(der, authorities);
      if (memo.size >= MEMO_LIMIT) memo.clear();
      memo.set(fingerprint, verified);
      return verified;
    },
  };
}

function readAuthorities(pem: string): readonly X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  const authorities = blocks.map((block) => new X509Certificate(block));
  return authorities.filter((authority) => authority.ca);
}

function verifyCard(
  der: Uint8Array,
  authorities: readonly X509Certificate[],
): VerifiedCertificate | undefined {
  try {
    const certificate = new X509Certificate(der);
    const [names, ...more] = (certificate.subjectAltName ?? "").matchAll(CARD_NAME);
    // Who signs for two cards signs for neither.
    if (certificate.ca || names === undefined || more.length > 0) return undefined;
    if (!chains(certificate, authorities)) return undefined;
    return {
      publicKey: certificate.publicKey,
      keyHash: keyHashOf(certificate.publicKey),
      careId: names[1] ?? "",
      cardSerial: names[2] ?? "",
      notBefore: new Date(certificate.validFrom),
      notAfter: new Date(certificate.validTo),
    };
  } catch {
    // Hostile DER: node:crypto throws what it likes.
    return undefined;
  }
}

/**
 * Every link signed by the next, up to a self-signed authority of ours, and each authority valid on the day it signed.
 * That it has run out since says nothing against the card: the card's own dates are told, and judged elsewhere.
 */
function chains(certificate: X509Certificate, authorities: readonly X509Certificate[]): boolean {
  let current = certificate;
  for (let length = 1; length < CHAIN_LIMIT; length += 1) {
    const child = current;
    const issuer = authorities.find(
      (authority) =>
        child.checkIssued(authority) &&
        child.verify(authority.publicKey) &&
        wasValid(authority, new Date(child.validFrom)),
    );
    if (issuer === undefined) return false;
    if (issuer.checkIssued(issuer)) return true;
    current = issuer;
  }
  return false;
}

function wasValid(authority: X509Certificate, at: Date): boolean {
  return new Date(authority.validFrom) <= at && at <= new Date(authority.validTo);
}

/** SHA-256 of the key's DER SubjectPublicKeyInfo, lower-case hex. */
export function keyHashOf(key: KeyObject): string {
  return createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("hex");
}
