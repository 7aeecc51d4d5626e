// The certificate library resolves its parts by reflection and wants this first.
import "reflect-metadata";
import { execFileSync } from "node:child_process";
import { generateKeyPairSync, KeyObject, webcrypto, X509Certificate } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CareId, parseCareId } from "@lanyard/identity";
import * as x509 from "@peculiar/x509";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type CardCertificateRequest,
  type CertificateAuthority,
  createAuthority,
  type KeptAuthority,
  openAuthority,
} from "./authority.ts";
import { keyHashOf, openTrust, type Trust } from "./trust.ts";

const VALIDITY = { notBefore: new Date("2020-01-01"), notAfter: new Date("2040-01-01") };
const SIGNING = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const NAME = `urn:lanyard:card:${careId("555083916274")}:98210046`;

function careId(text: string): CareId {
  const parsed = parseCareId(text);
  if (parsed === undefined) throw new Error("not a care id");
  return parsed;
}

function request(change: Partial<CardCertificateRequest> = {}): CardCertificateRequest {
  return {
    slot: "9A",
    careId: careId("555083916274"),
    cardSerial: "98210046",
    publicKey: newKey(),
    notBefore: new Date("2026-01-01T00:00:00Z"),
    notAfter: new Date("2029-01-01T00:00:00Z"),
    ...change,
  };
}

function newKey(): KeyObject {
  return generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey;
}

/** What somebody with the issuing authority's key could sign by mistake. */
interface Odd {
  readonly names?: readonly x509.JsonGeneralName[];
  readonly extensions?: readonly x509.Extension[];
}

async function issueOdd(kept: KeptAuthority, { names = [], extensions = [] }: Odd) {
  const issuer = new x509.X509Certificate(kept.issuerPem);
  const [pkcs8] = x509.PemConverter.decode(kept.issuerKeyPem);
  const signingKey = await webcrypto.subtle.importKey(
    "pkcs8",
    pkcs8 ?? new ArrayBuffer(0),
    SIGNING,
    false,
    ["sign"],
  );
  const alternative = new x509.SubjectAlternativeNameExtension([...names]);
  return signedBy(issuer, signingKey, [...(names.length > 0 ? [alternative] : []), ...extensions]);
}

/** A card's certificate by whoever has this key. */
async function signedBy(
  parent: x509.X509Certificate,
  signingKey: webcrypto.CryptoKey,
  extensions: x509.Extension[] = [
    new x509.SubjectAlternativeNameExtension([{ type: "url", value: NAME }]),
  ],
) {
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: "02",
    subject: "CN=555083916274",
    issuer: parent.subject,
    ...VALIDITY,
    signingAlgorithm: SIGNING,
    publicKey: new x509.PublicKey(newKey().export({ type: "spki", format: "der" })),
    signingKey,
    extensions,
  });
  return new Uint8Array(certificate.rawData);
}

let kept: KeptAuthority;
let authority: CertificateAuthority;
let trust: Trust;
let card: Uint8Array;

beforeAll(async () => {
  kept = await createAuthority("Test (not a real authority)", VALIDITY);
  authority = await openAuthority(kept);
  trust = openTrust(authority.trustPem);
  card = await authority.issue(request());
});

