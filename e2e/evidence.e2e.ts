import { execFile } from "node:child_process";
import { createHash, verify, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { linkToVpcd, type VpcdLink } from "@lanyard/agent";
import type { VirtualCard } from "@lanyard/virtual-card";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { expectAccessible, launchBrowser, newVisitor, type Visitor } from "./harness/browser.ts";
import { cardInHand } from "./harness/cards.ts";
import { CARDS, HowTo } from "./harness/how-to.ts";
import { type Pcscd, pcscUnavailable, startPcscd } from "./harness/pcscd.ts";
import { type Product, startProduct } from "./harness/product.ts";

const SUCCESS = "Smartcard successfully unlocked";
const RESET_RETRY_COUNTER = 0x2c;
const CLIENT_LIMIT_MS = 60_000;
const unavailable = pcscUnavailable(["pkcs11-tool", "chromium"]);

describe.skipIf(unavailable !== undefined)(
  `what only real PC/SC shows${unavailable ? ` (skipped: ${unavailable})` : ""}`,
  () => {
    let product: Product;
    let browser: Browser;
    let visitor: Visitor;
    let howTo: HowTo;
    let link: VpcdLink | undefined;
    let secondService: Pcscd | undefined;
    let folder: string;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "lanyard-evidence-"));
      browser = await launchBrowser();
      product = await startProduct({ mode: "pcsc" });
    });
    afterAll(async () => {
      await browser?.close();
      await product?.stop();
      await secondService?.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    beforeEach(async () => {
      visitor = await newVisitor(browser);
      howTo = new HowTo(product, visitor.page);
    });
    afterEach(async () => {
      expect(visitor.complaints).toEqual([]);
      await visitor.context.close();
      await link?.eject();
      link = undefined;
      for (const reader of [1, 2]) await product.remove(reader);
    });

    /**
     * The user's card comes from the test's own hand, so that it can be made slow, or fail. One card for each test: what
     * is done to it is kept by the server, not by its file.
     */
    async function toNewPasscodeWith(card: VirtualCard, holder: string): Promise<void> {
      const { page } = visitor;
      await page.getByRole("link", { name: "Manage Smartcard" }).first().click();
      link = linkToVpcd({ host: "127.0.0.1", port: product.pcscd?.ports[1] ?? 0, card });
      await howTo.untilReaders(new RegExp(`Card of ${holder}`));
      await howTo.press("Continue");
      await howTo.confirmPerson();
      await howTo.chooseDevice();
      await howTo.chooseUnlock();
    }

    const pkcs11 = (...words: string[]) =>
      promisify(execFile)("pkcs11-tool", words, {
        timeout: CLIENT_LIMIT_MS,
        env: { ...process.env, LC_ALL: "C", HOME: folder },
        cwd: folder,
      });

    test("after an unlock, pkcs11-tool logs in with the new passcode and signs; with the old one it does not", async () => {
      await howTo.signIn(CARDS.agent);
      await howTo.toNewPasscode(CARDS.lockedDigits);
      await howTo.setPasscode("738261");
      expect(await howTo.heading()).toBe(SUCCESS);
      await product.remove(1);
      await visitor.page.waitForURL("**/signed-out");
      writeFileSync(join(folder, "digest"), createHash("sha256").update("evidence").digest());
      const sign = ["--sign", "--id", "01", "--mechanism", "ECDSA"];
      const files = ["--input-file", "digest", "--output-file", "signature"];
      const old = ["--login", "--pin", CARDS.lockedDigits.oldPasscode];
      await expect(pkcs11(...old, ...sign, ...files)).rejects.toThrow(/CKR_PIN_INCORRECT/);
      await pkcs11("--login", "--pin", "738261", ...sign, ...files);
      await pkcs11("--read-object", "--type", "cert", "--id", "01", "--output-file", "certificate");
      const { publicKey, subject } = new X509Certificate(readFileSync(join(folder, "certificate")));
      const key = { key: publicKey, dsaEncoding: "ieee-p1363" } as const;
      const signature = readFileSync(join(folder, "signature"));
      expect(verify("sha256", Buffer.from("evidence"), key, signature)).toBe(true);
      expect(subject).toContain(CARDS.lockedDigits.careId);
    });

    test("the operator's card pulled after the release: the burst is finished, the session ends, the outcome stands", async () => {
      const { page, context } = visitor;
      const card = cardInHand(product.directory, CARDS.locked.serial);
      const [reached, letGo] = holdAt(card, RESET_RETRY_COUNTER);
      await howTo.signIn(CARDS.agent);
      await toNewPasscodeWith(card, CARDS.locked.name);
      const other = await context.newPage();
      await other.goto(new URL("/cis", product.portal).href);
      await howTo.fillPasscodes("plum83xy");
      await page.getByRole("button", { name: "Confirm" }).click({ noWaitAfter: true });
      await reached;
      await product.remove(1);
      await other.waitForURL("**/signed-out");
      await product.insert(1, CARDS.manager.serial);
      letGo();
      await page.getByRole("heading", { name: "You are signed out" }).waitFor();
      await page.getByText(SUCCESS).waitFor();
      // Signed out, it does not say whose card it was.
      expect(await page.getByRole("main").innerText()).not.toContain("Okafor");
      await expectAccessible(page);
      expect(card.state.passcode.triesLeft).toBe(3);
      await page.goto(new URL("/manage-smartcard", product.portal).href);
      await page.waitForURL("**/signed-out");
    });

    test("the user's card pulled just as it was reset: never called failed, and it can be unlocked again", async () => {
      const { page } = visitor;
      const card = cardInHand(product.directory, CARDS.threeDevices.serial);
      card.faults.arm({ kind: "power_cut", when: "after" }, { ins: RESET_RETRY_COUNTER });
      await howTo.signIn(CARDS.agent);
      await toNewPasscodeWith(card, CARDS.threeDevices.name);
      await howTo.setPasscode("plum83xy");
      expect(await howTo.heading()).toBe("Unlock not finished");
      expect(await page.getByRole("main").innerText()).not.toMatch(/fail/i);
      await expectAccessible(page);
      await page.getByRole("link", { name: "Manage Smartcard" }).first().click();
      await howTo.untilReaders(/No card/);
      await toNewPasscodeWith(card, CARDS.threeDevices.name);
      await howTo.setPasscode("harbour7");
      expect(await howTo.heading()).toBe(SUCCESS);
    });

    test("the PC's smartcard service stops: said live, and all is well again when it runs", async () => {
      const { page } = visitor;
      await product.insert(1, CARDS.agent.serial);
      await howTo.meetDesk();
      await howTo.untilReaders(/A smartcard is in/);
      await product.pcscd?.stop();
      await howTo.untilReaders(/smartcard service of this PC does not answer/);
      await expectAccessible(page);
      secondService = await startPcscd();
      await howTo.untilReaders(/No card/);
      await product.insert(1, CARDS.agent.serial);
      await howTo.untilReaders(/A smartcard is in/);
      await howTo.press("Sign in with your smartcard");
      await howTo.typePasscode(CARDS.agent.passcode);
      await howTo.toNewPasscode(CARDS.notLocked);
      await howTo.setPasscode("harbour7");
      expect(await howTo.heading()).toBe(SUCCESS);
    });

    test("no passcode that was typed is in anything the product printed", () => {
      for (const passcode of ["738261", "plum83xy", "harbour7", CARDS.agent.passcode])
        expect(product.log()).not.toContain(passcode);
    });
  },
);

/** The card stands still when this instruction reaches it: when that is, and what lets it go on. */
function holdAt(card: VirtualCard, ins: number): readonly [Promise<void>, () => void] {
  let arrive: () => void = () => undefined;
  let letGo: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const released = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const until = (): Promise<void> => {
    arrive();
    return released;
  };
  card.faults.arm({ kind: "delay", until }, { ins });
  return [reached, () => letGo()];
}
