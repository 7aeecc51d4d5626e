import {
  constants,
  createHash,
  generateKeyPairSync,
  privateEncrypt,
  sign,
  verify,
} from "node:crypto";
import { fromHex } from "@lanyard/bytes";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ecdsaDerFromRaw, ecdsaRawFromDer, rsaPkcs1Padding } from "./signature-formats.ts";

const message = new TextEncoder().encode("lanyard");
const digest = new Uint8Array(createHash("sha256").update(message).digest());

describe("signature formats", () => {
  test("[RFC8017 §9.2] what a bare RSA key signs, Node verifies as RSASSA-PKCS1-v1_5 with SHA-256", () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const block = rsaPkcs1Padding(digest);
    const signature = privateEncrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, block);
    expect(verify("sha256", message, publicKey, signature)).toBe(true);
  });

  test("a digest of another length is refused", () => {
    expect(() => rsaPkcs1Padding(new Uint8Array(20))).toThrowError(
      expect.objectContaining({ code: "card/bad_argument" }),
    );
  });

  test.each([
    ["p256", "prime256v1"],
    ["p384", "secp384r1"],
  ] as const)(
    "%s: DER becomes the raw form Node verifies, and comes back",
    (algorithm, namedCurve) => {
      const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve });
      for (let round = 0; round < 40; round += 1) {
        const der = new Uint8Array(sign("sha256", message, privateKey));
        const raw = ecdsaRawFromDer(algorithm, der);
        const key = { key: publicKey, dsaEncoding: "ieee-p1363" } as const;
        expect(verify("sha256", message, key, raw)).toBe(true);
        expect(ecdsaDerFromRaw(algorithm, raw)).toEqual(der);
      }
    },
  );

  test("any r and s come back as they went", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), (raw) => {
        expect(ecdsaRawFromDer("p256", ecdsaDerFromRaw("p256", raw))).toEqual(raw);
      }),
    );
  });

  test.each([
    ["a negative integer", "3006 020180 020101"],
    ["needless zeros", "3007 02020001 020101"],
    ["an empty integer", "3005 0200 020101"],
    ["one integer", "3003 020101"],
    ["three integers", "3009 020101 020101 020101"],
    ["another tag", "3006 040101 020101"],
    ["an integer too long for the field", `3026 0221 01${"00".repeat(32)} 020101`],
    ["something after it", "3006 020101 020101 00"],
  ])("%s is malformed", (_, der) => {
    expect(() => ecdsaRawFromDer("p256", fromHex(der))).toThrowError(
      expect.objectContaining({ code: "card/malformed_answer" }),
    );
  });
});
