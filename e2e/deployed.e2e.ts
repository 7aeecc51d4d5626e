import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { linkToVpcd, type VpcdLink } from "@lanyard/agent";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectAccessible, launchBrowser, newVisitor } from "./harness/browser.ts";
import { cardInHand } from "./harness/cards.ts";
import { type Deployed, deploy, type Running } from "./harness/deployed.ts";
import { CARDS } from "./harness/how-to.ts";
import { type Pcscd, pcscUnavailable, startPcscd } from "./harness/pcscd.ts";
import { seededWorld } from "./harness/product.ts";
import { there } from "./harness/suite.ts";

const unavailable = pcscUnavailable(["chromium"]);

interface Processes {
  readonly deployed: Deployed;
  readonly page: Page;
  server: Running;
  agent: Running;
}

/** A copy of the demo's records, nothing running yet, a browser, and this operator's card in the second reader. */
function processesForTests(
  serial: string,
  settings: (directory: string) => Readonly<Record<string, string>>,
): Processes {
  const at: { -readonly [Part in keyof Processes]?: Processes[Part] } = {};
  let directory: string;
  let pcscd: Pcscd | undefined;
  let browser: Browser | undefined;
  let link: VpcdLink | undefined;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "lanyard-deployed-"));
    cpSync(await seededWorld(), directory, { recursive: true });
    pcscd = await startPcscd();
    at.deployed = await deploy(directory, settings(directory));
    browser = await launchBrowser();
    at.page = (await newVisitor(browser)).page;
    const card = cardInHand(directory, serial);
    link = linkToVpcd({ host: "127.0.0.1", port: pcscd.ports[1], card });
    await link.inserted;
  });
  afterAll(async () => {
    await browser?.close();
    await link?.eject();
    await at.agent?.stop();
    await at.server?.stop();
    await pcscd?.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  return {
    get deployed() {
      return there(at.deployed);
    },
    get page() {
      return there(at.page);
    },
    get server() {
      return there(at.server);
    },
    set server(running) {
      at.server = running;
    },
    get agent() {
      return there(at.agent);
    },
    set agent(running) {
      at.agent = running;
    },
  };
}

describe.skipIf(unavailable !== undefined)(
  `server and agent as two processes${unavailable ? ` (skipped: ${unavailable})` : ""}`,
  () => {
    const at = processesForTests(CARDS.agent.serial, () => ({ LANYARD_OPEN_ENROLMENT: "on" }));
    let page: Page;

    beforeAll(async () => {
      page = at.page;
      at.server = await at.deployed.startServer();
    });

    const readersSay = (text: RegExp) =>
      page.getByRole("status").filter({ hasText: text }).waitFor({ timeout: 60_000 });

    test("a browser that does not know its PC is told what to do if the agent is not running", async () => {
      await page.goto(new URL("/cis", at.deployed.portal).href);
      await page.getByText("Start “Lanyard card agent” on this PC.").waitFor();
      await page.getByText(/Ward IT, extension 4321/).waitFor();
      await expectAccessible(page);
    });

    test("the agent comes, is killed in a session, and comes again: each is said live", async () => {
      at.agent = await at.deployed.startAgent();
      await page.getByRole("button", { name: "Continue" }).click();
      await readersSay(/A smartcard is in/);
      await page.getByRole("button", { name: "Sign in with your smartcard" }).click();
      await page.getByLabel("Passcode").fill(CARDS.agent.passcode);
      await page.getByRole("button", { name: "Sign in" }).click();
      await readersSay(/Your own card/);
      await at.agent.stop("SIGKILL");
      await readersSay(/The card agent is not running/);
      // A silent leash ends the session by the server's own clock.
      await page.waitForURL("**/signed-out", { timeout: 60_000 });
      await page.getByText(/card agent of this PC stopped answering/).waitFor();
      await page.getByRole("link", { name: "Sign in again" }).click();
      await page.getByRole("button", { name: "Sign in with your smartcard" }).click();
      await page
        .getByRole("alert")
        .getByText(/card agent of this PC is not running/)
        .waitFor();
      expect(new URL(page.url()).hostname).toBe("localhost");
      await expectAccessible(page);
      at.agent = await at.deployed.startAgent();
      await readersSay(/A smartcard is in/);
      for (const printed of [at.server.log(), at.agent.log()])
        expect(printed).not.toContain(CARDS.agent.passcode);
    });
  },
);

describe.skipIf(unavailable !== undefined)(
  `[DESIGN 4] a desk from stranger to shut out, as things are set by default${unavailable ? ` (skipped: ${unavailable})` : ""}`,
  () => {
    // The demo's own agent is known already: this PC is another one.
    const at = processesForTests(CARDS.manager.serial, (directory) => ({
      LANYARD_AGENT_DATA: join(directory, "new-agent"),
    }));
    let page: Page;

    beforeAll(() => {
      page = at.page;
    });

    const agentSays = async (text: string) => {
      const main = async () => {
        await page.goto(at.deployed.agentPages);
        return page.innerText("main");
      };
      await expect.poll(main, { timeout: 60_000, interval: 1000 }).toContain(text);
    };
    const press = (name: string) => page.getByRole("button", { name, exact: true }).click();

    test("it is not known, and its page says so with its fingerprint; a code lets it in", async () => {
      const whose = ["--organisation", "ZRT1", "--name", "Pharmacy, desk 2"];
      const made = await at.deployed.lanyard(["desks", "add", ...whose]);
      expect(made, made.complained).toMatchObject({ exitCode: 0 });
      at.server = await at.deployed.startServer();
      at.agent = await at.deployed.startAgent("desk_unknown");
      await agentSays(`This desk is not known at ${new URL(at.deployed.portal).host}`);
      await expectAccessible(page);
      const fingerprint = await page.locator("dd code").innerText();
      const enrolled = await at.deployed.lanyard(["agent", "enrol"], made.said);
      expect(enrolled.complained).toContain(fingerprint);
      expect(enrolled).toMatchObject({ exitCode: 0 });
      await agentSays("Connected");
      expect(await page.getByText("This desk is not known").count()).toBe(0);
      for (const printed of [at.server.log(), at.agent.log()])
        expect(printed).not.toContain(made.said.trim());
    });

    test("shut out by whoever sits there: signed out at once, and the agent is refused", async () => {
      await page.goto(new URL("/cis", at.deployed.portal).href);
      await press("Continue");
      await page.getByRole("status").filter({ hasText: "A smartcard is in" }).waitFor();
      await press("Sign in with your smartcard");
      await page.getByLabel("Passcode").fill(CARDS.manager.passcode);
      await press("Sign in");
      await page.getByRole("link", { name: "Administration" }).click();
      await page.getByRole("link", { name: "Desks" }).click();
      await page.getByRole("link", { name: "Pharmacy, desk 2" }).click();
      await page.getByText("Connected").waitFor();
      await page.getByRole("link", { name: "Shut this desk out" }).click();
      await page.getByText("This is the desk you are signed in at.").waitFor();
      await expectAccessible(page);
      await press("Shut the desk out");
      await page.waitForURL("**/signed-out");
      await page.getByText("This PC may no longer be used with Lanyard").waitFor();
      await expectAccessible(page);
      await agentSays("This PC may no longer be used. Ask your registration authority.");
      await page.goto(new URL("/cis", at.deployed.portal).href);
      expect(await page.getByRole("link", { name: "Administration" }).count()).toBe(0);
      const listed = await page.getByRole("main").innerText();
      expect(listed).not.toContain("A smartcard is in");
    });
  },
);