describe("a card certificate of our authority", () => {
  test.each(["9A", "9C", "9E"] as const)(
    "slot %s chains, and says key, person, card and dates",
    async (slot) => {
      const asked = request({ slot });
      const verified = trust.verify(await authority.issue(asked));
      expect(verified).toMatchObject({
        keyHash: keyHashOf(asked.publicKey),
        careId: "555083916274",
        cardSerial: "98210046",
        notBefore: asked.notBefore,
        notAfter: asked.notAfter,
      });
      expect(verified?.publicKey.equals(asked.publicKey)).toBe(true);
    },
  );

  test.each([
    ["before the authority was valid", "2019-12-31T23:59:58Z"],
    ["after it had run out", "2040-01-01T00:00:02Z"],
  ])("one signed %s does not chain", async (_when, day) => {
    const notBefore = new Date(day);
    expect(trust.verify(await authority.issue(request({ notBefore })))).toBeUndefined();
  });

  test("an expired one still chains: dates are told, not judged", async () => {
    const notBefore = new Date("2021-03-04T05:06:07Z");
    const notAfter = new Date("2022-03-04T05:06:07Z");
    const verified = trust.verify(await authority.issue(request({ notBefore, notAfter })));
    expect(verified).toMatchObject({ notBefore, notAfter });
  });

  test("RSA-2048 and P-384 keys are certified too", async () => {
    const keys = [
      generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey,
      generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey,
    ];
    for (const publicKey of keys) {
      const verified = trust.verify(await authority.issue(request({ publicKey })));
      expect(verified?.keyHash).toBe(keyHashOf(publicKey));
    }
  });

  test("asked again, the answer is the same", () => {
    expect(trust.verify(card)).toBeDefined();
    expect(trust.verify(card.slice())).toEqual(trust.verify(card));
  });

  test("[RFC5280 §4.1.2.2] serial numbers are positive, at most 20 octets, and never the same", async () => {
    const serials = new Set<string>();
    for (let made = 0; made < 64; made += 1) {
      const der = await authority.issue(request());
      const hex = new X509Certificate(der).serialNumber;
      serials.add(hex);
      expect(hex).toMatch(/^(?:[0-9A-F]{2}){1,20}$/);
      expect(BigInt(`0x${hex}`)).toBeGreaterThan(0n);
    }
    expect(serials.size).toBe(64);
  });

  test("[RFC5280 §4.2.1.3] says what each slot's key is for, and that it is no authority", async () => {
    const uses = async (slot: "9A" | "9C" | "9E") => {
      const made = new x509.X509Certificate(
        Uint8Array.from(await authority.issue(request({ slot }))),
      );
      expect(made.getExtension(x509.BasicConstraintsExtension)?.ca).toBe(false);
      return [
        made.getExtension(x509.KeyUsagesExtension)?.usages,
        made.getExtension(x509.ExtendedKeyUsageExtension)?.usages,
      ];
    };
    const { digitalSignature, nonRepudiation } = x509.KeyUsageFlags;
    expect(await uses("9A")).toEqual([digitalSignature, ["1.3.6.1.5.5.7.3.2"]]);
    expect(await uses("9C")).toEqual([digitalSignature | nonRepudiation, undefined]);
    expect(await uses("9E")).toEqual([digitalSignature, ["2.16.840.1.101.3.6.8"]]);
  });
});

