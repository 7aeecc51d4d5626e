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

const unavailable = pcscUnavailable(["chromium"]);

describe.skipIf(unavailable !== undefined)(
  `server and agent as two processes${unavailable ? ` (skipped: ${unavailable})` : ""}`,
  () => {
    let directory: string;
    let pcscd: Pcscd;
    let deployed: Deployed;
    let server: Running;
    let agent: Running | undefined;
    let browser: Browser;
    let page: Page;
    let link: VpcdLink;

    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), "lanyard-deployed-"));
      cpSync(await seededWorld(), directory, { recursive: true });
      pcscd = await startPcscd();
      deployed = await deploy(directory, { LANYARD_OPEN_ENROLMENT: "on" });
      server = await deployed.startServer();
      browser = await launchBrowser();
      page = (await newVisitor(browser)).page;
      const card = cardInHand(directory, CARDS.agent.serial);
      link = linkToVpcd({ host: "127.0.0.1", port: pcscd.ports[1], card });
      await link.inserted;
    });
    afterAll(async () => {
      await browser?.close();
      await link?.eject();
      await agent?.stop();
      await server?.stop();
      await pcscd?.stop();
      rmSync(directory, { recursive: true, force: true });
    });

    const readersSay = (text: RegExp) =>
      page.getByRole("status").filter({ hasText: text }).waitFor({ timeout: 60_000 });

    test("a browser that does not know its PC is told what to do if the agent is not running", async () => {
      await page.goto(new URL("/cis", deployed.portal).href);
      await page.getByText("Start “Lanyard card agent” on this PC.").waitFor();
      await page.getByText(/Ward IT, extension 4321/).waitFor();
      await expectAccessible(page);
    });

    test("the agent comes, is killed in a session, and comes again: each is said live", async () => {
      agent = await deployed.startAgent();
      await page.getByRole("button", { name: "Continue" }).click();
      await readersSay(/A smartcard is in/);
      await page.getByRole("button", { name: "Sign in with your smartcard" }).click();
      await page.getByLabel("Passcode").fill(CARDS.agent.passcode);
      await page.getByRole("button", { name: "Sign in" }).click();
      await readersSay(/Your own card/);
      await agent.stop("SIGKILL");
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
      agent = await deployed.startAgent();
      await readersSay(/A smartcard is in/);
      for (const printed of [server.log(), agent.log()])
        expect(printed).not.toContain(CARDS.agent.passcode);
    });
  },
);

describe.skipIf(unavailable !== undefined)(
  `[DESIGN 4] a desk from stranger to shut out, as things are set by default${unavailable ? ` (skipped: ${unavailable})` : ""}`,
  () => {
    let directory: string;
    let pcscd: Pcscd;
    let deployed: Deployed;
    let server: Running | undefined;
    let agent: Running | undefined;
    let browser: Browser;
    let page: Page;
    let link: VpcdLink;

    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), "lanyard-closed-"));
      cpSync(await seededWorld(), directory, { recursive: true });
      pcscd = await startPcscd();
      // The demo's own agent is known already: this PC is another one.
      deployed = await deploy(directory, { LANYARD_AGENT_DATA: join(directory, "new-agent") });
      browser = await launchBrowser();
      page = (await newVisitor(browser)).page;
      const card = cardInHand(directory, CARDS.manager.serial);
      link = linkToVpcd({ host: "127.0.0.1", port: pcscd.ports[1], card });
      await link.inserted;
    });
    afterAll(async () => {
      await browser?.close();
      await link?.eject();
      await agent?.stop();
      await server?.stop();
      await pcscd?.stop();
      rmSync(directory, { recursive: true, force: true });
    });

    const agentSays = async (text: string) => {
      const main = async () => {
        await page.goto(deployed.agentPages);
        return page.innerText("main");
      };
      await expect.poll(main, { timeout: 60_000, interval: 1000 }).toContain(text);
    };
    const press = (name: string) => page.getByRole("button", { name, exact: true }).click();

    test("it is not known, and its page says so with its fingerprint; a code lets it in", async () => {
      const whose = ["--organisation", "ZRT1", "--name", "Pharmacy, desk 2"];
      const made = await deployed.lanyard(["desks", "add", ...whose]);
      expect(made, made.complained).toMatchObject({ exitCode: 0 });
      server = await deployed.startServer();
      agent = await deployed.startAgent("desk_unknown");
      await agentSays(`This desk is not known at ${new URL(deployed.portal).host}`);
      await expectAccessible(page);
      const fingerprint = await page.locator("dd code").innerText();
      const enrolled = await deployed.lanyard(["agent", "enrol"], made.said);
      expect(enrolled.complained).toContain(fingerprint);
      expect(enrolled).toMatchObject({ exitCode: 0 });
      await agentSays("Connected");
      expect(await page.getByText("This desk is not known").count()).toBe(0);
      for (const printed of [server.log(), agent.log()])
        expect(printed).not.toContain(made.said.trim());
    });

    test("shut out by whoever sits there: signed out at once, and the agent is refused", async () => {
      await page.goto(new URL("/cis", deployed.portal).href);
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
      await page.goto(new URL("/cis", deployed.portal).href);
      expect(await page.getByRole("link", { name: "Administration" }).count()).toBe(0);
      const listed = await page.getByRole("main").innerText();
      expect(listed).not.toContain("A smartcard is in");
    });
  },
);
