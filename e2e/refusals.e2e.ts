import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { expectAccessible, launchBrowser, newVisitor, type Visitor } from "./harness/browser.ts";
import { CARDS, HowTo } from "./harness/how-to.ts";
import { modes, type Product, startProduct } from "./harness/product.ts";

const SUCCESS = "Smartcard successfully unlocked";

describe.each(modes())("what can go wrong at the desk, $mode", ({ mode, skipped }) => {
  if (skipped !== undefined) {
    test.skip(`skipped: ${skipped}`, () => undefined);
    return;
  }

  let product: Product;
  let browser: Browser;
  let visitor: Visitor;
  let page: Page;
  let howTo: HowTo;

  beforeAll(async () => {
    browser = await launchBrowser();
    product = await startProduct({ mode });
  });
  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  });
  beforeEach(async () => {
    visitor = await newVisitor(browser);
    page = visitor.page;
    howTo = new HowTo(product, page);
  });
  afterEach(async () => {
    expect(visitor.complaints).toEqual([]);
    expect(visitor.strayRequests).toEqual([]);
    await visitor.context.close();
    for (const reader of [1, 2]) await product.remove(reader);
  });

  describe("A, signing in", () => {
    test("a wrong passcode says the tries left and costs one try a press; the right one fills them again", async () => {
      await howTo.toPasscode(CARDS.agent.serial);
      await howTo.typePasscode("wrong123");
      expect(await howTo.problem()).toContain("2 tries left");
      expect(await product.card(CARDS.agent.serial)).toMatchObject({ passcodeTriesLeft: 2 });
      await expectAccessible(page);
      await page.reload();
      expect(await product.card(CARDS.agent.serial)).toMatchObject({ passcodeTriesLeft: 2 });
      await howTo.typePasscode(CARDS.agent.passcode);
      await page.waitForURL("**/cis");
      expect(await product.card(CARDS.agent.serial)).toMatchObject({ passcodeTriesLeft: 3 });
    });

    test("two quick presses cost one try", async () => {
      await howTo.toPasscode(CARDS.agent.serial);
      await page.getByLabel("Passcode").fill("wrong123");
      await page.getByRole("button", { name: "Sign in" }).dblclick();
      await page
        .getByText(/2 tries left/)
        .first()
        .waitFor();
      expect(await product.card(CARDS.agent.serial)).toMatchObject({ passcodeTriesLeft: 2 });
      await howTo.typePasscode(CARDS.agent.passcode);
      await page.waitForURL("**/cis");
    });

    test.each([
      ["locked", CARDS.lockedOperator, /locked/],
      ["expired", CARDS.expiredOperator, /expired/],
      ["cancelled", CARDS.cancelledOperator, /cancelled/],
      ["of a closed account", CARDS.closedAccount, /closed/],
    ])("a card that is %s is refused with its own reason", async (_what, card, reason) => {
      await howTo.toPasscode(card.serial);
      // A locked card is told without asking for its passcode.
      if ((await page.getByLabel("Passcode").count()) > 0) await howTo.typePasscode(card.passcode);
      await page.getByRole("main").getByText(reason).first().waitFor();
      expect(page.url()).toContain("127.0.0.1");
      await expectAccessible(page);
    });

    test("a card that is no smartcard, and one with nothing on it, each say so", async () => {
      await product.insert(1, "bankcard");
      await howTo.meetDesk();
      await howTo.untilReaders(/Not a smartcard of this kind/);
      await product.remove(1);
      await product.insert(1, "strangercard");
      await page
        .getByRole("status")
        .filter({ hasText: /Not a smartcard|does not answer/ })
        .waitFor();
    });

    test("somebody lured to another's page is refused before any passcode is asked", async () => {
      await product.insert(1, CARDS.agent.serial);
      await howTo.meetDesk();
      await howTo.untilReaders(/A smartcard is in/);
      // The attacker's browser starts a sign-in and catches the address instead of following it.
      const started = await visitor.context.request.post(new URL("/sign-in", product.portal).href, {
        headers: { origin: new URL(product.portal).origin },
        maxRedirects: 0,
      });
      const lure = started.headers()["location"] ?? "";
      expect(lure).toContain("/t/");
      const victim = await newVisitor(browser);
      await victim.page.goto(lure);
      expect(await victim.page.getByLabel("Passcode").count()).toBe(0);
      expect(await product.card(CARDS.agent.serial)).toMatchObject({ passcodeTriesLeft: 3 });
      await victim.context.close();
    });
  });

  describe("D to H, the card and the device", () => {
    test("the other way in: search by UUID, profile, latest in-date device, Service, then the card", async () => {
      await howTo.signIn(CARDS.manager);
      await page.getByLabel("UUID, name or card number").fill(CARDS.threeDevices.careId);
      await howTo.press("Search");
      await page.getByRole("link", { name: /5551 3502 7894/ }).click();
      await page.getByRole("heading", { name: CARDS.threeDevices.name }).waitFor();
      await expectAccessible(page);
      await page.getByRole("heading", { name: "Smartcard Details" }).waitFor();
      expect(await page.getByRole("radio", { checked: true }).inputValue()).toBe(
        CARDS.threeDevices.serial,
      );
      await howTo.press("Service");
      // Another card than the chosen one: both serials, and nothing is done to it.
      const before = await product.card(CARDS.locked.serial);
      await product.insert(2, CARDS.locked.serial);
      await howTo.untilReaders(/Card of Ms Maria Okafor/);
      await howTo.press("Continue");
      expect(await howTo.problem()).toMatch(/not the one you chose/);
      await page.getByText(CARDS.threeDevices.serial).first().waitFor();
      await page.getByText(CARDS.locked.serial).first().waitFor();
      await expectAccessible(page);
      expect(await product.card(CARDS.locked.serial)).toEqual(before);
      await product.remove(2);
      await product.insert(2, CARDS.threeDevices.serial);
      await howTo.untilReaders(/Card of Dr James Whitfield/);
      await howTo.press("Continue");
      await howTo.confirmPerson();
      // The device was chosen already: straight on to step H.
      await howTo.chooseUnlock();
      await howTo.setPasscode("k7m4plum");
      expect(await howTo.heading()).toBe(SUCCESS);
    });

    test("no card, then a foreign one: each its own message with what to do", async () => {
      await howTo.signIn(CARDS.agent);
      await page.getByRole("link", { name: "Manage Smartcard" }).first().click();
      await howTo.press("Continue");
      expect(await howTo.problem()).toContain("no user’s card");
      await expectAccessible(page);
      await product.insert(2, "bankcard");
      await howTo.untilReaders(/Not a smartcard/);
      await howTo.press("Continue");
      expect(await howTo.problem()).toContain("not a smartcard of this service");
    });

    test("own card, any device of the same person: refused", async () => {
      await howTo.signIn(CARDS.agent);
      await howTo.putInUsersCard(CARDS.agentsOther);
      expect(await howTo.problem()).toContain("card of your own");
    });

    test("an expired card: unlock is refused, with what it needs and who may do it", async () => {
      await howTo.signIn(CARDS.agent);
      await howTo.putInUsersCard(CARDS.expired);
      await howTo.confirmPerson();
      await howTo.chooseDevice();
      await page
        .getByText(/repair/)
        .first()
        .waitFor();
      await page
        .getByText(/RA Agent/)
        .nth(1)
        .waitFor();
      expect(await page.getByRole("button", { name: "Continue" }).count()).toBe(0);
      await expectAccessible(page);
    });

    test("a cancelled card is refused", async () => {
      await howTo.signIn(CARDS.agent);
      await howTo.putInUsersCard(CARDS.cancelled);
      await howTo.confirmPerson();
      await howTo.chooseDevice();
      await page
        .getByText(/cancelled/)
        .first()
        .waitFor();
      expect(await page.getByRole("button", { name: "Continue" }).count()).toBe(0);
    });

    test("without saying who it is, or with another device than the one that is in, it does not go on", async () => {
      await howTo.signIn(CARDS.agent);
      await howTo.putInUsersCard(CARDS.threeDevices);
      await howTo.press("Continue");
      expect(await page.title()).toMatch(/^Error: /);
      await expectAccessible(page);
      await howTo.confirmPerson();
      await page.getByRole("radio", { name: new RegExp(CARDS.threeDevices.old) }).check();
      await howTo.press("Service");
      expect(await howTo.problem()).toMatch(/device/i);
      await page.getByText(CARDS.threeDevices.old).first().waitFor();
      await expectAccessible(page);
    });

    test("an ID Checker has neither tab nor unlock", async () => {
      await howTo.signIn(CARDS.checker);
      expect(await page.getByRole("link", { name: "Manage Smartcard" }).count()).toBe(0);
      const answer = await page.goto(new URL("/manage-smartcard", product.portal).href);
      expect(answer?.status()).toBe(403);
      await expectAccessible(page);
    });
  });

  describe("the operator's card is pulled", () => {
    const points: readonly (readonly [string, () => Promise<void>])[] = [
      ["after signing in", async () => undefined],
      ["on Personal Details", () => howTo.putInUsersCard(CARDS.locked)],
      [
        "at Service",
        async () => {
          await howTo.putInUsersCard(CARDS.locked);
          await howTo.confirmPerson();
          await howTo.chooseDevice();
        },
      ],
      ["on the passcode page", () => howTo.toNewPasscode(CARDS.locked)],
      [
        "with the passcode typed, before Confirm",
        async () => {
          await howTo.toNewPasscode(CARDS.locked);
          await howTo.fillPasscodes("plum83xy");
        },
      ],
    ];

    test.each(points)(
      "%s: signed out at once, nothing done, and it does not revive",
      async (_point, go) => {
        const other = await visitor.context.newPage();
        await howTo.signIn(CARDS.agent);
        await other.goto(new URL("/cis", product.portal).href);
        await go();
        const before = await product.card(CARDS.locked.serial);
        await product.remove(1);
        // Every page of this browser, also the one in the other tab.
        await other.waitForURL("**/signed-out");
        await other.getByText(/taken out of the reader/).waitFor();
        await product.insert(1, CARDS.manager.serial);
        if (page.url().includes("127.0.0.1")) {
          await page.getByLabel("New passcode", { exact: true }).fill("plum83xy");
          await page.getByLabel("New passcode again").fill("plum83xy");
          await howTo.press("Confirm");
        } else await page.waitForURL("**/signed-out");
        expect(await page.getByText(SUCCESS).count()).toBe(0);
        await page.goto(new URL("/manage-smartcard", product.portal).href);
        await page.waitForURL("**/signed-out");
        expect(await product.card(CARDS.locked.serial)).toEqual(before);
      },
    );
  });

  describe("the user's card is moved", () => {
    test("swapped between check and Confirm: refused, and the other card never sees a PUK", async () => {
      await howTo.signIn(CARDS.agent);
      await howTo.toNewPasscode(CARDS.locked);
      const [mine, other] = [
        await product.card(CARDS.locked.serial),
        await product.card(CARDS.lockedDigits.serial),
      ];
      await product.remove(2);
      await product.insert(2, CARDS.lockedDigits.serial);
      await howTo.fillPasscodes("plum83xy");
      await howTo.press("Confirm");
      expect(await page.getByText(SUCCESS).count()).toBe(0);
      expect(await product.card(CARDS.locked.serial)).toEqual(mine);
      expect(await product.card(CARDS.lockedDigits.serial)).toEqual(other);
    });

    test("pulled on Personal Details: the unlock is over, and starts again with the card", async () => {
      await howTo.signIn(CARDS.agent);
      await howTo.putInUsersCard(CARDS.locked);
      await product.remove(2);
      await expect
        .poll(async () => {
          await page.reload();
          return page.getByText(/card was taken out/).count();
        })
        .toBeGreaterThan(0);
      await expectAccessible(page);
      await howTo.putInUsersCard(CARDS.locked);
      expect(await howTo.heading()).toContain("Personal Details");
    });
  });

  describe("back, reload, two tabs", () => {
    test("reloading each step stays there, and Back after success shows the outcome, not the form", async () => {
      await howTo.signIn(CARDS.agent);
      await howTo.putInUsersCard(CARDS.locked);
      await page.reload();
      expect(await howTo.heading()).toContain("Personal Details");
      await howTo.confirmPerson();
      await howTo.chooseDevice();
      await howTo.chooseUnlock();
      await page.reload();
      await howTo.setPasscode("harbour7");
      expect(await howTo.heading()).toBe(SUCCESS);
      const after = await product.card(CARDS.locked.serial);
      await page.goBack();
      await page.reload();
      expect(await product.card(CARDS.locked.serial)).toEqual(after);
    });

    test("two tabs in one unlock: the first Confirm does it, the second changes nothing", async () => {
      await howTo.signIn(CARDS.agent);
      await howTo.toNewPasscode(CARDS.locked);
      const ceremony = await visitor.context.newPage();
      const second = new HowTo(product, ceremony);
      await ceremony.goto(new URL("/manage-smartcard", product.portal).href);
      await second.press("Continue");
      await second.press("Continue");
      expect(new URL(ceremony.url()).hostname).toBe("127.0.0.1");
      await howTo.setPasscode("plum83xy");
      expect(await howTo.heading()).toBe(SUCCESS);
      await second.fillPasscodes("Blue7Kx2");
      await second.press("Confirm");
      expect(await product.card(CARDS.locked.serial)).toMatchObject({ passcode: "plum83xy" });
      await ceremony.close();
    });

    test("Cancel on the passcode page: nothing was changed, and it says so", async () => {
      await howTo.signIn(CARDS.agent);
      await howTo.toNewPasscode(CARDS.lockedDigits);
      await howTo.press("Cancel");
      await page
        .getByText(/cancelled/)
        .first()
        .waitFor();
      await page.getByText("Nothing was changed on the card.").waitFor();
      await expectAccessible(page);
    });

    test("a return address that was used, or never was, leads nowhere", async () => {
      await howTo.meetDesk();
      for (const path of ["/return/aaaaaaaaaaaaaaaaaaaaaa/bbbbbbbbbbbbbbbbbbbbbb", "/bind/x/y"]) {
        const answer = await page.goto(new URL(path, product.portal).href);
        expect(answer?.status()).toBe(410);
        await expectAccessible(page);
      }
    });
  });
});

describe("the desk itself", () => {
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
