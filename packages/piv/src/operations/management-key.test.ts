import { createCipheriv, createDecipheriv } from "node:crypto";
import { fromHex, Secret } from "@lanyard/bytes";
import { cardFromTranscript } from "@lanyard/testkit";
import { describe, expect, test } from "vitest";
import type { CipherAlgorithm } from "../constants/algorithms.ts";
import { openPivSession } from "../session.ts";
import type { Card } from "../transport/card.ts";
import type { BlockCipher } from "./management-key.ts";

describe("[PIV-2 A.1, A.2] the card-management key", () => {
  const NODE_CIPHERS: Record<CipherAlgorithm, string> = {
    "3des": "des-ede3-ecb",
    aes128: "aes-128-ecb",
    aes192: "aes-192-ecb",
    aes256: "aes-256-ecb",
  };
  const cipher: BlockCipher = {
    encryptBlock: (algorithm, key, block) =>
      new Uint8Array(
        createCipheriv(NODE_CIPHERS[algorithm], key, null).setAutoPadding(false).update(block),
      ),
    decryptBlock: (algorithm, key, block) =>
      new Uint8Array(
        createDecipheriv(NODE_CIPHERS[algorithm], key, null).setAutoPadding(false).update(block),
      ),
  };
  const sizes = [
    ["3des", 24, 8],
    ["aes128", 16, 16],
    ["aes192", 24, 16],
    ["aes256", 32, 16],
  ] as const;

  /** A card that holds the key and does as the standard says, or lies at the end. */
  function cardHolding(algorithm: CipherAlgorithm, key: Uint8Array, lies = false): Card {
    const witness = new Uint8Array(algorithm === "3des" ? 8 : 16).map((_, index) => index + 1);
    return {
      async transmit(apdu) {
        const ok = (hex: string) => ({ data: fromHex(hex), statusWord: 0x9000 });
        const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
        const length = witness.length.toString(16).padStart(2, "0");
        const template = (tag: string, value: Uint8Array) =>
          ok(
            `7c ${(witness.length + 2).toString(16).padStart(2, "0")} ${tag}${length}${hexOf(value)}`,
          );
        if (apdu[1] === 0xa4) return ok("61084F06000010000100");
        const body = hexOf(apdu.subarray(5));
        if (body.startsWith("7c0281")) return template("81", witness);
        if (body.startsWith("7c0280"))
          return template("80", cipher.encryptBlock(algorithm, key, witness));
        const value = (tag: string) =>
          fromHex(body.slice(body.indexOf(tag + length) + 4).slice(0, witness.length * 2));
        const isOneWay = body.slice(4).startsWith(`82${length}`);
        const expected = isOneWay ? cipher.encryptBlock(algorithm, key, witness) : witness;
        if (hexOf(value(isOneWay ? "82" : "80")) !== hexOf(expected))
          return { data: new Uint8Array(0), statusWord: 0x6982 };
        if (isOneWay) return ok("");
        const challenge = fromHex(
          body.slice(4 + 4 + witness.length * 2 + 4).slice(0, witness.length * 2),
        );
        return template("82", lies ? challenge : cipher.encryptBlock(algorithm, key, challenge));
      },
    };
  }

  const random = (bytes: number): Uint8Array => new Uint8Array(bytes).fill(0x77);

  test.each(sizes)("%s: each proves itself to the other", async (algorithm, keyBytes) => {
    const key = new Uint8Array(keyBytes).map((_, index) => index * 7);
    const session = await openPivSession(cardHolding(algorithm, key), { extendedLength: false });
    const management = { algorithm, key: new Secret(key.slice()), cipher };
    expect(await session.authenticateManagementKey(management, random)).toEqual({ ok: true });
    expect(await session.authenticateManagementKey(management)).toEqual({ ok: true });
  });

  test.each(sizes)("%s: a wrong key is refused, both ways", async (algorithm, keyBytes) => {
    const key = new Uint8Array(keyBytes).map((_, index) => index * 7);
    const session = await openPivSession(cardHolding(algorithm, key), { extendedLength: false });
    const management = { algorithm, key: new Secret(new Uint8Array(keyBytes)), cipher };
    const refused = { ok: false, reason: "refused", statusWord: 0x6982 };
    expect(await session.authenticateManagementKey(management, random)).toEqual(refused);
    expect(await session.authenticateManagementKey(management)).toEqual(refused);
  });

  test("[PIV-2 A.2] a card that takes any key but does not hold ours is not genuine", async () => {
    const key = new Uint8Array(16).fill(5);
    const session = await openPivSession(cardHolding("aes128", key, true), {
      extendedLength: false,
    });
    const management = { algorithm: "aes128", key: new Secret(key.slice()), cipher } as const;
    expect(await session.authenticateManagementKey(management, random)).toEqual({
      ok: false,
      reason: "card_not_genuine",
    });
  });

  test("a key of another length is refused before anything is sent", async () => {
    const card = cardFromTranscript(`
      > 00A40400 09 A00000030800001000 00
      < 6108 4F06000010000100 9000
    `);
    const session = await openPivSession(card, { extendedLength: false });
    const management = {
      algorithm: "aes256",
      key: new Secret(new Uint8Array(24)),
      cipher,
    } as const;
    await expect(session.authenticateManagementKey(management, random)).rejects.toMatchObject({
      code: "card/bad_argument",
    });
    card.expectDone();
  });

  test("random bytes of another number are refused before anything is sent", async () => {
    const card = cardFromTranscript(`
      > 00A40400 09 A00000030800001000 00
      < 6108 4F06000010000100 9000
    `);
    const session = await openPivSession(card, { extendedLength: false });
    const management = {
      algorithm: "aes128",
      key: new Secret(new Uint8Array(16)),
      cipher,
    } as const;
    await expect(
      session.authenticateManagementKey(management, () => new Uint8Array(8)),
    ).rejects.toMatchObject({ code: "card/bad_argument" });
    card.expectDone();
  });
});
