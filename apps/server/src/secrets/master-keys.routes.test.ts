import { Secret } from "@lanyard/bytes";
import { expect, test } from "vitest";
import { signedInDesk } from "../testing/test-desk.ts";
import { siteForTests } from "../testing/test-world.ts";
import {
  atAgent,
  authorise,
  holderDesk,
  openRelease,
  prove,
  pukOf,
  registersOf,
  report,
} from "../testing/unlock-desk.ts";
import { addFileKey } from "./key-file.ts";

const place = siteForTests();
const PAGE = "/administration/master-keys";

const textOf = (body: string) => body.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");

test("a rotation, seen on the page: a card moves with its next unlock, and no sooner", async () => {
  const { site, world } = place();
  const { browser } = await signedInDesk(place(), ["RA Manager"]);
  expect((await browser.get("/administration")).body).toContain(PAGE);
  expect(textOf((await browser.get(PAGE)).body)).toContain("1 (newest) 1 100.0%");
  const key = new Secret(new Uint8Array(32).fill(3));
  await addFileKey(site.config.masterKeyFile, { first: false, key });

  const unlocking = await atAgent(await holderDesk(place()));
  const release = await authorise(unlocking);
  expect(world.secrets.keyVersion).toBe(2);
  expect(await openRelease(unlocking, release)).toEqual([
    await pukOf(unlocking, 0),
    await pukOf(unlocking, 1),
  ]);
  const undecided = textOf((await browser.get(PAGE)).body);
  expect(undecided).toContain("1 3 100.0%");
  expect(undecided).toContain("3 cards are still on an older version");
  await report(unlocking, "reset", 0x9000);
  await report(unlocking, "rotate", 0x9000);
  await prove(unlocking);
  const moved = textOf((await browser.get(PAGE)).body);
  expect(moved).toContain("1 2 66.7%");
  expect(moved).toContain("2 (newest) 1 33.3%");
});

test("cut off in the middle of a rotation: the candidates are of two versions, and each opens by its own", async () => {
  const first = await atAgent(await holderDesk(place()));
  await authorise(first);
  await report(first, "reset", 0x6f00);
  expect(await registersOf(first)).toMatchObject({ n: 0, hi: 1 });
  const seed = await first.world.store.transaction(({ cards }) =>
    cards.seedOf(first.holderCard.record.serial),
  );
  expect(seed).toMatchObject({ keyVersion: 1, keyVersionChanges: [{ from: 1, version: 2 }] });

  const again = await atAgent({ ...first });
  expect(await openRelease(again, await authorise(again))).toEqual([
    await pukOf(again, 1),
    undefined,
  ]);
  const other = await report(again, "reset", 0x63c9);
  expect(await openRelease(again, other)).toEqual([await pukOf(again, 0), undefined]);
});

test.each(["RA Agent", "RA Sponsor", "ID Checker", "Smartcard Administrator"] as const)(
  "a page that is not for an %s",
  async (role) => {
    const { browser } = await signedInDesk(place(), [role]);
    expect((await browser.get(PAGE)).status).toBe(403);
  },
);
