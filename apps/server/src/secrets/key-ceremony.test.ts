import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CardSecrets, certificateIn } from "@lanyard/identity";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Config } from "../config.ts";
import { found, type TestCard } from "../testing/test-card.ts";
import { worldForTests } from "../testing/test-world.ts";
import { breakGlass } from "./break-glass.ts";
import { cardSecrets } from "./card-secrets.ts";
import { addMasterKey, masterKeyStatus, splitMasterKey } from "./key-ceremony.ts";
import { keysInMemory } from "./master-keys.ts";
import { openMasterKeys } from "./open.ts";
import { describeWithTokens } from "./pkcs11/testing.ts";
import { combineShares } from "./shares.ts";

type Place = Pick<Config, "token" | "masterKeyFile">;

const world = worldForTests();
const AT = new Date("2026-03-02T10:00:00Z");
let root = "";
let made = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "lanyard-ceremony-"));
});
afterAll(() => rm(root, { recursive: true }));

const newPath = (name: string) => {
  made += 1;
  return join(root, `${made}-${name}`);
};
const newFile = (): Place => ({ token: undefined, masterKeyFile: newPath("keys.json") });

async function sharesIn(folder: string): Promise<readonly string[]> {
  const files = (await readdir(folder)).sort();
  return Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
}

async function newCard(): Promise<TestCard> {
  return world().card((await world().person()).careId);
}

async function pukBy(secrets: CardSecrets, { record }: TestCard, index: number): Promise<string> {
  const { serial, careId, issuanceId } = record;
  const seed = found(await world().store.transaction(({ cards }) => cards.seedOf(serial)));
  const cardKeyHash = found(certificateIn(record, "9E")).keyHash;
  const puk = await secrets.derivePuk({ ...seed, careId, issuanceId, cardKeyHash }, index);
  return Buffer.from(puk.reveal()).toString("latin1");
}

async function slipFor(card: TestCard, lines: readonly string[]) {
  const keys = keysInMemory(await combineShares(lines));
  const order = { serial: card.record.serial, reason: "The token burned", at: AT };
  const slip = await breakGlass(world().store, cardSecrets(keys), order);
  return slip?.puks.map(({ index, puk }) => [index, Buffer.from(puk.reveal()).toString("latin1")]);
}

const actions = async () => (await world().record()).map(({ action }) => action);

/** T17, wherever the key was kept while all was well. */
function breakGlassDrill(newPlace: () => Place): void {
  let place: Place;
  let shares: readonly string[];
  beforeEach(async () => {
    place = newPlace();
    const folder = newPath("shares");
    await addMasterKey(place, world().store, { first: true, sharesIn: folder, at: AT });
    shares = await sharesIn(folder);
  });

  test("T17: three of five shares compute the PUK that the server would; it is on record, and the card is marked", async () => {
    const card = await newCard();
    const keys = await openMasterKeys(place);
    const online = await pukBy(cardSecrets(keys), card, 0);
    await keys.close();
    expect(await slipFor(card, shares.slice(1, 4))).toEqual([[0, online]]);
    expect((await world().cardNow(card)).registers).toMatchObject({ n: 0, hi: 0, exposed: true });
    const entry = (await world().record()).at(-1);
    expect(entry).toMatchObject({
      action: "secrets.break_glass",
      cardSerial: card.record.serial,
      details: { n: 0, hi: 0 },
    });
    expect(JSON.stringify(entry)).not.toContain("burned");
  });

  test("T17: two shares, or one of another key, compute nothing, and nothing is written", async () => {
    const card = await newCard();
    const other = newPath("shares");
    await addMasterKey(newFile(), world().store, { first: true, sharesIn: other, at: AT });
    const [, , stranger = ""] = await sharesIn(other);
    const before = await actions();
    await expect(slipFor(card, shares.slice(0, 2))).rejects.toMatchObject({
      code: "secrets/shares_too_few",
    });
    await expect(slipFor(card, [...shares.slice(0, 2), stranger])).rejects.toMatchObject({
      code: "secrets/shares_wrong",
    });
    expect(await actions()).toEqual(before);
    expect((await world().cardNow(card)).registers.exposed).toBe(false);
  });
}

