import { describe, expect, test } from "vitest";
import { expectAccessible } from "./harness/browser.ts";
import { CARDS, HowTo } from "./harness/how-to.ts";
import { modes } from "./harness/product.ts";
import { desksForTests } from "./harness/suite.ts";

const SUCCESS = "Smartcard successfully unlocked";

describe.each(modes())("what can go wrong at the desk, $mode", ({ mode, skipped }) => {
  if (skipped !== undefined) {
    test.skip(`skipped: ${skipped}`, () => undefined);
    return;
  }

  const at = desksForTests({ mode });

  describe("A, signing in", () => {
    test("a wrong passcode says the tries left and costs one try a press; the right one fills them again", async () => {
      await at.howTo.toPasscode(CARDS.agent.serial);
      await at.howTo.typePasscode("wrong123");
      expect(await at.howTo.problem()).toContain("2 tries left");
      expect(await at.product.card(CARDS.agent.serial)).toMatchObject({ passcodeTriesLeft: 2 });
      await expectAccessible(at.page);
      await at.page.reload();
      expect(await at.product.card(CARDS.agent.serial)).toMatchObject({ passcodeTriesLeft: 2 });
      await at.howTo.typePasscode(CARDS.agent.passcode);
      await at.page.waitForURL("**/cis");
      expect(await at.product.card(CARDS.agent.serial)).toMatchObject({ passcodeTriesLeft: 3 });
    });

    test("two quick presses cost one try", async () => {
      await at.howTo.toPasscode(CARDS.agent.serial);
      await at.page.getByLabel("Passcode").fill("wrong123");
      await at.page.getByRole("button", { name: "Sign in" }).dblclick();
      await at.page
        .getByText(/2 tries left/)
        .first()
        .waitFor();
      expect(await at.product.card(CARDS.agent.serial)).toMatchObject({ passcodeTriesLeft: 2 });
      await at.howTo.typePasscode(CARDS.agent.passcode);
      await at.page.waitForURL("**/cis");
    });

    test.each([
      ["locked", CARDS.lockedOperator, /locked/],
      ["expired", CARDS.expiredOperator, /expired/],
      ["cancelled", CARDS.cancelledOperator, /cancelled/],
      ["of a closed account", CARDS.closedAccount, /closed/],
    ])("a card that is %s is refused with its own reason", async (_what, card, reason) => {
      await at.howTo.toPasscode(card.serial);
      // A locked card is told without asking for its passcode.
      if ((await at.page.getByLabel("Passcode").count()) > 0)
        await at.howTo.typePasscode(card.passcode);
      await at.page.getByRole("main").getByText(reason).first().waitFor();
      expect(at.page.url()).toContain("127.0.0.1");
      await expectAccessible(at.page);
    });

    test("a card that is no smartcard, and one with nothing on it, each say so", async () => {
      await at.product.insert(1, "bankcard");
      await at.howTo.meetDesk();
      await at.howTo.untilReaders(/Not a smartcard of this kind/);
      await at.product.remove(1);
      await at.product.insert(1, "strangercard");
      await at.page
        .getByRole("status")
        .filter({ hasText: /Not a smartcard|does not answer/ })
        .waitFor();
    });

    test("somebody lured to another's page is refused before any passcode is asked", async () => {
      await at.product.insert(1, CARDS.agent.serial);
      await at.howTo.meetDesk();
      await at.howTo.untilReaders(/A smartcard is in/);
      // The attacker's browser starts a sign-in and catches the address instead of following it.
      const started = await at.visitor.context.request.post(
        new URL("/sign-in", at.product.portal).href,
        {
          headers: { origin: new URL(at.product.portal).origin },
          maxRedirects: 0,
        },
      );
      const lure = started.headers()["location"] ?? "";
      expect(lure).toContain("/t/");
      const victim = await at.another();
      await victim.page.goto(lure);
      expect(await victim.page.getByLabel("Passcode").count()).toBe(0);
      expect(await at.product.card(CARDS.agent.serial)).toMatchObject({ passcodeTriesLeft: 3 });
      await victim.context.close();
    });
  });

  describe("D to H, the card and the device", () => {
    test("the other way in: search by UUID, profile, latest in-date device, Service, then the card", async () => {
      await at.howTo.signIn(CARDS.manager);
      await at.page.getByLabel("UUID, name or card number").fill(CARDS.threeDevices.careId);
      await at.howTo.press("Search");
      await at.page.getByRole("link", { name: /5551 3502 7894/ }).click();
      await at.page.getByRole("heading", { name: CARDS.threeDevices.name }).waitFor();
      await expectAccessible(at.page);
      await at.page.getByRole("heading", { name: "Smartcard Details" }).waitFor();
      expect(await at.page.getByRole("radio", { checked: true }).inputValue()).toBe(
        CARDS.threeDevices.serial,
      );
      await at.howTo.press("Service");
      // Another card than the chosen one: both serials, and nothing is done to it.
      const before = await at.product.card(CARDS.locked.serial);
      await at.product.insert(2, CARDS.locked.serial);
      await at.howTo.untilReaders(/Card of Ms Maria Okafor/);
      await at.howTo.press("Continue");
      expect(await at.howTo.problem()).toMatch(/not the one you chose/);
      await at.page.getByText(CARDS.threeDevices.serial).first().waitFor();
      await at.page.getByText(CARDS.locked.serial).first().waitFor();
      await expectAccessible(at.page);
      expect(await at.product.card(CARDS.locked.serial)).toEqual(before);
      await at.product.remove(2);
      await at.product.insert(2, CARDS.threeDevices.serial);
      await at.howTo.untilReaders(/Card of Dr James Whitfield/);
      await at.howTo.press("Continue");
      await at.howTo.confirmPerson();
      // The device was chosen already: straight on to step H.
      await at.howTo.chooseUnlock();
      await at.howTo.setPasscode("k7m4plum");
      expect(await at.howTo.heading()).toBe(SUCCESS);
    });

    test("no card, then a foreign one: each its own message with what to do", async () => {
      await at.howTo.signIn(CARDS.agent);
      await at.page.getByRole("link", { name: "Manage Smartcard" }).first().click();
      await at.howTo.press("Continue");
      expect(await at.howTo.problem()).toContain("no user’s card");
      await expectAccessible(at.page);
      await at.product.insert(2, "bankcard");
      await at.howTo.untilReaders(/Not a smartcard/);
      await at.howTo.press("Continue");
      expect(await at.howTo.problem()).toContain("not a smartcard of this service");
    });

    test("own card, any device of the same person: refused", async () => {
      await at.howTo.signIn(CARDS.agent);
      await at.howTo.putInUsersCard(CARDS.agentsOther);
      expect(await at.howTo.problem()).toContain("card of your own");
    });

    test("an expired card: unlock is refused, with what it needs and who may do it", async () => {
      await at.howTo.signIn(CARDS.agent);
      await at.howTo.putInUsersCard(CARDS.expired);
      await at.howTo.confirmPerson();
      await at.howTo.chooseDevice();
      await at.page
        .getByText(/repair/)
        .first()
        .waitFor();
      await at.page
        .getByText(/RA Agent/)
        .nth(1)
        .waitFor();
      expect(await at.page.getByRole("button", { name: "Continue" }).count()).toBe(0);
      await expectAccessible(at.page);
    });

    test("a cancelled card is refused", async () => {
      await at.howTo.signIn(CARDS.agent);
      await at.howTo.putInUsersCard(CARDS.cancelled);
      await at.howTo.confirmPerson();
      await at.howTo.chooseDevice();
      await at.page
        .getByText(/cancelled/)
        .first()
        .waitFor();
      expect(await at.page.getByRole("button", { name: "Continue" }).count()).toBe(0);
    });

    test("without saying who it is, or with another device than the one that is in, it does not go on", async () => {
      await at.howTo.signIn(CARDS.agent);
      await at.howTo.putInUsersCard(CARDS.threeDevices);
      await at.howTo.press("Continue");
      expect(await at.page.title()).toMatch(/^Error: /);
      await expectAccessible(at.page);
      await at.howTo.confirmPerson();
      await at.page.getByRole("radio", { name: new RegExp(CARDS.threeDevices.old) }).check();
      await at.howTo.press("Service");
      expect(await at.howTo.problem()).toMatch(/device/i);
      await at.page.getByText(CARDS.threeDevices.old).first().waitFor();
      await expectAccessible(at.page);
    });

    test("an ID Checker has neither tab nor unlock", async () => {
      await at.howTo.signIn(CARDS.checker);
      expect(await at.page.getByRole("link", { name: "Manage Smartcard" }).count()).toBe(0);
      const answer = await at.page.goto(new URL("/manage-smartcard", at.product.portal).href);
      expect(answer?.status()).toBe(403);
      await expectAccessible(at.page);
    });
  });

  describe("the operator's card is pulled", () => {
    const points: readonly (readonly [string, () => Promise<void>])[] = [
      ["after signing in", async () => undefined],
      ["on Personal Details", () => at.howTo.putInUsersCard(CARDS.locked)],
      [
        "at Service",
        async () => {
          await at.howTo.putInUsersCard(CARDS.locked);
          await at.howTo.confirmPerson();
          await at.howTo.chooseDevice();
        },
      ],
      ["on the passcode page", () => at.howTo.toNewPasscode(CARDS.locked)],
      [
        "with the passcode typed, before Confirm",
        async () => {
          await at.howTo.toNewPasscode(CARDS.locked);
          await at.howTo.fillPasscodes("plum83xy");
        },
      ],
    ];

    test.each(points)(
      "%s: signed out at once, nothing done, and it does not revive",
      async (_point, go) => {
        const other = await at.visitor.context.newPage();
        await at.howTo.signIn(CARDS.agent);
        await other.goto(new URL("/cis", at.product.portal).href);
        await go();
        const before = await at.product.card(CARDS.locked.serial);
        await at.product.remove(1);
        // Every page of this browser, also the one in the other tab.
        await other.waitForURL("**/signed-out");
        await other.getByText(/taken out of the reader/).waitFor();
        await at.product.insert(1, CARDS.manager.serial);
        if (at.page.url().includes("127.0.0.1")) {
          await at.page.getByLabel("New passcode", { exact: true }).fill("plum83xy");
          await at.page.getByLabel("New passcode again").fill("plum83xy");
          await at.howTo.press("Confirm");
        } else await at.page.waitForURL("**/signed-out");
        expect(await at.page.getByText(SUCCESS).count()).toBe(0);
        await at.page.goto(new URL("/manage-smartcard", at.product.portal).href);
        await at.page.waitForURL("**/signed-out");
        expect(await at.product.card(CARDS.locked.serial)).toEqual(before);
      },
    );
  });

  describe("the user's card is moved", () => {
    test("swapped between check and Confirm: refused, and the other card never sees a PUK", async () => {
      await at.howTo.signIn(CARDS.agent);
      await at.howTo.toNewPasscode(CARDS.locked);
      const [mine, other] = [
        await at.product.card(CARDS.locked.serial),
        await at.product.card(CARDS.lockedDigits.serial),
      ];
      await at.product.remove(2);
      await at.product.insert(2, CARDS.lockedDigits.serial);
      await at.howTo.fillPasscodes("plum83xy");
      await at.howTo.press("Confirm");
      expect(await at.page.getByText(SUCCESS).count()).toBe(0);
      expect(await at.product.card(CARDS.locked.serial)).toEqual(mine);
      expect(await at.product.card(CARDS.lockedDigits.serial)).toEqual(other);
    });

    test("pulled on Personal Details: the unlock is over, and starts again with the card", async () => {
      await at.howTo.signIn(CARDS.agent);
      await at.howTo.putInUsersCard(CARDS.locked);
      await at.product.remove(2);
      await expect
        .poll(async () => {
          await at.page.reload();
          return at.page.getByText(/card was taken out/).count();
        })
        .toBeGreaterThan(0);
      await expectAccessible(at.page);
      await at.howTo.putInUsersCard(CARDS.locked);
      expect(await at.howTo.heading()).toContain("Personal Details");
    });
  });

  describe("back, reload, two tabs", () => {
    test("reloading each step stays there, and Back after success shows the outcome, not the form", async () => {
      await at.howTo.signIn(CARDS.agent);
      await at.howTo.putInUsersCard(CARDS.locked);
      await at.page.reload();
      expect(await at.howTo.heading()).toContain("Personal Details");
      await at.howTo.confirmPerson();
      await at.howTo.chooseDevice();
      await at.howTo.chooseUnlock();
      await at.page.reload();
      await at.howTo.setPasscode("harbour7");
      expect(await at.howTo.heading()).toBe(SUCCESS);
      const after = await at.product.card(CARDS.locked.serial);
      await at.page.goBack();
      await at.page.reload();
      expect(await at.product.card(CARDS.locked.serial)).toEqual(after);
    });

    test("two tabs in one unlock: the first Confirm does it, the second changes nothing", async () => {
      await at.howTo.signIn(CARDS.agent);
      await at.howTo.toNewPasscode(CARDS.locked);
      const ceremony = await at.visitor.context.newPage();
      const second = new HowTo(at.product, ceremony);
      await ceremony.goto(new URL("/manage-smartcard", at.product.portal).href);
      await second.press("Continue");
      await second.press("Continue");
      expect(new URL(ceremony.url()).hostname).toBe("127.0.0.1");
      await at.howTo.setPasscode("plum83xy");
      expect(await at.howTo.heading()).toBe(SUCCESS);
      await second.fillPasscodes("Blue7Kx2");
      await second.press("Confirm");
      expect(await at.product.card(CARDS.locked.serial)).toMatchObject({ passcode: "plum83xy" });
      await ceremony.close();
    });

    test("Cancel on the passcode page: nothing was changed, and it says so", async () => {
      await at.howTo.signIn(CARDS.agent);
      await at.howTo.toNewPasscode(CARDS.lockedDigits);
      await at.howTo.press("Cancel");
      await at.page
        .getByText(/cancelled/)
        .first()
        .waitFor();
      await at.page.getByText("Nothing was changed on the card.").waitFor();
      await expectAccessible(at.page);
    });

    test("a return address that was used, or never was, leads nowhere", async () => {
      await at.howTo.meetDesk();
      for (const path of ["/return/aaaaaaaaaaaaaaaaaaaaaa/bbbbbbbbbbbbbbbbbbbbbb", "/bind/x/y"]) {
        const answer = await at.page.goto(new URL(path, at.product.portal).href);
        expect(answer?.status()).toBe(410);
        await expectAccessible(at.page);
      }
    });
  });
});
