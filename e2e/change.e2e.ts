import { describe, expect, test } from "vitest";
import { expectAccessible } from "./harness/browser.ts";
import { CARDS } from "./harness/how-to.ts";
import { modes } from "./harness/product.ts";
import { desksForTests } from "./harness/suite.ts";

const CARD = CARDS.rsaAgent;
const NEW = "t8w3kf";
const WRONG = "h2j7yv";

describe.each(modes())("a holder changes their own passcode, $mode", ({ mode, skipped }) => {
  if (skipped !== undefined) {
    test.skip(`skipped: ${skipped}`, () => undefined);
    return;
  }

  const at = desksForTests({ mode });

  /** By the link on the start page, to the agent's page. */
  const toChange = async (): Promise<void> => {
    await at.page.getByRole("link", { name: "Change my passcode" }).click();
    await at.page.waitForURL("**/my-passcode");
    await expectAccessible(at.page);
    await at.howTo.press("Continue");
    expect(at.page.url()).toContain("127.0.0.1");
  };
  const change = async (present: string): Promise<void> => {
    await at.page.getByLabel("Present passcode").fill(present);
    await at.howTo.fillPasscodes(NEW);
    await at.howTo.press("Change passcode");
  };
  const card = () => at.product.card(CARD.serial);

  test("the card pulled while the page stands: signed out, and nothing was done", async () => {
    const other = await at.visitor.context.newPage();
    await at.howTo.signIn(CARD);
    await other.goto(new URL("/cis", at.product.portal).href);
    await toChange();
    await at.product.remove(1);
    await other.waitForURL("**/signed-out");
    await other.getByText(/taken out of the reader/).waitFor();
    await change(CARD.passcode);
    await at.page.getByRole("heading", { name: "This has been finished already" }).waitFor();
    await expectAccessible(at.page);
    await at.page.goto(new URL("/my-passcode", at.product.portal).href);
    await at.page.waitForURL("**/signed-out");
    expect(await card()).toMatchObject({ passcode: CARD.passcode, passcodeTriesLeft: 3 });
  });

  test("a wrong present passcode costs the one try the page tells of; then the right one goes through", async () => {
    await at.howTo.signIn(CARD);
    await toChange();
    await expectAccessible(at.page);
    await change(WRONG);
    expect(await at.howTo.problem()).toContain("2 tries left");
    await expectAccessible(at.page);
    expect(await card()).toMatchObject({ passcode: CARD.passcode, passcodeTriesLeft: 2 });

    await change(CARD.passcode);
    await at.page.getByRole("heading", { name: "Passcode changed" }).waitFor();
    await expectAccessible(at.page);
    expect(await card()).toMatchObject({ passcode: NEW, passcodeTriesLeft: 3 });

    // The session stands: the card was not powered off.
    await at.page.getByRole("link", { name: "Go to the start" }).click();
    await at.page.waitForURL("**/cis");
    await at.howTo.press("Sign out");

    await at.page.goto(new URL("/cis", at.product.portal).href);
    await at.howTo.untilReaders(/A smartcard is in/);
    await at.howTo.press("Sign in with your smartcard");
    await at.howTo.typePasscode(CARD.passcode);
    expect(await at.howTo.problem()).toContain("2 tries left");
    await at.howTo.typePasscode(NEW);
    await at.page.waitForURL("**/cis");
  });

  test("no passcode that was typed is in anything the product printed", () => {
    for (const passcode of [CARD.passcode, NEW, WRONG])
      expect(at.product.log()).not.toContain(passcode);
  });
});