describe("not trusted", () => {
  test("another authority's card, though the names are the same", async () => {
    const other = await openAuthority(
      await createAuthority("Test (not a real authority)", VALIDITY),
    );
    const der = await other.issue(request());
    expect(trust.verify(der)).toBeUndefined();
    expect(openTrust(other.trustPem).verify(der)).toBeDefined();
  });

  test("a card that signed for itself", async () => {
    const keys = await webcrypto.subtle.generateKey(SIGNING, true, ["sign", "verify"]);
    const made = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: "01",
      name: new x509.X509Certificate(kept.rootPem).subject,
      ...VALIDITY,
      signingAlgorithm: SIGNING,
      keys,
      extensions: [new x509.SubjectAlternativeNameExtension([{ type: "url", value: NAME }])],
    });
    expect(trust.verify(new Uint8Array(made.rawData))).toBeUndefined();
  });

  test("an authority, though it is named like a card", async () => {
    const names = [{ type: "url", value: NAME }] as const;
    expect(trust.verify(await issueOdd(kept, { names }))).toBeDefined();
    const extensions = [new x509.BasicConstraintsExtension(true, 0, true)];
    expect(trust.verify(await issueOdd(kept, { names, extensions }))).toBeUndefined();
  });

  test("what a card signed, though the card is ours", async () => {
    const keys = await webcrypto.subtle.generateKey(SIGNING, true, ["sign", "verify"]);
    const publicKey = KeyObject.from(keys.publicKey);
    const parent = new x509.X509Certificate(
      Uint8Array.from(await authority.issue(request({ publicKey }))),
    );
    const child = await signedBy(parent, keys.privateKey);
    expect(
      openTrust(`${authority.trustPem}\n${parent.toString("pem")}`).verify(child),
    ).toBeUndefined();
  });

  test("what a certificate signed that is no authority, though it is listed among them", async () => {
    const keys = await webcrypto.subtle.generateKey(SIGNING, true, ["sign", "verify"]);
    const listed = (extensions: x509.Extension[]) =>
      x509.X509CertificateGenerator.createSelfSigned({
        serialNumber: "01",
        name: "CN=Listed",
        ...VALIDITY,
        signingAlgorithm: SIGNING,
        keys,
        extensions,
      });
    const verified = async (parent: x509.X509Certificate) =>
      openTrust(parent.toString("pem")).verify(await signedBy(parent, keys.privateKey));
    const anAuthority = new x509.BasicConstraintsExtension(true, 0, true);
    expect(await verified(await listed([anAuthority]))).toBeDefined();
    expect(await verified(await listed([]))).toBeUndefined();
  });

  test("anything, while the root is not among the authorities", () => {
    expect(openTrust(kept.issuerPem).verify(card)).toBeUndefined();
    expect(openTrust(kept.rootPem).verify(card)).toBeUndefined();
    expect(openTrust("").verify(card)).toBeUndefined();
  });

  test.each<[string, readonly x509.JsonGeneralName[]]>([
    ["no name", []],
    ["another name", [{ type: "url", value: "urn:lanyard:desk:555083916274:98210046" }]],
    ["a short care id", [{ type: "url", value: "urn:lanyard:card:55508391627:98210046" }]],
    ["a long care id", [{ type: "url", value: "urn:lanyard:card:5550839162744:98210046" }]],
    ["no serial", [{ type: "url", value: "urn:lanyard:card:555083916274:" }]],
    ["more after the serial", [{ type: "url", value: `${NAME}:1` }]],
    ["something before it", [{ type: "url", value: `x-${NAME}` }]],
    ["the name as a host", [{ type: "dns", value: NAME }]],
    ["the name inside another", [{ type: "dns", value: `a, URI:${NAME}, b` }]],
    ["the name inside an address", [{ type: "url", value: `urn:x:a, URI:${NAME}, b` }]],
    [
      "the names of two cards",
      [
        { type: "url", value: NAME },
        { type: "url", value: "urn:lanyard:card:555020417733:98210113" },
      ],
    ],
  ])("%s in the subject alternative name", async (_what, names) => {
    expect(trust.verify(await issueOdd(kept, { names }))).toBeUndefined();
  });

  test("a byte changed anywhere: not trusted, and never an exception", () => {
    const genuine = trust.verify(card);
    expect(genuine).toBeDefined();
    fc.assert(
      fc.property(fc.nat(card.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const tampered = card.slice();
        tampered[at] = (card[at] ?? 0) ^ flip;
        expect(trust.verify(tampered)).toBeUndefined();
      }),
      { numRuns: 400 },
    );
  });

  test("cut off anywhere, or random bytes: not trusted, and never an exception", () => {
    fc.assert(
      fc.property(fc.nat(card.length - 1), (length) => {
        expect(trust.verify(card.slice(0, length))).toBeUndefined();
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2048 }), (bytes) => {
        expect(trust.verify(bytes)).toBeUndefined();
        expect(trust.verify(Uint8Array.of(0x30, 0x82, ...bytes))).toBeUndefined();
      }),
    );
  });
});

const hasOpenssl = (() => {
  try {
    execFileSync("openssl", ["version"]);
    return true;
  } catch {
    return false;
  }
})();

test.skipIf(!hasOpenssl)(
  `openssl verify agrees${hasOpenssl ? "" : " (skipped: openssl is not installed)"}`,
  async () => {
    const directory = await mkdtemp(join(tmpdir(), "lanyard-openssl-"));
    try {
      const path = (name: string) => join(directory, name);
      await writeFile(path("root.pem"), kept.rootPem);
      await writeFile(path("issuer.pem"), kept.issuerPem);
      await writeFile(path("card.pem"), new X509Certificate(card).toString());
      const options = ["verify", "-x509_strict", "-attime", `${Date.parse("2027-01-01") / 1000}`];
      const verify = (name: string) =>
        execFileSync(
          "openssl",
          [...options, "-CAfile", path("root.pem"), "-untrusted", path("issuer.pem"), path(name)],
          { encoding: "utf8", stdio: "pipe" },
        );
      expect(verify("card.pem")).toContain(": OK");
      const other = await openAuthority(await createAuthority("Other", VALIDITY));
      await writeFile(
        path("other.pem"),
        new X509Certificate(await other.issue(request())).toString(),
      );
      expect(() => verify("other.pem")).toThrow();
    } finally {
      await rm(directory, { recursive: true });
    }
  },
);
