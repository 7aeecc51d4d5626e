import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { assetUrls, contentSecurityPolicy, renderPage } from "@lanyard/pages";
import { type Assets, readAssets } from "@lanyard/pages/node";
import type { AxeResults } from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { renderDeskStatus } from "../apps/server/src/pages/desk-status/desk-status.tsx";
import {
  AGENT_DOWN,
  DESK_EMPTY,
  DESK_READY,
} from "../apps/server/src/pages/testing/sample-models.ts";
import { samplePages } from "../apps/server/src/pages/testing/sample-pages.ts";

const CHROMIUM = "/usr/bin/chromium";
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"];
const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 320, height: 800 };
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const skipped = existsSync(CHROMIUM) ? "" : ` (skipped: ${CHROMIUM} is not installed)`;
const names = Object.keys(samplePages(assetUrls("none")));

describe.skipIf(skipped !== "")(`the server's pages in Chromium${skipped}`, () => {
  let site: Site;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    site = await openSite(await readAssets());
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    page = await browser.newPage({ viewport: WIDE });
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning")
        complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
  });

  afterAll(async () => {
    await browser?.close();
    site?.close();
  });

  test.each(names)(
    "[WCAG22] %s: axe is content, and nothing sticks out at 320 px",
    async (name) => {
      complaints.length = 0;
      for (const viewport of [WIDE, NARROW]) {
        await page.setViewportSize(viewport);
        await page.goto(`${site.origin}/${name}`);
        await page.addScriptTag({ url: "/axe.js" });
        expect(await violations(page)).toEqual([]);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(width).toBeLessThanOrEqual(viewport.width);
      }
      expect(complaints).toEqual([]);
    },
  );

  describe("live readers", () => {
    /** The live region of a page whose stream has said `first`. */
    async function openLive(first: string): Promise<void> {
      site.hangUp();
      await page.setViewportSize(WIDE);
      await page.goto(`${site.origin}/sign-in`);
      await expect.poll(() => site.listeners(), { timeout: 30_000 }).toBe(1);
      site.say("desk", first);
    }

    const region = () => page.getByRole("status");

    test("a change replaces what the region says, and the page stays where it is", async () => {
      await openLive(renderDeskStatus(DESK_EMPTY));
      site.say("desk", renderDeskStatus(DESK_READY));
      await region().getByText("Your own card").waitFor();
      site.say("desk", renderDeskStatus(AGENT_DOWN));
      await region().getByText("The card agent is not running").waitFor();
      expect(page.url()).toBe(`${site.origin}/sign-in`);
    });

    test("the same again is not put in again, so that it is not read out again", async () => {
      await openLive(renderDeskStatus(DESK_EMPTY));
      await page.evaluate(() => {
        const target = document.querySelector("[role=status]");
        if (target === null) throw new Error("The page has no live region.");
        const count = () => {
          target.setAttribute("data-changes", `${Number(target.getAttribute("data-changes")) + 1}`);
        };
        new MutationObserver(count).observe(target, { childList: true, subtree: true });
      });
      site.say("desk", renderDeskStatus(DESK_EMPTY));
      site.say("desk", renderDeskStatus(DESK_EMPTY));
      site.say("desk", renderDeskStatus(DESK_READY));
      await region().getByText("Your own card").waitFor();
      expect(await region().getAttribute("data-changes")).toBe("1");
    });

    test("a stream that breaks says so, and one that comes back takes the word back", async () => {
      await openLive(renderDeskStatus(DESK_EMPTY));
      site.refuseStreams(true);
      site.hangUp();
      await region().getByText("Live view lost. Reload the page.").waitFor();
      site.refuseStreams(false);
      await expect.poll(() => site.listeners(), { timeout: 30_000 }).toBe(1);
      site.say("desk", renderDeskStatus(DESK_READY));
      await region().getByText("Your own card").waitFor();
      expect(await region().getByText("Live view lost").count()).toBe(0);
    });

    test("signed out: the page is replaced, so that Back does not lead to it", async () => {
      await openLive(renderDeskStatus(DESK_READY));
      const before = await page.evaluate(() => history.length);
      site.say("signed-out", "");
      await page.waitForURL(`${site.origin}/signed-out`);
      expect(await page.evaluate(() => history.length)).toBe(before);
    });

    test("a page that is left lets its stream go", async () => {
      await openLive(renderDeskStatus(DESK_READY));
      await page.goto(`${site.origin}/problem-404`);
      await expect.poll(() => site.listeners(), { timeout: 30_000 }).toBe(0);
    });

    test("a page restored from the browser's memory is asked for again", async () => {
      await openLive(renderDeskStatus(DESK_READY));
      const requests = site.requests("/sign-in");
      await page.evaluate(() =>
        window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })),
      );
      await expect.poll(() => site.requests("/sign-in")).toBe(requests + 1);
    });
  });
});

async function violations(page: Page): Promise<readonly string[]> {
  const results = await page.evaluate((rules): Promise<AxeResults> => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    return axe.run(document, { runOnly: { type: "tag", values: rules } });
  }, RULES);
  return results.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`,
  );
}

interface Site {
  readonly origin: string;
  /** Sends one event to every page that listens. */
  say(event: string, data: string): void;
  listeners(): number;
  hangUp(): void;
  refuseStreams(refuse: boolean): void;
  requests(path: string): number;
  close(): void;
}

/** The sample pages under their names, with the header every real page has, and a stream to speak into. */
async function openSite(assets: Assets): Promise<Site> {
  const pages = samplePages(assetUrls(assets.hash));
  const streams = new Set<ServerResponse>();
  const counts = new Map<string, number>();
  let refusing = false;
  const policy = contentSecurityPolicy({ formAction: [], scripts: true });
  const listen = (response: ServerResponse): void => {
    if (refusing) return void response.writeHead(503).end();
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(": here\n\n");
    streams.add(response);
    response.on("close", () => streams.delete(response));
  };
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    counts.set(path, (counts.get(path) ?? 0) + 1);
    const asset = assets.files.get(path);
    const page = pages[path.slice(1)];
    if (path === "/desk/events") return listen(response);
    if (asset !== undefined)
      return response.writeHead(200, { "content-type": asset.type }).end(asset.bytes);
    if (path === "/axe.js")
      return response.writeHead(200, { "content-type": "text/javascript" }).end(AXE);
    if (path.endsWith("/photo"))
      return response.writeHead(200, { "content-type": "image/svg+xml" }).end(PORTRAIT);
    if (page === undefined) return response.writeHead(404).end();
    const headers = {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy,
      "cache-control": "no-store",
    };
    return response.writeHead(200, headers).end(renderPage(page));
  });
  const origin = await listenOnLoopback(server);
  const hangUp = () => {
    for (const stream of streams) stream.destroy();
    streams.clear();
  };
  return {
    origin,
    say: (event, data) => {
      for (const stream of streams) stream.write(`event: ${event}\ndata: ${data}\n\n`);
    },
    listeners: () => streams.size,
    hangUp,
    refuseStreams: (refuse) => {
      refusing = refuse;
    },
    requests: (path) => counts.get(path) ?? 0,
    close: () => {
      hangUp();
      server.close();
      server.closeAllConnections();
    },
  };
}

const PORTRAIT =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 200"><rect width="160" height="200" fill="#b7cdd3"/><circle cx="80" cy="80" r="40" fill="#7a5c48"/><path d="M20 200a60 60 0 0 1 120 0z" fill="#0b4a5a"/></svg>';

async function listenOnLoopback(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("No address.");
  return `http://127.0.0.1:${address.port}`;
}
