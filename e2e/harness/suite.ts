import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { launchBrowser, newVisitor, type Visitor } from "./browser.ts";
import { HowTo } from "./how-to.ts";
import { type Product, type ProductOptions, startProduct } from "./product.ts";

/** What a test has in its hands: a product that runs, and a browser nobody has used yet. */
export interface AtTheDesk {
  readonly product: Product;
  readonly visitor: Visitor;
  /** The visitor's first page. */
  readonly page: Page;
  /** The how-to's steps, done on that page. */
  readonly howTo: HowTo;
  /** Somebody else, at a browser of their own. */
  another(): Promise<Visitor>;
}

/** One product for the tests of a `describe`; each has a browser of its own, and leaves both readers empty. */
export function desksForTests(options: ProductOptions): AtTheDesk {
  const at: { product?: Product; visitor?: Visitor; howTo?: HowTo } = {};
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launchBrowser();
    at.product = await startProduct(options);
  });
  afterAll(async () => {
    await browser?.close();
    await at.product?.stop();
  });
  beforeEach(async () => {
    at.visitor = await newVisitor(there(browser));
    at.howTo = new HowTo(there(at.product), at.visitor.page);
  });
  afterEach(async () => {
    expect(at.visitor?.complaints).toEqual([]);
    expect(at.visitor?.strayRequests).toEqual([]);
    await at.visitor?.context.close();
    for (const reader of [1, 2]) await at.product?.remove(reader);
  });
  return {
    get product() {
      return there(at.product);
    },
    get visitor() {
      return there(at.visitor);
    },
    get page() {
      return there(at.visitor).page;
    },
    get howTo() {
      return there(at.howTo);
    },
    another: () => newVisitor(there(browser)),
  };
}

/** What hooks have made, for the tests between them. */
export function there<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw new Error("The desk is there only while tests run.");
  return thing;
}
