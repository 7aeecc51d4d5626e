import { fromHex, Secret } from "@lanyard/bytes";
import { nodeBlockCipher, nodeCardCrypto, randomBytes } from "@lanyard/crypto";
import { ALGORITHMS, type CipherAlgorithm, openPivSession, type PivSession } from "@lanyard/piv";
import { testCard } from "@lanyard/testkit";
import { expect, test } from "vitest";
import { CARD_PROFILES, HINT_OBJECT_TAG } from "../card-profile.ts";
import { blankCardState } from "../personalise.ts";
import type { VirtualCard } from "../virtual-card.ts";
import { createVirtualReader } from "../virtual-reader.ts";
import { openVirtualSession } from "../virtual-session.ts";

const CIPHERS = ["3des", "aes128", "aes192", "aes256"] as const;

test.each(CIPHERS)(
  "[PIV-2 §A.1] %s: the right key is taken, one way and mutually; a wrong one is not",
  async (algorithm) => {
    const { piv, key } = await opened(algorithm);
    expect(await piv.authenticateManagementKey(key())).toEqual({ ok: true });
    expect(await piv.authenticateManagementKey(key(), randomBytes)).toEqual({ ok: true });
    const wrong = { ...key(), key: new Secret(randomBytes(ALGORITHMS[algorithm].keyBytes)) };
    expect(await piv.authenticateManagementKey(wrong)).toMatchObject({ reason: "refused" });
    await expect(piv.writeObject(0x5fc105, new Uint8Array(1))).rejects.toMatchObject({
      code: "card/security_status",
    });
    expect(await piv.authenticateManagementKey(wrong, randomBytes)).toMatchObject({
      reason: "refused",
    });
  },
);

test.each(["p256", "p384", "rsa2048"] as const)(
  "[PIV-2 §3.3.2] a %s key is made on the card and replaces the one before",
  async (algorithm) => {
    const { card, piv, key } = await opened("aes256");
    await piv.authenticateManagementKey(key());
    await piv.generateKey("9e", algorithm);
    const first = card.state.keys["9e"];
    expect(first?.algorithm).toBe(algorithm);
    await piv.generateKey("9e", algorithm);
    expect(card.state.keys["9e"]?.privateKey).not.toBe(first?.privateKey);
  },
);

test.each([
  ["an unknown algorithm", "0047009a05ac03800199", 0x6a80],
  ["a cipher", "0047009a05ac03800103", 0x6a80],
  ["no template", "0047009a03800111", 0x6a80],
  ["PUT DATA elsewhere", "00db0000085c035fc105530100", 0x6a86],
  ["PUT DATA without an object", "00db3fff055c035fc105", 0x6a80],
  ["PUT DATA of something more", "00db3fff0a5c035fc105530100fe00", 0x6a80],
  ["the discovery object", "00db3fff065c017e530100", 0x6a81],
  ["a tag outside PIV", "00db3fff085c035fff01530100", 0x6a81],
])("[PIV-2 §3.3] %s is refused after the management key too", async (_what, command, word) => {
  const { card, session, piv, key } = await opened("aes128");
  await piv.authenticateManagementKey(key());
  const before = card.state;
  expect((await session.transmit(fromHex(command))).statusWord).toBe(word);
  expect(card.state).toBe(before);
});

test("[PIV-2 §3.3.1] PUT DATA replaces an object, and an empty one removes it", async () => {
  const { piv, key } = await opened("aes128");
  await piv.authenticateManagementKey(key());
  await piv.writeObject(0x5fc105, fromHex("01"));
  await piv.writeObject(0x5fc105, fromHex("0203"));
  expect(await piv.readObject(0x5fc105)).toEqual(fromHex("0203"));
  await piv.writeObject(0x5fc105, new Uint8Array(0));
  expect(await piv.readObject(0x5fc105)).toBeUndefined();
});

test("[PIV-1 Table 7] an object larger than any of the standard's is refused with 6a84", async () => {
  const { piv, key } = await opened("aes128");
  await piv.authenticateManagementKey(key());
  await piv.writeObject(0x5fc106, new Uint8Array(12_710));
  await expect(piv.writeObject(0x5fc106, new Uint8Array(12_711))).rejects.toMatchObject({
    statusWord: 0x6a84,
  });
});

test("the server's hint object is there only on a card that has it", async () => {
  const { piv, key } = await opened("aes128");
  await piv.authenticateManagementKey(key());
  await piv.writeObject(HINT_OBJECT_TAG, fromHex("0102"));
  expect(await piv.readObject(HINT_OBJECT_TAG)).toEqual(fromHex("0102"));
  const without = await opened("aes128", false);
  await without.piv.authenticateManagementKey(without.key());
  await expect(without.piv.writeObject(HINT_OBJECT_TAG, fromHex("01"))).rejects.toBeInstanceOf(
    Error,
  );
});

interface Opened {
  readonly card: VirtualCard;
  readonly session: ReturnType<typeof openVirtualSession>;
  readonly piv: PivSession;
  key(): Parameters<PivSession["authenticateManagementKey"]>[0];
}

async function opened(algorithm: CipherAlgorithm, hasHintObject = true): Promise<Opened> {
  const bytes = nodeCardCrypto.randomBytes(ALGORITHMS[algorithm].keyBytes);
  const value = Buffer.from(bytes).toString("hex");
  const profile = { ...CARD_PROFILES.care, hasHintObject };
  const blank = { serial: "LT1", guid: new Uint8Array(16), expires: "2031-12-31" };
  const card = testCard(blankCardState(profile, { ...blank, managementKey: { algorithm, value } }));
  const reader = createVirtualReader("reader");
  reader.insert(card);
  const session = openVirtualSession(reader);
  const key = () => ({ algorithm, key: new Secret(bytes.slice()), cipher: nodeBlockCipher });
  return { card, session, piv: await openPivSession(session), key };
}