describe("the key ceremony, with a key file", () => {
  breakGlassDrill(newFile);

  test("a card in doubt has both its PUKs on the slip, what it refused last", async () => {
    const place = newFile();
    const folder = newPath("shares");
    await addMasterKey(place, world().store, { first: true, sharesIn: folder, at: AT });
    const card = await newCard();
    const registers = { ...card.record.registers, n: 2, hi: 3, refused: 2, tried: 2 };
    await world().store.transaction(({ cards }) =>
      cards.saveRegisters(card.record.serial, registers, 1),
    );
    const slip = await slipFor(card, await sharesIn(folder));
    expect(slip?.map(([index]) => index)).toEqual([3, 2]);
  });

  test("a card that needs a version of which there are no shares: refused, and nothing is written", async () => {
    const folder = newPath("shares");
    await addMasterKey(newFile(), world().store, { first: true, sharesIn: folder, at: AT });
    const card = await newCard();
    await world().store.transaction(({ cards }) =>
      cards.saveRegisters(card.record.serial, { ...card.record.registers, n: 1, hi: 1 }, 2),
    );
    const before = await actions();
    await expect(slipFor(card, await sharesIn(folder))).rejects.toMatchObject({
      code: "secrets/version_unknown",
    });
    expect(await actions()).toEqual(before);
  });

  test("no such card", async () => {
    const keys = cardSecrets(keysInMemory(new Map()));
    const order = { serial: "none", reason: "drill", at: AT };
    expect(await breakGlass(world().store, keys, order)).toBeUndefined();
  });

  test("an entry that cannot be written: no PUK is told, and no key is made", async () => {
    const place = newFile();
    const failing = {
      ...world().store,
      transaction: () => Promise.reject(new Error("The audit store is full.")),
    };
    const wish = { first: true, sharesIn: undefined, at: AT };
    await expect(addMasterKey(place, failing, wish)).rejects.toThrow("full");
    await expect(stat(place.masterKeyFile)).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("shares are the owner's alone; a folder that is there is not written to, and no key is made for it", async () => {
    const place = newFile();
    const folder = newPath("shares");
    const wish = { first: true, sharesIn: folder, at: AT };
    await addMasterKey(place, world().store, wish);
    expect((await stat(folder)).mode & 0o077).toBe(0);
    expect((await stat(join(folder, "share-3.txt"))).mode & 0o077).toBe(0);
    const other = newFile();
    await expect(addMasterKey(other, world().store, wish)).rejects.toMatchObject({
      code: "secrets/file_exists",
    });
    await expect(stat(other.masterKeyFile)).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("a version made without shares is split later, and each step is on record", async () => {
    const place = newFile();
    const { store } = world();
    const plain = { sharesIn: undefined, at: AT };
    await addMasterKey(place, store, { ...plain, first: true });
    expect(await addMasterKey(place, store, { ...plain, first: false })).toBe(2);
    const folder = newPath("shares");
    await splitMasterKey(place, store, { version: 2, sharesIn: folder, at: AT });
    const [status] = (await masterKeyStatus(place, store)).slice(-1);
    expect((await sharesIn(folder))[0]).toContain(`version=2 number=1 check=${status?.check}`);
    expect((await actions()).slice(-3)).toEqual([
      "secrets.key_added",
      "secrets.key_added",
      "secrets.split",
    ]);
  });

  test("the status names a version that cards need and nobody has", async () => {
    const place = newFile();
    await addMasterKey(place, world().store, { first: true, sharesIn: undefined, at: AT });
    const card = await newCard();
    await world().store.transaction(({ cards }) =>
      cards.saveRegisters(card.record.serial, { ...card.record.registers, n: 1, hi: 1 }, 7),
    );
    expect(await masterKeyStatus(place, world().store)).toMatchObject([
      { version: 1, isNewest: true, check: expect.stringMatching(/^[0-9a-f]{8}$/) },
      {},
      { version: 7, isNewest: false, check: undefined, cards: 1 },
    ]);
  });
});

describeWithTokens("the key ceremony, with a PKCS#11 token", (tokens) => {
  const newToken = (): Place => ({ token: tokens().token(), masterKeyFile: "/nowhere" });
  breakGlassDrill(newToken);

  test("a key in a token is not split later: it cannot be taken out", async () => {
    const place = newToken();
    const { store } = world();
    await addMasterKey(place, store, { first: true, sharesIn: undefined, at: AT });
    const split = splitMasterKey(place, store, { version: 1, sharesIn: newPath("shares"), at: AT });
    await expect(split).rejects.toMatchObject({ code: "secrets/not_extractable" });
  });
});
