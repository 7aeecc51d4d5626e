import { createHmac, randomUUID } from "node:crypto";
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret } from "@lanyard/bytes";
import { type CareId, type PukOf, parseCareId } from "@lanyard/identity";
import { cardSecretsContract } from "@lanyard/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addFileKey, createMasterKeyFile, openKeyFile } from "./key-file.ts";
import type { Mac } from "./master-keys.ts";
import { hintMessage, managementKeyMessage, pukMessage } from "./messages.ts";
import { derivePuk } from "./puk.ts";

function careId(text: string): CareId {
  const parsed = parseCareId(text);
  if (parsed === undefined) throw new Error("not a care id");
  return parsed;
}

const MASTER = new Uint8Array(32).fill(7);
const CARD: PukOf = {
  keyVersion: 1,
  keyVersionChanges: [],
  careId: careId("555083916274"),
  cardKeyHash: "ab".repeat(32),
  issuanceId: "issuance-1",
  seed: new Uint8Array(32).fill(9),
};

const macUnder =
  (key: Uint8Array): Mac =>
  async (message) =>
    createHmac("sha256", key).update(message).digest();

/** The PUK under this very key, whatever holds it. */
const derive = async (key: Uint8Array, of: PukOf, index: number) =>
  text(await derivePuk(macUnder(key), of, index));

const text = (puk: { reveal(): Uint8Array }) => Buffer.from(puk.reveal()).toString("latin1");

/** The design's sentence, written out by hand with Buffers, so that a slip in `frame` would show. */
function byHand(master: Uint8Array, of: PukOf, index: number): string {
  const field = (bytes: Uint8Array) => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const uint32 = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };
  const message = Buffer.concat([
    Buffer.from("lanyard/puk/1", "ascii"),
    field(uint32(of.keyVersion)),
    field(Buffer.from(of.careId, "ascii")),
    field(Buffer.from(of.cardKeyHash, "hex")),
    field(Buffer.from(of.issuanceId, "ascii")),
    field(of.seed),
    field(uint32(index)),
  ]);
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  let puk = "";
  for (let block = 0; puk.length < 8; block += 1) {
    const input = block === 0 ? message : Buffer.concat([message, uint32(block)]);
    for (const byte of createHmac("sha256", master).update(input).digest())
      if (byte < 248 && puk.length < 8) puk += alphabet[byte % 62];
  }
  return puk;
}

describe("PUK derivation (DESIGN 5)", () => {
  test("the same bytes as the derivation written out by hand", async () => {
    for (const index of [0, 1, 2, 255, 65_536]) {
      expect(await derive(MASTER, CARD, index)).toBe(byHand(MASTER, CARD, index));
    }
  });

  test("[PIV-2 §2.4.3] always eight letters or digits", async () => {
    const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });
    await fc.assert(
      fc.asyncProperty(seeds, fc.nat(), async (seed, index) => {
        expect(await derive(MASTER, { ...CARD, seed }, index)).toMatch(/^[A-Za-z0-9]{8}$/);
      }),
    );
  });

  test("an index released under a newer version is of that version, those before it are not", async () => {
    const moved = { ...CARD, keyVersionChanges: [{ from: 3, version: 2 }] };
    expect(await derive(MASTER, moved, 2)).toBe(byHand(MASTER, CARD, 2));
    expect(await derive(MASTER, moved, 3)).toBe(byHand(MASTER, { ...CARD, keyVersion: 2 }, 3));
  });

  test("every input moves the result: key, version, person, card key, issuance, seed, index", async () => {
    const puks = await Promise.all([
      derive(MASTER, CARD, 0),
      derive(MASTER, CARD, 1),
      derive(new Uint8Array(32).fill(8), CARD, 0),
      derive(MASTER, { ...CARD, keyVersion: 2 }, 0),
      derive(MASTER, { ...CARD, careId: careId("555083916275") }, 0),
      derive(MASTER, { ...CARD, cardKeyHash: "ac".repeat(32) }, 0),
      derive(MASTER, { ...CARD, issuanceId: "issuance-2" }, 0),
      derive(MASTER, { ...CARD, seed: new Uint8Array(32).fill(10) }, 0),
    ]);
    expect(new Set(puks).size).toBe(puks.length);
  });

  test("no character is favoured: 62 characters over 4,000 PUKs, each within a wide band", async () => {
    const counts = new Map<string, number>();
    for (let index = 0; index < 4000; index += 1)
      for (const character of await derive(MASTER, CARD, index))
        counts.set(character, (counts.get(character) ?? 0) + 1);
    const expected = (4000 * 8) / 62;
    expect(counts.size).toBe(62);
    for (const count of counts.values()) {
      expect(count).toBeGreaterThan(expected * 0.7);
      expect(count).toBeLessThan(expected * 1.3);
    }
  });
});

