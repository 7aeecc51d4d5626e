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
      deployed = await deploy(directory);
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
