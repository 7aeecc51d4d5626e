import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { expect } from "vitest";

export { launchBrowser } from "./chromium.ts";

const RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"];
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WIDE = { width: 1280, height: 900 };
/** A phone, a small tablet, half a screen: nothing may stick out. */
const WIDTHS = [320, 780, 1000];

/** A browser nobody has used yet, and what it complained about or asked of the outside world. */
export interface Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly complaints: readonly string[];
  readonly strayRequests: readonly string[];
}

export async function newVisitor(browser: Browser): Promise<Visitor> {
  const context = await browser.newContext({ viewport: WIDE });
  const complaints: string[] = [];
  const strayRequests: string[] = [];
  context.on("console", (message) => {
    const isOurRefusal = /status of 4[0-9][0-9]/.test(message.text());
    if (["error", "warning"].includes(message.type()) && !isOurRefusal)
      complaints.push(message.text());
  });
  context.on("weberror", (error) => complaints.push(error.error().message));
  context.on("request", (request) => {
    const { hostname } = new URL(request.url());
    if (hostname !== "localhost" && hostname !== "127.0.0.1") strayRequests.push(request.url());
  });
  return { context, page: await context.newPage(), complaints, strayRequests };
}

/** [WCAG22] by axe's count, and nothing sticks out, down to 320 px. */
export async function expectAccessible(page: Page): Promise<void> {
  const found = await page.evaluate(
    async ({ source, rules }): Promise<string[]> => {
      // The page's own policy allows no script from outside; the debugger's evaluation is not the page's.
      // biome-ignore lint/security/noGlobalEval: axe comes as text
      globalThis.eval(source);
      const axe: { run(options: object): Promise<AxeResults> } = Reflect.get(globalThis, "axe");
      const { violations } = await axe.run({ runOnly: { type: "tag", values: rules } });
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
    },
    { source: AXE, rules: RULES },
  );
  expect(found, page.url()).toEqual([]);
  for (const width of WIDTHS) {
    await page.setViewportSize({ ...WIDE, width });
    const needed = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(needed, `${page.url()} at ${width} px`).toBeLessThanOrEqual(width);
  }
  await page.setViewportSize(WIDE);
}
