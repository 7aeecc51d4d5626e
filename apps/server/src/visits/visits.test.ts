import { beforeEach, describe, expect, test } from "vitest";
import { openDesk, type ScriptedDesk } from "../testing/scripted-desk.ts";
import { TestBrowser } from "../testing/test-browser.ts";
import { bind, meetDesk, proveSignIn, signedInDesk, visitOf } from "../testing/test-desk.ts";
import { siteForTests } from "../testing/test-world.ts";

const MINUTE_MS = 60_000;

const place = siteForTests();
let desk: ScriptedDesk;
let browser: TestBrowser;

beforeEach(async () => {
  desk = await openDesk(place().site);
  browser = new TestBrowser(place().site);
  await browser.get("/cis");
});

/** A trip of our browser, on its way to the agent. */
async function start(): Promise<string> {
  return visitOf((await browser.post("/desk")).location);
}

async function claim(visit: string, by = desk): Promise<string> {
  return (await by.call("claim", { visit })).bindSecret;
}

describe("[DESIGN 4] claim", () => {
  test("an unknown visit is refused", async () => {
    await expect(claim("A".repeat(22))).rejects.toMatchObject({ code: "visit_unknown" });
  });

  test("only the first desk to claim has it", async () => {
    const visit = await start();
    await claim(visit);
    await expect(claim(visit)).rejects.toMatchObject({ code: "visit_taken" });
    const other = await openDesk(place().site);
    await expect(claim(visit, other)).rejects.toMatchObject({ code: "wrong_desk" });
    const status = other.call("visit_status", { visit });
    await expect(status).rejects.toMatchObject({ code: "visit_taken" });
  });

  test("of several at once, one has it", async () => {
    const visit = await start();
    const claims = await Promise.allSettled([1, 2, 3, 4].map(() => claim(visit)));
    expect(claims.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test("five minutes to be claimed and bound, and no longer", async () => {
    const [early, late] = [await start(), await start()];
    place().world.clock.advance(5 * MINUTE_MS);
    const secret = await claim(early);
    place().world.clock.advance(1);
    await expect(claim(late)).rejects.toMatchObject({ code: "visit_unknown" });
    expect((await browser.get(`/bind/${early}/${secret}`)).status).toBe(410);
    const status = desk.call("visit_status", { visit: early });
    await expect(status).rejects.toMatchObject({ code: "visit_unknown" });
  });
});

describe("[DESIGN 4] bind before passcode", () => {
  test("another browser with the right secret is refused, and the visit is dead for everybody", async () => {
    const visit = await start();
    const secret = await claim(visit);
    const lured = new TestBrowser(place().site);
    await lured.get("/");
    expect((await lured.get(`/bind/${visit}/${secret}`)).status).toBe(410);
    expect(lured.cookies.has("__Host-desk")).toBe(false);
    expect((await browser.get(`/bind/${visit}/${secret}`)).status).toBe(410);
    const status = desk.call("visit_status", { visit });
    await expect(status).rejects.toMatchObject({ code: "visit_over" });
  });

  test("a browser without any cookie is another browser", async () => {
    const visit = await start();
    const secret = await claim(visit);
    expect((await new TestBrowser(place().site).get(`/bind/${visit}/${secret}`)).status).toBe(410);
  });

  test("the right browser with a wrong secret kills it too: nobody may guess twice", async () => {
    const visit = await start();
    const secret = await claim(visit);
    expect((await browser.get(`/bind/${visit}/${"A".repeat(22)}`)).status).toBe(410);
    expect((await browser.get(`/bind/${visit}/${secret}`)).status).toBe(410);
  });

  test("before it is claimed there is nothing to bind", async () => {
    const visit = await start();
    expect((await browser.get(`/bind/${visit}/${"A".repeat(22)}`)).status).toBe(410);
    // And that attempt did no harm.
    await claim(visit);
  });

  test("a secret is good once", async () => {
    const visit = await start();
    const secret = await claim(visit);
    expect((await browser.get(`/bind/${visit}/${secret}`)).location).toBe("/cis");
    expect((await browser.get(`/bind/${visit}/${secret}`)).status).toBe(410);
  });

  test("to meet a desk, binding is all: the browser knows its desk from then on", async () => {
    await bind(desk, browser, (await browser.post("/desk")).location);
    expect(browser.cookies.get("__Host-desk")).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });

  test("claimed but not bound, the agent is told to wait, and its work is refused", async () => {
    const met = await meetDesk(place());
    const visit = visitOf((await met.browser.post("/sign-in")).location);
    await claim(visit, met.desk);
    expect(await met.desk.call("visit_status", { visit })).toEqual({ state: "claimed" });
    const giveUp = met.desk.call("give_up", { visit, reason: "cancelled" });
    await expect(giveUp).rejects.toMatchObject({ code: "visit_not_bound" });
  });
});

describe("[DESIGN 4] the way back", () => {
  const proven = async () => {
    const met = await meetDesk(place());
    const outcome = await proveSignIn(place().site, met);
    if ("refused" in outcome) throw new Error(outcome.refused);
    return { ...met, back: outcome.back };
  };

  test("the code is good once", async () => {
    const met = await proven();
    expect((await met.browser.get(met.back)).location).toBe("/cis");
    expect((await met.browser.get(met.back)).status).toBe(410);
  });

  test("another browser with the code gets nothing, and takes nothing away", async () => {
    const met = await proven();
    const thief = new TestBrowser(place().site);
    await thief.get("/");
    expect((await thief.get(met.back)).status).toBe(410);
    expect(thief.cookies.has("__Host-session")).toBe(false);
    expect((await met.browser.get(met.back)).location).toBe("/cis");
    expect(met.browser.cookies.has("__Host-session")).toBe(true);
  });

  test("a wrong code gets nothing", async () => {
    const met = await proven();
    const wrong = met.back.replace(/[^/]+$/, "A".repeat(22));
    expect((await met.browser.get(wrong)).status).toBe(410);
    expect(met.browser.cookies.has("__Host-session")).toBe(false);
  });

  test("after fifteen minutes it is too late", async () => {
    const met = await proven();
    place().world.clock.advance(15 * MINUTE_MS + 1);
    expect((await met.browser.get(met.back)).status).toBe(410);
  });

  test("given up, the page says why, and the agent may not go on", async () => {
    const met = await meetDesk(place());
    const visit = await bind(met.desk, met.browser, (await met.browser.post("/sign-in")).location);
    const { returnCode } = await met.desk.call("give_up", { visit, reason: "card_locked" });
    const page = await met.browser.get(`/return/${visit}/${returnCode}`);
    expect(page.body).toMatch(/locked/i);
    expect(met.browser.cookies.has("__Host-session")).toBe(false);
    const again = met.desk.call("visit_status", { visit });
    await expect(again).rejects.toMatchObject({ code: "visit_over" });
  });

  test("[DESIGN 4] the session's cookie is new with every sign-in", async () => {
    const met = await signedInDesk(place());
    const first = met.browser.cookies.get("__Host-session");
    const outcome = await proveSignIn(place().site, met);
    if ("refused" in outcome) throw new Error(outcome.refused);
    await met.browser.get(outcome.back);
    expect(met.browser.cookies.get("__Host-session")).not.toBe(first);
  });
});
