import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { expectAccessible } from "./harness/browser.ts";
import { CARDS, HowTo } from "./harness/how-to.ts";
import { modes } from "./harness/product.ts";
import { desksForTests } from "./harness/suite.ts";

const SUCCESS = "Smartcard successfully unlocked";

describe.each(modes())("the how-to, $mode", ({ mode, skipped }) => {
  if (skipped !== undefined) {
    test.skip(`skipped: ${skipped}`, () => undefined);
    return;
  }

  const at = desksForTests({ mode });

  test("A to J as RA Agent by the tab; each page is accessible; the readers are live", async () => {
    const { page } = at;
    await page.goto(at.product.portal);
    await expectAccessible(page);
    const [launched] = await Promise.all([
      at.visitor.context.waitForEvent("page"),
      page.getByRole("link", { name: "Launch Care Identity Service" }).click(),
    ]);
    await launched.waitForLoadState();
    expect(new URL(launched.url()).pathname).toBe("/cis");
    const howTo = new HowTo(at.product, launched);
    await expectAccessible(launched);
    await howTo.press("Continue");
    await howTo.untilReaders(/No card/);
    await at.product.insert(1, CARDS.agent.serial);
    await howTo.untilReaders(/A smartcard is in/);
    await expectAccessible(launched);
    await howTo.press("Sign in with your smartcard");
    await expectAccessible(launched);
    await howTo.typePasscode(CARDS.agent.passcode);
    await howTo.untilReaders(/Your own card/);
    await expectAccessible(launched);
    await howTo.putInUsersCard(CARDS.locked);
    expect(await howTo.heading()).toContain("Personal Details");
    await launched.getByText("The card is locked.").waitFor();
    await launched.getByRole("img", { name: /Maria Okafor/ }).waitFor();
    await expectAccessible(launched);
    await howTo.confirmPerson();
    expect(await howTo.heading()).toContain("Smartcard Details");
    await expectAccessible(launched);
    await howTo.chooseDevice();
    await expectAccessible(launched);
    await howTo.chooseUnlock();
    expect(new URL(launched.url()).hostname).toBe("127.0.0.1");
    await launched.getByText("Use 4 to 8 letters or numbers.").waitFor();
    await launched.getByText(/look away/).waitFor();
    await expectAccessible(launched);
    const before = await at.product.card(CARDS.locked.serial);
    await howTo.setPasscode("Blue7Kx2");
    expect(await howTo.heading()).toBe(SUCCESS);
    await expectAccessible(launched);
    // The new passcode works, the old does not, the tries are full again: said by the card itself.
    const after = await at.product.card(CARDS.locked.serial);
    expect(before.passcodeTriesLeft).toBe(0);
    expect(after).toMatchObject({ passcode: "Blue7Kx2", passcodeTriesLeft: 3, pukTriesLeft: 15 });
  });

  test("as RA Sponsor; a card that takes digits only says so, and its rule holds", async () => {
    await at.howTo.signIn(CARDS.sponsor);
    await at.howTo.toNewPasscode(CARDS.lockedDigits);
    await at.visitor.page.getByText("Use 6 to 8 numbers.").waitFor();
    await at.howTo.setPasscode("Blue7Kx2");
    expect(await at.howTo.problem()).toContain("numbers");
    await at.howTo.setPasscode("738261");
    expect(await at.howTo.heading()).toBe(SUCCESS);
    expect(await at.product.card(CARDS.lockedDigits.serial)).toMatchObject({
      passcode: "738261",
      passcodeTriesLeft: 3,
    });
  });

  test("wrong and mismatched passcodes: one reason each, nothing done to the card; then it goes on", async () => {
    const { page } = at;
    await at.howTo.signIn(CARDS.agent);
    await at.howTo.toNewPasscode(CARDS.threeDevices);
    const cases: readonly (readonly [string, string, RegExp])[] = [
      ["", "", /Type the new passcode/],
      ["k7m", "k7m", /Use 4 to 8/],
      ["1234", "1234", /simple order/],
      ["9999", "9999", /repeats/],
      ["password", "password", /Many people/],
      ["james63", "james63", /about you/],
      ["plum83", "plum84", /different/],
    ];
    for (const [passcode, again, reason] of cases) {
      await at.howTo.setPasscode(passcode, again);
      expect(await page.title()).toMatch(/^Error: /);
      expect(await at.howTo.problem()).toMatch(reason);
      expect(await page.getByLabel("New passcode", { exact: true }).inputValue()).toBe("");
    }
    await expectAccessible(page);
    expect(await at.product.card(CARDS.threeDevices.serial)).toMatchObject({
      passcodeTriesLeft: 0,
    });
    await at.howTo.setPasscode("plum83");
    expect(await at.howTo.heading()).toBe(SUCCESS);
  });

  test("not locked: the page says so and a new passcode can be set all the same", async () => {
    await at.howTo.signIn(CARDS.rsaAgent);
    await at.howTo.putInUsersCard(CARDS.notLocked);
    await at.visitor.page.getByText(/not locked: 3 tries left/).waitFor();
    await at.howTo.confirmPerson();
    await at.howTo.chooseDevice();
    await at.howTo.chooseUnlock();
    await at.howTo.setPasscode("73916xy");
    expect(await at.howTo.heading()).toBe(SUCCESS);
  });

  test("issued locked: its first passcode; a card whose PUK cannot be changed is unlocked as well", async () => {
    await at.howTo.signIn(CARDS.agent);
    await at.howTo.toNewPasscode(CARDS.issuedLocked);
    await at.howTo.setPasscode("k7m4t");
    expect(await at.howTo.heading()).toBe(SUCCESS);
    await at.product.remove(2);
    await at.howTo.toNewPasscode(CARDS.fixedPuk);
    await at.howTo.setPasscode("582931");
    expect(await at.howTo.heading()).toBe(SUCCESS);
    // A second time: the derived PUK is the same one and still right.
    await at.product.remove(2);
    await at.howTo.toNewPasscode(CARDS.fixedPuk);
    await at.howTo.setPasscode("40718263");
    expect(await at.howTo.heading()).toBe(SUCCESS);
  });

  test("a rotated PUK: the same card is unlocked again, and again", async () => {
    await at.howTo.signIn(CARDS.manager);
    for (const passcode of ["harbour7", "plum83", "Blue7Kx2"]) {
      await at.howTo.toNewPasscode(CARDS.locked);
      await at.howTo.setPasscode(passcode);
      expect(await at.howTo.heading()).toBe(SUCCESS);
      expect(await at.product.card(CARDS.locked.serial)).toMatchObject({
        passcode,
        pukTriesLeft: 15,
      });
      await at.product.remove(2);
    }
  });

  test("by keyboard alone, from the portal to success", async () => {
    await at.visitor.page.goto(at.product.portal);
    await tabTo(at.visitor.page, "Launch Care Identity Service");
    const [page] = await Promise.all([
      at.visitor.context.waitForEvent("page"),
      at.visitor.page.keyboard.press("Enter"),
    ]);
    const howTo = new HowTo(at.product, page);
    const { keyboard } = page;
    await page.waitForURL("**/cis");
    await tabTo(page, "Continue");
    await keyboard.press("Enter");
    await at.product.insert(1, CARDS.agent.serial);
    await howTo.untilReaders(/A smartcard is in/);
    await tabTo(page, "Sign in with your smartcard");
    await keyboard.press("Enter");
    await page.waitForURL("**/t/*");
    // What the page puts the focus on is typed into; Enter presses the form's button.
    await tabTo(page, "Passcode");
    await keyboard.type(CARDS.agent.passcode);
    await keyboard.press("Enter");
    await page.waitForURL("**/cis");
    await tabTo(page, "Manage Smartcard");
    await keyboard.press("Enter");
    await page.waitForURL("**/manage-smartcard");
    await at.product.insert(2, CARDS.lockedDigits.serial);
    await howTo.untilReaders(/Card of Mr Gurpreet Sandhu/);
    await tabTo(page, "Continue");
    await keyboard.press("Enter");
    await page.waitForURL("**/ceremonies/*");
    await tabTo(page, "The person matches the photo on screen and on the card");
    await keyboard.press("Space");
    await tabTo(page, "This is the person");
    await keyboard.press("Space");
    await tabTo(page, "Continue");
    await keyboard.press("Enter");
    await page.getByRole("heading", { name: /Smartcard Details/ }).waitFor();
    await tabTo(page, "Service");
    await keyboard.press("Enter");
    await page.waitForURL("**/service");
    await tabTo(page, "Continue");
    await keyboard.press("Enter");
    await page.waitForURL("**/t/*");
    await tabTo(page, "New passcode");
    await keyboard.type("407182");
    await keyboard.press("Tab");
    await keyboard.type("407182");
    await tabTo(page, "Confirm");
    await keyboard.press("Enter");
    await page.getByRole("heading", { name: SUCCESS }).waitFor();
  });

  test("no passcode that was typed is in anything the product printed", () => {
    const typed = ["Blue7Kx2", "738261", "plum83", "harbour7", "40718263", CARDS.agent.passcode];
    for (const passcode of typed) expect(at.product.log()).not.toContain(passcode);
  });
});

/** Tabs until what has the focus is called so; gives up after a page's worth. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    if ((await focusedName(page)) === name) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Nothing called "${name}" can be reached with Tab.`);
}

function focusedName(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (element === null) return "";
    const labels = Reflect.get(element, "labels");
    const label = labels instanceof NodeList ? labels[0]?.textContent : undefined;
    return (label ?? element.textContent ?? "").trim();
  });
}
