import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { expectAccessible, launchBrowser, newVisitor, type Visitor } from "./harness/browser.ts";
import { type StrayCard, shelveStrayCard } from "./harness/cards.ts";
import { CARDS, HowTo } from "./harness/how-to.ts";
import { modes, type Product, startProduct } from "./harness/product.ts";

const UNRECORDED: StrayCard = { serial: "77000001", passcode: "m4k8w2", authority: "ours" };
const FOREIGN: StrayCard = { serial: "77000002", passcode: "w2m4k8", authority: "another" };

describe.each(modes())("smartcards nobody has a record of, $mode", ({ mode, skipped }) => {
  if (skipped !== undefined) {
    test.skip(`skipped: ${skipped}`, () => undefined);
    return;
  }

  let product: Product;
  let browser: Browser;
  let visitor: Visitor;
  let howTo: HowTo;

  beforeAll(async () => {
    browser = await launchBrowser();
    product = await startProduct({
      mode,
      prepare: async (directory) => {
        for (const card of [UNRECORDED, FOREIGN]) await shelveStrayCard(directory, card);
      },
    });
  });
  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  });
  beforeEach(async () => {
    visitor = await newVisitor(browser);
    howTo = new HowTo(product, visitor.page);
  });
  afterEach(async () => {
    expect(visitor.complaints).toEqual([]);
    await visitor.context.close();
    for (const reader of [1, 2]) await product.remove(reader);
  });

  test.each([
    ["no record of it", UNRECORDED, /no record of this card/],
    ["an authority unknown here", FOREIGN, /not issued by a registration authority/],
  ])("signing in with it: %s", async (_why, card, reason) => {
    const { page } = visitor;
    await howTo.signIn(card);
    await page.getByRole("main").getByText(reason).waitFor();
    await expectAccessible(page);
    await page.goto(new URL("/manage-smartcard", product.portal).href);
    await page.waitForURL("**/signed-out");
  });

  test.each([
    ["no record of it", UNRECORDED, /no record of this card/],
    ["an authority unknown here", FOREIGN, /could not prove that it is genuine/],
  ])("as the user's card: %s", async (_why, card, reason) => {
    const { page } = visitor;
    await howTo.signIn(CARDS.agent);
    await page.getByRole("link", { name: "Manage Smartcard" }).first().click();
    await product.insert(2, card.serial);
    await howTo.untilReaders(/A card this service has no record of/);
    await howTo.press("Continue");
    expect(await howTo.problem()).toMatch(reason);
    await page.getByText(/contact the demo service desk/).waitFor();
    await expectAccessible(page);
  });

  test("the card tray and the agent's own page are accessible as well", async () => {
    const { page } = visitor;
    await page.goto(product.tray);
    await expectAccessible(page);
    await howTo.toPasscode(CARDS.agent.serial);
    await page.goto(new URL("/", page.url()).href);
    expect(await howTo.heading()).toBe("The card agent is running");
    await expectAccessible(page);
    await page.goto(new URL("/no-such-page", product.portal).href);
    await expectAccessible(page);
  });

  test("no passcode that was typed is in anything the product printed", () => {
    for (const { passcode } of [UNRECORDED, FOREIGN, CARDS.agent])
      expect(product.log()).not.toContain(passcode);
  });
});
