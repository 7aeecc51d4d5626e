import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { expectAccessible, launchBrowser, newVisitor, type Visitor } from "./harness/browser.ts";
import { CARDS, HowTo } from "./harness/how-to.ts";
import { modes, type Product, startProduct } from "./harness/product.ts";

const SUCCESS = "Smartcard successfully unlocked";

describe("other readers, other settings", () => {
  const [demo] = modes();
  if (demo?.skipped !== undefined) {
    test.skip(`skipped: ${demo.skipped}`, () => undefined);
    return;
  }

  let browser: Browser;
  let visitor: Visitor;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    visitor = await newVisitor(browser);
  });
  afterEach(() => visitor.context.close());

  async function withProduct(
    options: Omit<Parameters<typeof startProduct>[0], "mode">,
    work: (howTo: HowTo, product: Product) => Promise<void>,
  ): Promise<void> {
    const product = await startProduct({ mode: "demo", ...options });
    try {
      await work(new HowTo(product, visitor.page), product);
    } finally {
      await product.stop();
    }
  }

  test("no reader, one reader, no service: each its own message with the service desk's contact, live", () =>
    withProduct(
      { env: { LANYARD_SERVICE_DESK: "Ward IT, extension 4321" } },
      async (howTo, product) => {
        await howTo.meetDesk();
        const said = (text: RegExp) =>
          visitor.page.getByRole("status").filter({ hasText: text }).waitFor();
        await product.hand("/readers/2/unplug");
        await said(/one smartcard reader.*Ward IT, extension 4321/s);
        await product.hand("/readers/1/unplug");
        await said(/no smartcard reader.*Ward IT, extension 4321/s);
        await product.hand("/readers/1/plug");
        await product.hand("/readers/2/plug");
        await said(/Keyboard reader.*Desk reader/s);
        await product.hand("/service/down");
        await said(/smartcard service of this PC does not answer/);
        await product.hand("/service/up");
        await said(/Keyboard reader.*Desk reader/s);
      },
    ));

  test("three cards: one has to come out", () =>
    withProduct({ readers: 3 }, async (howTo, product) => {
      await howTo.signIn(CARDS.agent);
      await product.insert(3, CARDS.notLocked.serial);
      await howTo.putInUsersCard(CARDS.locked);
      expect(await howTo.problem()).toContain("more than one card");
      await product.remove(3);
      await howTo.press("Continue");
      expect(await howTo.heading()).toContain("Personal Details");
    }));

  test("Smartcard Administrator with the tab off: by search, as the green box says", () =>
    withProduct({ env: { LANYARD_ADMINISTRATOR_TAB: "off" } }, async (howTo, product) => {
      const { page } = visitor;
      await howTo.signIn(CARDS.administrator);
      expect(await page.getByRole("link", { name: "Manage Smartcard" }).count()).toBe(0);
      await expectAccessible(page);
      await page.getByLabel("UUID, name or card number").fill("5550 8391 6274");
      await howTo.press("Search");
      await page.getByRole("link", { name: /5550 8391 6274/ }).click();
      await page.getByRole("heading", { name: CARDS.locked.name }).waitFor();
      await howTo.press("Service");
      await product.insert(2, CARDS.locked.serial);
      await howTo.untilReaders(/Card of Ms Maria Okafor/);
      await howTo.press("Continue");
      await howTo.confirmPerson();
      await howTo.chooseUnlock();
      await howTo.setPasscode("Blue7Kx2");
      expect(await howTo.heading()).toBe(SUCCESS);
    }));

  test("with authorise=passcode the operator's passcode is asked for too, and signs with 9C", () =>
    withProduct({ env: { LANYARD_AUTHORISE: "passcode" } }, async (howTo, product) => {
      const { page } = visitor;
      await howTo.signIn(CARDS.agent);
      await howTo.toNewPasscode(CARDS.locked);
      await howTo.setPasscode("plum83xy");
      await page.getByRole("heading", { name: /enter your own passcode/ }).waitFor();
      await expectAccessible(page);
      await page.getByLabel("Your own passcode").fill("wrong123");
      await howTo.press("Unlock Smartcard");
      expect(await howTo.problem()).toContain("2 tries left");
      expect(await product.card(CARDS.locked.serial)).toMatchObject({ passcodeTriesLeft: 0 });
      await page.getByLabel("Your own passcode").fill(CARDS.agent.passcode);
      await howTo.press("Unlock Smartcard");
      expect(await howTo.heading()).toBe(SUCCESS);
    }));
});
