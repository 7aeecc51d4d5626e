import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { CardSignature } from "@lanyard/wire";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isSignedBy } from "./signatures.ts";

type Algorithm = CardSignature["algorithm"];

const MESSAGE = new TextEncoder().encode("lanyard/presence/1");

const PAIRS = {
  ES256: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  ES384: generateKeyPairSync("ec", { namedCurve: "P-384" }),
  RS256: generateKeyPairSync("rsa", { modulusLength: 2048 }),
};
const OTHERS = {
  ES256: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  ES384: generateKeyPairSync("ec", { namedCurve: "P-384" }),
  RS256: generateKeyPairSync("rsa", { modulusLength: 2048 }),
};
const HASHES = { ES256: "sha256", ES384: "sha384", RS256: "sha256" } as const;
const ALL = ["ES256", "ES384", "RS256"] as const;

function signed(
  key: KeyObject,
  hash: string,
  dsaEncoding: "ieee-p1363" | "der" = "ieee-p1363",
): Buffer {
  return sign(hash, MESSAGE, { key, dsaEncoding });
}

function claim(algorithm: Algorithm, value: Uint8Array): CardSignature {
  return { algorithm, value: Buffer.from(value).toString("base64") };
}

describe.each(ALL)("%s", (algorithm) => {
  const { publicKey, privateKey } = PAIRS[algorithm];
  const right = signed(privateKey, HASHES[algorithm]);

  test("the right key over the right message", () => {
    expect(isSignedBy(publicKey, MESSAGE, claim(algorithm, right))).toBe(true);
  });

  test("another message, and another key of the same kind", () => {
    const other = new TextEncoder().encode("lanyard/unlock-authorise/1");
    expect(isSignedBy(publicKey, other, claim(algorithm, right))).toBe(false);
    expect(isSignedBy(OTHERS[algorithm].publicKey, MESSAGE, claim(algorithm, right))).toBe(false);
  });

  test("another hash", () => {
    const hash = algorithm === "ES384" ? "sha256" : "sha384";
    const value = signed(privateKey, hash);
    expect(isSignedBy(publicKey, MESSAGE, claim(algorithm, value))).toBe(false);
  });

  test("a right signature under another algorithm's name", () => {
    for (const name of ALL.filter((known) => known !== algorithm))
      expect(isSignedBy(publicKey, MESSAGE, claim(name, right))).toBe(false);
  });

  test("a byte missing, a byte more, nothing at all", () => {
    for (const value of [
      right.subarray(0, -1),
      right.subarray(1),
      Buffer.concat([right, Buffer.of(0)]),
      Buffer.concat([Buffer.of(0), right]),
      Buffer.alloc(0),
      Buffer.alloc(right.length),
      Buffer.alloc(right.length, 0xff),
    ])
      expect(isSignedBy(publicKey, MESSAGE, claim(algorithm, value))).toBe(false);
  });

  test("one bit changed anywhere", () => {
    fc.assert(
      fc.property(fc.nat(right.length * 8 - 1), (bit) => {
        const value = Buffer.from(right);
        value[bit >> 3] = (right[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(isSignedBy(publicKey, MESSAGE, claim(algorithm, value))).toBe(false);
      }),
    );
  });

  test("hostile values are refused, never thrown", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (value) => {
        expect(isSignedBy(publicKey, MESSAGE, claim(algorithm, value))).toBe(false);
      }),
    );
    fc.assert(
      fc.property(fc.string({ maxLength: 700 }), (value) => {
        expect(isSignedBy(publicKey, MESSAGE, { algorithm, value })).toBe(false);
      }),
    );
  });
});

test("ECDSA in DER form is not what cards send here", () => {
  const value = signed(PAIRS.ES256.privateKey, "sha256", "der");
  expect(isSignedBy(PAIRS.ES256.publicKey, MESSAGE, claim("ES256", value))).toBe(false);
});

test("the curve is the algorithm's: a P-384 key does not sign ES256, nor a P-256 key ES384", () => {
  const short = signed(PAIRS.ES384.privateKey, "sha256");
  expect(isSignedBy(PAIRS.ES384.publicKey, MESSAGE, claim("ES256", short))).toBe(false);
  const long = signed(PAIRS.ES256.privateKey, "sha384");
  expect(isSignedBy(PAIRS.ES256.publicKey, MESSAGE, claim("ES384", long))).toBe(false);
});

test("a key of another kind is refused, never thrown", () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const value = sign(null, MESSAGE, privateKey);
  for (const algorithm of ALL)
    expect(isSignedBy(publicKey, MESSAGE, claim(algorithm, value))).toBe(false);
  const pss = generateKeyPairSync("rsa-pss", { modulusLength: 2048 });
  const pssValue = sign("sha256", MESSAGE, pss.privateKey);
  expect(isSignedBy(pss.publicKey, MESSAGE, claim("RS256", pssValue))).toBe(false);
});
