import { createDecipheriv, randomBytes } from "node:crypto";
import { Secret } from "@lanyard/bytes";
import { decodeHint, encodeHint, keyVersionOf } from "@lanyard/identity";
import { describe, expect, test } from "vitest";
import { secretsOf } from "../secrets/card-identity.ts";
import { addFileKey } from "../secrets/key-file.ts";
import { found } from "../testing/test-card.ts";
import { siteForTests } from "../testing/test-world.ts";
import {
  actionsOf,
  atAgent,
  authorise,
  expectPhase,
  holderDesk,
  prove,
  readCard,
  registersOf,
  report,
  type Unlocking,
} from "../testing/unlock-desk.ts";

const place = siteForTests();
const HINTING = { profile: { hint: true } } as const;

const begin = async (wish: Parameters<typeof holderDesk>[1] = HINTING): Promise<Unlocking> =>
  atAgent(await holderDesk(place(), wish));

const secretsFor = async ({ world, holderCard }: Pick<Unlocking, "world" | "holderCard">) => {
  const { record } = holderCard;
  const seed = found(await world.store.transaction(({ cards }) => cards.seedOf(record.serial)));
  return secretsOf(record, seed);
};

describe("writing the hint: the management key never leaves the server", () => {
  const challenge = randomBytes(16);
  const ask = ({ desk, visit }: Unlocking) =>
    desk.call("unlock_hint", { visit, challenge: challenge.toString("base64") });
  const isRefused = (unlocking: Unlocking) =>
    expect(ask(unlocking)).rejects.toMatchObject({ code: "not_released" });

  test("after the card's 9000: its own key's answer, and the index it accepted with our MAC", async () => {
    const unlocking = await begin({ ...HINTING, registers: { n: 6, hi: 6 } });
    await authorise(unlocking);
    await report(unlocking, "reset", 0x9000);
    const { response, object } = await ask(unlocking);
    const of = await secretsFor(unlocking);
    const key = (await unlocking.world.secrets.deriveManagementKey(of)).reveal();
    const card = createDecipheriv("aes-256-ecb", key, null).setAutoPadding(false);
    expect(card.update(response, "base64")).toEqual(challenge);
    const mac = await unlocking.world.secrets.hintMac(of, 6);
    expect(decodeHint(Buffer.from(object, "base64"))).toEqual({
      index: 6,
      mac: new Uint8Array(mac),
    });
    await report(unlocking, "hint", 0x9000);
    await expectPhase(unlocking, { phase: "pin_set", hint: "written" });
    const told = ["unlock.pin_set", "unlock.hint_given", "unlock.hint_answered"];
    expect((await actionsOf(unlocking)).slice(-3)).toEqual(told);
  });

  test("the record comes first: without it no answer leaves", async () => {
    const unlocking = await begin();
    await authorise(unlocking);
    await report(unlocking, "reset", 0x9000);
    unlocking.world.failAudit("unlock.hint_given");
    await expect(ask(unlocking)).rejects.toMatchObject({ code: "internal" });
    unlocking.world.failAudit(undefined);
    await expectPhase(unlocking, { hint: undefined });
  });

  test("not before the card took the PUK, and once", async () => {
    const unlocking = await begin();
    await authorise(unlocking);
    await isRefused(unlocking);
    await report(unlocking, "reset", 0x9000);
    await ask(unlocking);
    await isRefused(unlocking);
  });

  test.each([{ hint: false }, { hint: true, pukChangeable: false }])(
    "not for a card without use for it: %o",
    async (profile) => {
      const unlocking = await begin({ profile });
      await authorise(unlocking);
      await report(unlocking, "reset", 0x9000);
      await isRefused(unlocking);
    },
  );

  test("a failed write is on record, and the unlock is a success all the same", async () => {
    const unlocking = await begin();
    await authorise(unlocking);
    await report(unlocking, "reset", 0x9000);
    await ask(unlocking);
    await report(unlocking, "hint", 0x6a84);
    await report(unlocking, "rotate", 0x9000);
    await prove(unlocking);
    await expectPhase(unlocking, { phase: "verified", hint: "failed" });
  });
});

describe("reading the hint: only our own MAC is believed", () => {
  const shows = async (index: number, change: (hint: Buffer) => void = () => undefined) => {
    const holder = await holderDesk(place(), { ...HINTING, registers: { n: 2, hi: 3, tried: 2 } });
    const mac = await holder.world.secrets.hintMac(await secretsFor(holder), index);
    const hint = Buffer.from(encodeHint({ index, mac }));
    change(hint);
    holder.desk.hint = hint.toString("base64");
    await readCard(holder);
    const all = await holder.world.record();
    const { details } = found(all.findLast(({ action }) => action === "card.proven"));
    const { registers } = await holder.world.cardNow(holder.holderCard);
    return { details, registers };
  };

  test("ahead of the records: they are lifted in the commit of the card's proof", async () => {
    const { details, registers } = await shows(5);
    expect(details).toMatchObject({ hint: "ahead", index: 5 });
    expect(registers).toMatchObject({ n: 5, hi: 6, frozen: false });
  });

  test("of a newer master key than a fail-over left on record: the index takes the version of its MAC", async () => {
    const holder = await holderDesk(place(), { ...HINTING, registers: { n: 2, hi: 3, tried: 2 } });
    const { record } = holder.holderCard;
    const key = new Secret(new Uint8Array(32).fill(5));
    await addFileKey(holder.site.config.masterKeyFile, { first: false, key });
    await holder.world.secrets.ready([]);
    const moved = { ...(await secretsFor(holder)), keyVersionChanges: [{ from: 5, version: 2 }] };
    const mac = await holder.world.secrets.hintMac(moved, 5);
    holder.desk.hint = Buffer.from(encodeHint({ index: 5, mac })).toString("base64");
    await readCard(holder);
    const seed = found(
      await holder.world.store.transaction(({ cards }) => cards.seedOf(record.serial)),
    );
    expect([3, 5, 6].map((index) => keyVersionOf(seed, index))).toEqual([1, 2, 2]);
    expect((await holder.world.cardNow(holder.holderCard)).registers).toMatchObject({
      n: 5,
      hi: 6,
    });
  });

  test("behind them: nothing falls", async () => {
    const { details, registers } = await shows(1);
    expect(details).toMatchObject({ hint: "old" });
    expect(registers).toMatchObject({ n: 2, hi: 3, tried: 2 });
  });

  test.each([
    ["another index under the same MAC", (hint: Buffer) => hint.writeUInt32BE(9, 1)],
    ["one bit of the MAC", (hint: Buffer) => hint.writeUInt8((hint.at(-1) ?? 0) ^ 1, 36)],
    ["another format", (hint: Buffer) => hint.writeUInt8(2, 0)],
  ])("%s: ignored, and on record", async (_, change) => {
    const { details, registers } = await shows(5, (hint) => void change(hint));
    expect(details).toMatchObject({ hint: "foreign" });
    expect(registers).toMatchObject({ n: 2, hi: 3 });
  });

  test("another card's hint, however genuine, is none", async () => {
    const other = await holderDesk(place(), HINTING);
    const mac = await other.world.secrets.hintMac(await secretsFor(other), 7);
    const holder = await holderDesk(other, HINTING);
    holder.desk.hint = Buffer.from(encodeHint({ index: 7, mac })).toString("base64");
    const unlocking = await atAgent(holder);
    expect(await registersOf(unlocking)).toMatchObject({ n: 0, hi: 0 });
  });
});
