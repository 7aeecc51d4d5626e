// Makes the pictures of the README and of docs/how-to from the product itself: runs the demo, goes through the how-to
// in Chromium, and writes docs/images. Needs `npm run build` and Debian's Chromium.
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { launchBrowser } from "../e2e/harness/chromium.ts";
import { CARDS, HowTo } from "../e2e/harness/how-to.ts";
import { startProduct } from "../e2e/harness/product.ts";

const IMAGES = fileURLToPath(new URL("../docs/images", import.meta.url));
/** Wide enough for the layout of a PC, narrow enough to be read in a document. */
const SIZE = { width: 800, height: 700 };
/** Where the demo is when a newcomer runs it. */
const PORTS = { port: 3000, agentPort: 24_738, trayPort: 24_739 };
const NEW_PASSCODE = "blue7kx2";

/** The page down to its footer, or to `heightMax`, under this name; its size in the terminal. */
async function take(page: Page, name: string, heightMax = 2000): Promise<void> {
  const path = join(IMAGES, `${name}.png`);
  await page.waitForLoadState("load");
  await page.evaluate(() => scrollTo(0, 0));
  const footer = await page.getByRole("contentinfo").boundingBox();
  const clip = { x: 0, y: 0, width: SIZE.width, height: Math.min(footer?.y ?? 0, heightMax) };
  await page.screenshot({ path, clip, fullPage: true, animations: "disabled", caret: "hide" });
  process.stdout.write(`${name}.png  ${Math.ceil(statSync(path).size / 1024)} kB\n`);
}

/** A to D: the operator comes in. */
async function comeIn(howTo: HowTo): Promise<void> {
  const { page, product } = howTo;
  await page.goto(product.portal);
  await take(page, "how-to-b-portal");
  await product.insert(1, CARDS.agent.serial);
  await howTo.meetDesk();
  await howTo.untilReaders(/A smartcard is in/);
  await take(page, "how-to-a-sign-in");
  await howTo.press("Sign in with your smartcard");
  await take(page, "how-to-a-passcode");
  await howTo.typePasscode(CARDS.agent.passcode);
  await howTo.untilReaders(/Your own card/);
  await take(page, "how-to-d-start");
}

/** The green box: the other way to the same card. */
async function search(howTo: HowTo): Promise<void> {
  const { page } = howTo;
  await page.getByLabel("UUID, name or card number").fill(CARDS.threeDevices.careId);
  await howTo.press("Search");
  await page.getByRole("link", { name: new RegExp(CARDS.threeDevices.name) }).click();
  await page.getByRole("heading", { name: "Smartcard Details" }).waitFor();
  await take(page, "how-to-green-box-profile");
}

/** E to J. */
async function unlock(howTo: HowTo): Promise<void> {
  const { page, product } = howTo;
  await page.getByRole("link", { name: "Manage Smartcard" }).first().click();
  await page.waitForURL("**/manage-smartcard");
  await product.insert(2, CARDS.locked.serial);
  await howTo.untilReaders(new RegExp(`Card of ${CARDS.locked.name}`));
  await take(page, "how-to-e-card");
  await howTo.press("Continue");
  await page.getByLabel(/matches the photo/).check();
  await page.getByLabel("This is the person").check();
  await take(page, "how-to-f-person");
  await howTo.press("Continue");
  await take(page, "how-to-g-device");
  await howTo.chooseDevice();
  await take(page, "how-to-h-service");
  await howTo.chooseUnlock();
  await howTo.fillPasscodes(NEW_PASSCODE);
  await take(page, "unlock");
  await howTo.press("Confirm");
  await page.getByRole("heading", { name: "Smartcard successfully unlocked" }).waitFor();
  await take(page, "how-to-j-done");
}

mkdirSync(IMAGES, { recursive: true });
const product = await startProduct({ mode: "demo", ...PORTS });
const browser = await launchBrowser();
try {
  const context = await browser.newContext({ viewport: SIZE, reducedMotion: "reduce" });
  const howTo = new HowTo(product, await context.newPage());
  await comeIn(howTo);
  await search(howTo);
  await unlock(howTo);
  await howTo.page.goto(product.tray);
  await take(howTo.page, "card-tray", 1100);
} finally {
  await browser.close();
  await product.stop();
}
