import { describe, expect, test } from "vitest";
import { expectAccessible } from "./harness/browser.ts";
import { type StrayCard, shelveStrayCard } from "./harness/cards.ts";
import { CARDS } from "./harness/how-to.ts";
import { modes } from "./harness/product.ts";
import { desksForTests } from "./harness/suite.ts";

const UNRECORDED: StrayCard = { serial: "77000001", passcode: "m4k8w2", authority: "ours" };
const FOREIGN: StrayCard = { serial: "77000002", passcode: "w2m4k8", authority: "another" };

describe.each(modes())("smartcards nobody has a record of, $mode", ({ mode, skipped }) => {
  if (skipped !== undefined) {
    test.skip(`skipped: ${skipped}`, () => undefined);
    return;
  }

  const at = desksForTests({
    mode,
    prepare: async (directory: string) => {
      for (const card of [UNRECORDED, FOREIGN]) await shelveStrayCard(directory, card);
    },
  });

  test.each([
    ["no record of it", UNRECORDED, /no record of this card/],
    ["an authority unknown here", FOREIGN, /not issued by a registration authority/],
  ])("signing in with it: %s", async (_why, card, reason) => {
    const { page } = at;
    await at.howTo.signIn(card);
    await page.getByRole("main").getByText(reason).waitFor();
    await expectAccessible(page);
    await page.goto(new URL("/manage-smartcard", at.product.portal).href);
    await page.waitForURL("**/signed-out");
  });

  test.each([
    ["no record of it", UNRECORDED, /no record of this card/],
    ["an authority unknown here", FOREIGN, /could not prove that it is genuine/],
  ])("as the user's card: %s", async (_why, card, reason) => {
    const { page } = at;
    await at.howTo.signIn(CARDS.agent);
    await page.getByRole("link", { name: "Manage Smartcard" }).first().click();
    await at.product.insert(2, card.serial);
    await at.howTo.untilReaders(/A card this service has no record of/);
    await at.howTo.press("Continue");
    expect(await at.howTo.problem()).toMatch(reason);
    await page.getByText(/contact the demo service desk/).waitFor();
    await expectAccessible(page);
  });

  test("the card tray and the agent's own page are accessible as well", async () => {
    const { page } = at;
    await page.goto(at.product.tray);
    await expectAccessible(page);
    await at.howTo.toPasscode(CARDS.agent.serial);
    await page.goto(new URL("/", page.url()).href);
    expect(await at.howTo.heading()).toBe("The card agent is running");
    await expectAccessible(page);
    await page.goto(new URL("/no-such-page", at.product.portal).href);
    await expectAccessible(page);
  });

  test("no passcode that was typed is in anything the product printed", () => {
    for (const { passcode } of [UNRECORDED, FOREIGN, CARDS.agent])
      expect(at.product.log()).not.toContain(passcode);
  });
});
