import type { Page } from "playwright-core";
import type { Product } from "./product.ts";

/** Cards of the demo's people, by what they are good for. */
export const CARDS = {
  agent: { serial: "98210046", passcode: "q4vz8m", name: "Mr Sam Carter" },
  agentsOther: { serial: "94320017", name: "Mr Sam Carter" },
  manager: { serial: "98210113", passcode: "583926", name: "Ms Priya Raman" },
  sponsor: { serial: "98210355", passcode: "m3xk9d", name: "Mrs Grace Adeyemi" },
  checker: { serial: "98210429", passcode: "9r4n7b", name: "Ms Leila Haddad" },
  administrator: { serial: "98210561", passcode: "720495", name: "Mr Owen Pritchard" },
  rsaAgent: { serial: "98210638", passcode: "w6pf3t", name: "Ms Mei Lin Chen" },
  lockedOperator: { serial: "98210872", passcode: "t5hz8c" },
  expiredOperator: { serial: "98210930", passcode: "b7k3x9" },
  cancelledOperator: { serial: "98211028", passcode: "v2m6q8" },
  closedAccount: { serial: "98263209", passcode: "w3k8r5" },
  locked: { serial: "98261750", name: "Ms Maria Okafor", careId: "555083916274", old: "x4w9k2" },
  lockedDigits: {
    serial: "98261932",
    name: "Mr Gurpreet Sandhu",
    careId: "555146380251",
    oldPasscode: "609374",
  },
  fixedPuk: { serial: "98262518", name: "Mr Emeka Nwosu", careId: "555202719684" },
  threeDevices: {
    serial: "98261817",
    old: "90417725",
    name: "Dr James Whitfield",
    careId: "555135027894",
  },
  notLocked: { serial: "98262044", name: "Miss Aoife Brennan" },
  expired: { serial: "98262159", name: "Dr Hiroshi Tanaka" },
  cancelled: { serial: "98262276", name: "Mrs Fatima Al-Sayed" },
  issuedLocked: { serial: "98262301", name: "Mr Mateus Oliveira" },
} as const;

/** The how-to's steps, done as a person does them: by what is written on the screen. */
export class HowTo {
  readonly product: Product;
  readonly page: Page;

  constructor(product: Product, page: Page) {
    this.product = product;
    this.page = page;
  }

  heading(): Promise<string> {
    return this.page.getByRole("heading", { level: 1 }).innerText();
  }

  /** Presses and waits until the next page is there. */
  async press(name: string | RegExp): Promise<void> {
    const { page } = this;
    await Promise.all([
      page.waitForEvent("domcontentloaded"),
      page
        .getByRole("button", { name, exact: typeof name === "string" })
        .first()
        .click(),
    ]);
    await page.waitForLoadState();
  }

  /** Before A: the browser meets its desk. */
  async meetDesk(): Promise<void> {
    await this.page.goto(new URL("/cis", this.product.portal).href);
    await this.press("Continue");
  }

  /** To the agent's passcode page, with this card in reader 1. */
  async toPasscode(serial: string): Promise<void> {
    await this.product.insert(1, serial);
    await this.meetDesk();
    await this.untilReaders(/A smartcard is in/);
    await this.press("Sign in with your smartcard");
  }

  /** A. */
  async signIn(card: { readonly serial: string; readonly passcode: string }): Promise<void> {
    await this.toPasscode(card.serial);
    await this.typePasscode(card.passcode);
  }

  async typePasscode(passcode: string): Promise<void> {
    await this.page.getByLabel("Passcode").fill(passcode);
    await this.press("Sign in");
  }

  /** The live region says so, without a reload. */
  async untilReaders(text: RegExp): Promise<void> {
    await this.page.getByRole("status").filter({ hasText: text }).waitFor();
  }

  /** D, E. */
  async putInUsersCard(card: { readonly serial: string; readonly name: string }): Promise<void> {
    await this.page.getByRole("link", { name: "Manage Smartcard" }).first().click();
    await this.page.waitForURL("**/manage-smartcard");
    await this.product.insert(2, card.serial);
    await this.untilReaders(new RegExp(`Card of ${card.name}`));
    await this.press("Continue");
  }

  /** F. */
  async confirmPerson(): Promise<void> {
    await this.page.getByLabel(/matches the photo/).check();
    await this.page.getByLabel("This is the person").check();
    await this.press("Continue");
  }

  /** G. */
  async chooseDevice(): Promise<void> {
    await this.press("Service");
  }

  /** H. */
  async chooseUnlock(): Promise<void> {
    await this.page.getByLabel("Unlock Smartcard").check();
    await this.press("Continue");
  }

  /** D to H. */
  async toNewPasscode(card: { readonly serial: string; readonly name: string }): Promise<void> {
    await this.putInUsersCard(card);
    await this.confirmPerson();
    await this.chooseDevice();
    await this.chooseUnlock();
  }

  /** I. */
  async setPasscode(passcode: string, again = passcode): Promise<void> {
    await this.fillPasscodes(passcode, again);
    await this.press("Confirm");
  }

  async fillPasscodes(passcode: string, again = passcode): Promise<void> {
    await this.page.getByLabel("New passcode", { exact: true }).fill(passcode);
    await this.page.getByLabel("New passcode again").fill(again);
  }

  /** The first sentence under "There is a problem". */
  problem(): Promise<string> {
    return this.page.getByRole("alert").getByRole("listitem").first().innerText();
  }
}
