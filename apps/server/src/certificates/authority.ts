// The certificate library resolves its parts by reflection and wants this first.
import "reflect-metadata";
import { type KeyObject, randomBytes, webcrypto } from "node:crypto";
import type { CareId, CertificateSlot } from "@lanyard/identity";
import * as x509 from "@peculiar/x509";

const SIGNING = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** What each slot's certificate says its key is for [FIPS201 §4.2.2], [RFC5280 §4.2.1.3]. */
const USES = {
  "9A": {
    usage: x509.KeyUsageFlags.digitalSignature,
    extended: [x509.ExtendedKeyUsage.clientAuth],
  },
  "9C": {
    usage: x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.nonRepudiation,
    extended: [],
  },
  /** id-PIV-cardAuth. */
  "9E": { usage: x509.KeyUsageFlags.digitalSignature, extended: ["2.16.840.1.101.3.6.8"] },
} as const satisfies Record<
  CertificateSlot,
  { readonly usage: number; readonly extended: readonly string[] }
>;

export interface CardCertificateRequest {
  readonly slot: CertificateSlot;
  readonly careId: CareId;
  readonly cardSerial: string;
  /** As the card gave it when it made the pair. */
  readonly publicKey: KeyObject;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Issues the certificates of cards. */
export interface CertificateAuthority {
  /** Root and issuing authority, PEM: what `openTrust` reads. */
  readonly trustPem: string;
  issue(request: CardCertificateRequest): Promise<Uint8Array>;
}

/** An authority's key and certificate as kept: PKCS #8 and certificate, both PEM. */
export interface KeptAuthority {
  readonly rootPem: string;
  readonly issuerPem: string;
  readonly issuerKeyPem: string;
}

/**
 * Makes a root and an issuing authority below it, P-256. The root's key is not kept: it signs this one certificate.
 *
 * @param name the organisation on the certificates; say in it that it is not a real authority, if it is not
 */
export async function createAuthority(
  name: string,
  validity: { readonly notBefore: Date; readonly notAfter: Date },
): Promise<KeptAuthority> {
  x509.cryptoProvider.set(globalThis.crypto);
  const rootKeys = await newKeys();
  const issuerKeys = await newKeys();
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: `O=${name}, CN=${name} Root`,
    ...validity,
    signingAlgorithm: SIGNING,
    keys: rootKeys,
    extensions: await authorityExtensions(1, rootKeys.publicKey),
  });
  const issuer = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: `O=${name}, CN=${name} Cards`,
    issuer: root.subject,
    ...validity,
    signingAlgorithm: SIGNING,
    publicKey: issuerKeys.publicKey,
    signingKey: rootKeys.privateKey,
    extensions: [
      ...(await authorityExtensions(0, issuerKeys.publicKey)),
      await x509.AuthorityKeyIdentifierExtension.create(rootKeys.publicKey),
    ],
  });
  const key = await webcrypto.subtle.exportKey("pkcs8", issuerKeys.privateKey);
  return {
    rootPem: root.toString("pem"),
    issuerPem: issuer.toString("pem"),
    issuerKeyPem: x509.PemConverter.encode(key, "PRIVATE KEY"),
  };
}

/** Opens a kept authority for issuing. */
export async function openAuthority(kept: KeptAuthority): Promise<CertificateAuthority> {
  x509.cryptoProvider.set(globalThis.crypto);
  const issuer = new x509.X509Certificate(kept.issuerPem);
  const [pkcs8] = x509.PemConverter.decode(kept.issuerKeyPem);
  const signingKey = await webcrypto.subtle.importKey(
    "pkcs8",
    pkcs8 ?? new ArrayBuffer(0),
    SIGNING,
    false,
    ["sign"],
  );
  return {
    trustPem: `${kept.rootPem}\n${kept.issuerPem}\n`,
    issue: (request) => issueCertificate(issuer, signingKey, request),
  };
}

async function issueCertificate(
  issuer: x509.X509Certificate,
  signingKey: webcrypto.CryptoKey,
  request: CardCertificateRequest,
): Promise<Uint8Array> {
  const { usage, extended } = USES[request.slot];
  const publicKey = new x509.PublicKey(request.publicKey.export({ type: "spki", format: "der" }));
  const uses = extended.length > 0 ? [new x509.ExtendedKeyUsageExtension([...extended])] : [];
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: `O=Lanyard, CN=${request.careId}`,
    issuer: issuer.subject,
    notBefore: request.notBefore,
    notAfter: request.notAfter,
    signingAlgorithm: SIGNING,
    publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(usage, true),
      ...uses,
      new x509.SubjectAlternativeNameExtension([
        { type: "url", value: `urn:lanyard:card:${request.careId}:${request.cardSerial}` },
      ]),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return new Uint8Array(certificate.rawData);
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(SIGNING, true, ["sign", "verify"]);
}

/** [RFC5280 §4.2.1.2] every authority has a subject key identifier, the root too. */
async function authorityExtensions(
  pathLength: number,
  publicKey: webcrypto.CryptoKey,
): Promise<x509.Extension[]> {
  const usage = x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign;
  return [
    new x509.BasicConstraintsExtension(true, pathLength, true),
    new x509.KeyUsagesExtension(usage, true),
    await x509.SubjectKeyIdentifierExtension.create(publicKey),
  ];
}

/** [RFC5280 §4.1.2.2] positive and at most 20 octets; 16 random bytes with the top bit off. */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes.readUInt8(0) & 0x7f) | 0x01;
  return bytes.toString("hex");
}
