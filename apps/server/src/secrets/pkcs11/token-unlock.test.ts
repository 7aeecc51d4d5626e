import { afterAll, beforeAll, expect, test } from "vitest";
import { siteForTests, type TestSite } from "../../testing/test-world.ts";
import {
  atAgent,
  authorise,
  expectPhase,
  holderDesk,
  openRelease,
  pukOf,
  registersOf,
} from "../../testing/unlock-desk.ts";
import { cardSecrets } from "../card-secrets.ts";
import type { MasterKeys } from "../master-keys.ts";
import { describeWithTokens } from "./testing.ts";
import { addTokenKey, openTokenKeys } from "./token-keys.ts";

const place = siteForTests();

describeWithTokens("an unlock by a server whose master keys are in a token", (tokens) => {
  let keys: MasterKeys;
  let site: TestSite;
  beforeAll(async () => {
    const settings = tokens().token();
    await addTokenKey(settings, { first: true });
    keys = await openTokenKeys(settings);
    site = await place().world.start({}, { secrets: cardSecrets(keys) });
  });
  afterAll(async () => {
    await site.close();
    await keys.close();
  });

  test("the token pulled out: not released, nothing half done; put back: the same request works", async () => {
    const { world } = place();
    const unlocking = await atAgent(await holderDesk({ world, site }));
    tokens().pull(true);
    try {
      await expect(authorise(unlocking)).rejects.toMatchObject({ code: "not_released" });
      await expectPhase(unlocking, { phase: "chosen" });
      expect(await registersOf(unlocking)).toMatchObject({ n: 0, hi: 0, exposed: false });
      expect(site.logged.join("")).toContain("secrets.unavailable");
    } finally {
      tokens().pull(false);
    }
    const puks = await openRelease(unlocking, await authorise(unlocking));
    const byToken = { ...unlocking, world: { ...world, secrets: cardSecrets(keys) } };
    expect(puks).toEqual([await pukOf(byToken, 0), await pukOf(byToken, 1)]);
  });
});
