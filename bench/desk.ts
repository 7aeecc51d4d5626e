import { asciiBytes, Secret } from "@lanyard/bytes";
import { nodeCardCrypto } from "@lanyard/crypto";
import { openPivSession, type PivSession } from "@lanyard/piv";
import { createVirtualCard, createVirtualReader, openVirtualSession } from "@lanyard/virtual-card";
import { newVisitor } from "../e2e/harness/browser.ts";
import { cardInHand } from "../e2e/harness/cards.ts";
import { launchBrowser } from "../e2e/harness/chromium.ts";
import { CARDS, HowTo } from "../e2e/harness/how-to.ts";
import { type Mode, startProduct } from "../e2e/harness/product.ts";
import { quantile, ratio, say, timed } from "./report.ts";

/** What this software may add at a desk, whatever the card takes (the aim). */
const OWN_TIME_AIM_MS = 1000;

/** The two waits of the how-to, each beside the bare APDUs of the same card in the same run. */
export async function benchDesk(mode: Mode, rounds: number): Promise<void> {
  const product = await startProduct({ mode });
  const browser = await launchBrowser();
  const { page } = await newVisitor(browser);
  const howTo = new HowTo(product, page);
  const toDetails: number[] = [];
  const toSuccess: number[] = [];
  const bareProof: number[] = [];
  const bareUnlock: number[] = [];
  try {
    await howTo.signIn(CARDS.agent);
    for (let round = 0; round < rounds; round += 1) {
      await howTo.page.getByRole("link", { name: "Manage Smartcard" }).first().click();
      await page.waitForURL("**/manage-smartcard");
      const passcode = PASSCODES[round % PASSCODES.length] ?? "";
      // The reader's own look at its slot (vpcd: every 400 ms) is the hardware's time, not ours.
      await product.insert(2, CARDS.locked.serial);
      toDetails.push(await timed(() => toPersonalDetails(howTo)));
      await howTo.confirmPerson();
      await howTo.chooseDevice();
      await howTo.chooseUnlock();
      await howTo.fillPasscodes(passcode);
      toSuccess.push(await timed(() => howTo.press("Confirm")));
      if ((await howTo.heading()) !== SUCCESS) throw new Error("The unlock did not succeed.");
      await product.remove(2);
      const card = cardInHand(product.directory, CARDS.locked.serial);
      bareProof.push(await bare(card, proveOnly));
      bareUnlock.push(await bare(card, (piv) => unlockOnly(piv, card.state.puk.value)));
    }
  } finally {
    await browser.close();
    await product.stop();
  }
  tell("card in reader to Personal Details on screen", mode, {
    subject: toDetails,
    bare: bareProof,
  });
  tell("Confirm to success page", mode, { subject: toSuccess, bare: bareUnlock });
}

const SUCCESS = "Smartcard successfully unlocked";
const PASSCODES = ["Blue7Kx2", "plum83xy", "harbour7"];

/** From the reader having the card to its owner on the screen: recognised, shown live, Continue, proven, page. */
async function toPersonalDetails(howTo: HowTo): Promise<void> {
  await howTo.untilReaders(new RegExp(`Card of ${CARDS.locked.name}`));
  await howTo.press("Continue");
}

/** The same card's chip with nothing of ours around it but the PIV client: the floor no software gets below. */
async function bare(
  card: ReturnType<typeof cardInHand>,
  work: (piv: PivSession) => Promise<void>,
): Promise<number> {
  const reader = createVirtualReader("Bench");
  reader.insert(
    createVirtualCard({ state: card.state, crypto: nodeCardCrypto, save: async () => {} }),
  );
  const session = openVirtualSession(reader);
  const time = await timed(async () => work(await openPivSession(session, KNOWN)));
  await session.close();
  return time;
}

const KNOWN = { extendedLength: true };
const DIGEST = new Uint8Array(32).fill(7);

async function proveOnly(piv: PivSession): Promise<void> {
  await piv.readCertificate("9e");
  await piv.sign("9e", "p256", DIGEST);
  await piv.verifyStatus();
}

async function unlockOnly(piv: PivSession, pukHex: string): Promise<void> {
  const puk = () => new Secret(Uint8Array.from(Buffer.from(pukHex, "hex")));
  const passcode = () => new Secret(asciiBytes("Blue7Kx2"));
  await piv.sign("9e", "p256", DIGEST);
  await piv.resetRetryCounter(puk(), passcode());
  await piv.changePuk(puk(), puk());
  await piv.sign("9e", "p256", DIGEST);
  await piv.verify(passcode());
  await piv.sign("9a", "p256", DIGEST);
}

function tell(
  what: string,
  mode: Mode,
  {
    subject,
    bare: reference,
  }: { readonly subject: readonly number[]; readonly bare: readonly number[] },
): void {
  const own = quantile(subject, 0.95) - quantile(reference, 0.95);
  const share = (own / OWN_TIME_AIM_MS).toFixed(2);
  say(`${what} (${mode}, ${subject.length} rounds)`);
  say(`  to the bare APDUs of the same card    ${ratio(subject, reference)}`);
  say(
    `  our own time, p95, to the aim of 1 s  ${share}${own <= OWN_TIME_AIM_MS ? "" : "  MISSED"}`,
  );
}