describe("the other secrets of a card", () => {
  const field = (bytes: Uint8Array) => Buffer.concat([Buffer.from([0, bytes.length]), bytes]);
  const uint32 = (value: number) => Buffer.from([0, 0, value >> 8, value & 0xff]);
  /** The framing written out by hand, as for the PUK. */
  const macByHand = (purpose: string, of: PukOf, ...more: Uint8Array[]) =>
    createHmac("sha256", MASTER)
      .update(Buffer.from(purpose, "ascii"))
      .update(field(uint32(of.keyVersion)))
      .update(field(Buffer.from(of.careId, "ascii")))
      .update(field(Buffer.from(of.cardKeyHash, "hex")))
      .update(field(Buffer.from(of.issuanceId, "ascii")))
      .update(field(of.seed))
      .update(Buffer.concat(more.map(field)))
      .digest("hex");
  const macOf = (message: Uint8Array) => createHmac("sha256", MASTER).update(message).digest("hex");

  test("the management key and the hint's MAC are those written out by hand", () => {
    expect(macOf(managementKeyMessage(CARD))).toBe(macByHand("lanyard/management-key/1", CARD));
    expect(macOf(hintMessage(CARD, 300))).toBe(macByHand("lanyard/hint/1", CARD, uint32(300)));
  });

  test("every input moves them, and no purpose gives another's", () => {
    const cards: readonly PukOf[] = [
      CARD,
      { ...CARD, keyVersion: 2 },
      { ...CARD, careId: careId("555083916275") },
      { ...CARD, cardKeyHash: "ac".repeat(32) },
      { ...CARD, issuanceId: "issuance-2" },
      { ...CARD, seed: new Uint8Array(32).fill(10) },
    ];
    const macs = cards.flatMap((card) =>
      [managementKeyMessage(card), hintMessage(card, 0), pukMessage(card, 0)].map(macOf),
    );
    macs.push(macOf(hintMessage(CARD, 1)));
    expect(new Set(macs).size).toBe(macs.length);
  });
});

describe("the master key file", () => {
  let directory = "";
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "lanyard-secrets-"));
  });
  afterAll(() => rm(directory, { recursive: true }));

  cardSecretsContract("key file", async (keys) => {
    const path = join(directory, `${randomUUID()}.json`);
    const rows = [...keys].map(([version, key]) => ({
      version,
      key: Buffer.from(key).toString("base64"),
    }));
    const text = JSON.stringify({ format: "lanyard-master-keys/1", keys: rows });
    await writeFile(path, text, { mode: 0o600 });
    return openKeyFile(path);
  });

  test("is made for its owner alone, and gives the same PUKs every time it is opened", async () => {
    const path = join(directory, "keys.json");
    await createMasterKeyFile(path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const [first, second] = [await openKeyFile(path), await openKeyFile(path)];
    expect(first.keyVersion).toBe(1);
    expect(text(await first.derivePuk(CARD, 3))).toBe(text(await second.derivePuk(CARD, 3)));
    const managementKey = await first.deriveManagementKey(CARD);
    expect(managementKey.length).toBe(32);
    expect(text(managementKey)).toBe(text(await second.deriveManagementKey(CARD)));
    expect(await first.hintMac(CARD, 3)).toEqual(await second.hintMac(CARD, 3));
  });

  test("a version added later is found by the next look, and the file stays its owner's", async () => {
    const path = join(directory, "rotated.json");
    await createMasterKeyFile(path);
    const secrets = await openKeyFile(path);
    const before = text(await secrets.derivePuk(CARD, 3));
    const key = new Secret(new Uint8Array(32).fill(3));
    expect(await addFileKey(path, { first: false, key })).toBe(2);
    await secrets.ready([1, 2]);
    expect(secrets.keyVersion).toBe(2);
    expect(text(await secrets.derivePuk(CARD, 3))).toBe(before);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test("is never overwritten", async () => {
    const path = join(directory, "kept.json");
    await createMasterKeyFile(path);
    const before = await readFile(path, "utf8");
    await expect(createMasterKeyFile(path)).rejects.toMatchObject({ code: "secrets/file_exists" });
    expect(await readFile(path, "utf8")).toBe(before);
  });

  test("is refused when others may read it", async () => {
    const path = join(directory, "loose.json");
    await createMasterKeyFile(path);
    await chmod(path, 0o640);
    await expect(openKeyFile(path)).rejects.toMatchObject({ code: "secrets/file_loose" });
  });

  test("missing or malformed: refused, and the text is not repeated", async () => {
    await expect(openKeyFile(join(directory, "none"))).rejects.toMatchObject({
      code: "secrets/file_missing",
    });
    const path = join(directory, "short.json");
    const key = Buffer.alloc(16, 5).toString("base64");
    const wrong = { format: "lanyard-master-keys/1", keys: [{ version: 1, key }] };
    await writeFile(path, JSON.stringify(wrong), { mode: 0o600 });
    const error = await openKeyFile(path).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "secrets/file_malformed" });
    expect(String(error)).not.toContain(key);
  });

  test("a card of a version that is gone is a clear error, not another PUK", async () => {
    const path = join(directory, "one.json");
    await createMasterKeyFile(path);
    const secrets = await openKeyFile(path);
    await expect(secrets.derivePuk({ ...CARD, keyVersion: 9 }, 0)).rejects.toMatchObject({
      code: "secrets/version_unknown",
    });
    for (const asked of [
      secrets.deriveManagementKey({ ...CARD, keyVersion: 9 }),
      secrets.hintMac({ ...CARD, keyVersion: 9 }, 0),
    ])
      await expect(asked).rejects.toMatchObject({ code: "secrets/version_unknown" });
  });
});
