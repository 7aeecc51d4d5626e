import { createPublicKey, X509Certificate } from "node:crypto";
import { utf8Bytes } from "@lanyard/bytes";
import { openPivSession } from "@lanyard/piv";
import { createVirtualReader, openVirtualSession } from "@lanyard/virtual-card";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { issueCard, keyHashOf } from "../testing/test-cards.ts";
import { HOLDER } from "../testing/unlock-desk.ts";
import { cardKeyOf, careIdIn, isSignedBy, signStatement } from "./card-key.ts";

const STATEMENT = utf8Bytes("lanyard/test/1");

describe("a card's key", () => {
  test.each([
    ["p256", "ES256", 64],
    ["p384", "ES384", 96],
    ["rsa2048", "RS256", 256],
  ] as const)(
    "%s signs as %s, checked against its certificate",
    async (kind, algorithm, length) => {
      const { card, keyHash } = await issueCard({ ...HOLDER, algorithm: kind });
      const reader = createVirtualReader("test");
      reader.insert(card);
      const piv = await openPivSession(openVirtualSession(reader));
      const certificate = await piv.readCertificate("9e");
      const key = certificate && cardKeyOf(certificate);
      if (key === undefined) throw new Error("The card has no key.");
      expect(key).toMatchObject({ algorithm, keyHash });
      const signature = await signStatement(piv, "9e", { key, statement: STATEMENT });
      expect(signature.algorithm).toBe(algorithm);
      expect(Buffer.from(signature.value, "base64")).toHaveLength(length);
      expect(isSignedBy(key, STATEMENT, signature)).toBe(true);
      expect(isSignedBy(key, utf8Bytes("lanyard/test/2"), signature)).toBe(false);
      expect(careIdIn(key.certificate)).toBe(HOLDER.careId);
      const read = new X509Certificate(key.certificate).publicKey;
      expect(keyHashOf(createPublicKey(read.export({ type: "spki", format: "pem" })))).toBe(
        keyHash,
      );
    },
  );

  test("bytes that are no certificate have no key and no name, and throw nothing", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(cardKeyOf(bytes)).toBeUndefined();
        expect(careIdIn(bytes)).toBeUndefined();
      }),
    );
  });
});
