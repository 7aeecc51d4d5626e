import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newCode } from "../testing/scripted-server.ts";
import { openTestDesk, type TestDesk } from "../testing/test-desk.ts";

const NAVIGATION = {
  "sec-fetch-mode": "navigate",
  "sec-fetch-dest": "document",
  "sec-fetch-site": "cross-site",
};

describe("what the agent's pages answer at all", () => {
  let desk: TestDesk;
  beforeAll(async () => {
    desk = await openTestDesk();
  });
  afterAll(() => desk.close());

  const own = () => `http://127.0.0.1:${desk.agent.port}`;
  const formHeaders = () => ({
    ...NAVIGATION,
    "sec-fetch-site": "same-origin",
    origin: own(),
    "content-type": "application/x-www-form-urlencoded",
  });

  test("the home page says how things stand, with every header and without cookie or CORS", async () => {
    const page = await desk.browser.go("/");
    expect(page.status).toBe(200);
    expect(page.html).toContain("The card agent is running");
    expect(page.html).toContain("Connected");
    expect(page.html).not.toContain("<script");
    const { headers } = page;
    const csp = String(headers["content-security-policy"]);
    for (const rule of [
      "default-src 'none'",
      `form-action 'self' ${desk.server.origin}`,
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ])
      expect(csp).toContain(rule);
    expect(csp).not.toContain("script-src");
    expect(headers["cache-control"]).toBe("no-store");
    expect(headers["referrer-policy"]).toBe("same-origin");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["cross-origin-resource-policy"]).toBe("same-origin");
    expect(headers["set-cookie"]).toBeUndefined();
    expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  });

  test.each([
    "evil.test",
    "localhost:PORT",
    "127.0.0.1",
    "127.0.0.1:1",
    "127.0.0.1.evil.test:PORT",
  ])("Host %s: 421, whatever else is right", async (host) => {
    const asked = host.replace("PORT", String(desk.agent.port));
    const page = await desk.browser.go("/", { host: asked });
    expect(page.status).toBe(421);
  });

  const path = `/t/${newCode()}`;

  test.each([
    ["fetch()", { "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" }],
    ["no-cors fetch()", { "sec-fetch-mode": "no-cors", "sec-fetch-dest": "empty" }],
    ["an image", { "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" }],
    ["a frame", { "sec-fetch-dest": "iframe" }],
    ["a prefetch", { "sec-purpose": "prefetch" }],
    ["a WebSocket", { "sec-fetch-mode": "websocket", "sec-fetch-dest": "empty" }],
  ])("GET by %s: 403, and nothing is claimed", async (_what, headers) => {
    expect((await desk.browser.go(path, headers)).status).toBe(403);
    expect(desk.server.calls.some(({ call }) => call === "claim")).toBe(false);
  });

  test("GET without Sec-Fetch headers: 403", async () => {
    const page = await desk.browser.send("GET", path);
    expect(page.status).toBe(403);
  });

  test.each([
    ["a cross-site form", { "sec-fetch-site": "cross-site", origin: "https://evil.test" }],
    ["Origin: null", { origin: "null" }],
    ["another origin alone", { origin: "http://127.0.0.1:1" }],
    ["no Origin", { origin: "" }],
    ["another port of this PC", { "sec-fetch-site": "same-site" }],
    ["fetch()", { "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" }],
  ])("POST by %s: 403", async (_what, headers) => {
    const page = await desk.browser.press(path, { token: "x" }, headers);
    expect(page.status).toBe(403);
    // Refused at the door, not by the page.
    expect(page.html).toContain("Only this PC's own browser");
  });

  test.each(["application/json", "text/plain", "multipart/form-data; boundary=x"])(
    "POST of %s: 415",
    async (type) => {
      const page = await desk.browser.press(path, { token: "x" }, { "content-type": type });
      expect(page.status).toBe(415);
    },
  );

  test.each(["PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"])("%s: 405", async (method) => {
    expect((await desk.browser.send(method, "/", { headers: NAVIGATION })).status).toBe(405);
  });

  test.each([
    "/t/",
    "/t/short",
    `/t/${newCode()}?x=1`,
    `/t/${newCode()}/more`,
    "/other",
    "/t/../etc/passwd",
    "/assets/other.css",
    "/assets/test/lanyard.js",
  ])("GET %s: not there", async (wrong) => {
    const site = wrong.startsWith("/assets") ? { "sec-fetch-site": "same-origin" } : {};
    expect((await desk.browser.go(wrong, site)).status).toBe(404);
  });

  test("the style sheet is there for our own pages only", async () => {
    const get = (site: string) =>
      desk.browser.send("GET", "/assets/test/lanyard.css", { headers: { "sec-fetch-site": site } });
    expect((await get("same-origin")).status).toBe(200);
    expect((await get("cross-site")).status).toBe(403);
  });

  test("a body over 4 KiB: 413; without a length: 413; malformed: 400", async () => {
    const post = (body: string, headers = {}) =>
      desk.browser.send("POST", path, { headers: { ...formHeaders(), ...headers }, body });
    expect((await post(`token=${"x".repeat(4200)}`)).status).toBe(413);
    expect((await post("token=%")).status).toBe(400);
    expect(await raw(chunked())).toContain("413");
  });

  const chunked = () =>
    [
      `POST ${path} HTTP/1.1`,
      `Host: 127.0.0.1:${desk.agent.port}`,
      ...Object.entries(formHeaders()).map(([name, value]) => `${name}: ${value}`),
      "Transfer-Encoding: chunked",
      "",
      "7\r\ntoken=x\r\n0\r\n\r\n",
    ].join("\r\n");

  test("two Host headers: 421", async () => {
    const host = `Host: 127.0.0.1:${desk.agent.port}`;
    const request = ["GET / HTTP/1.1", host, "Host: evil.test", "", ""].join("\r\n");
    expect(await raw(request)).toMatch(/ (400|421) /);
  });

  const raw = (request: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(desk.agent.port, "127.0.0.1", () => socket.write(request));
      socket.once("data", (data) => {
        resolve(data.toString());
        socket.destroy();
      });
      socket.once("error", reject);
    });

  test("guessing visits is slowed down before the server is asked", async () => {
    const statuses: number[] = [];
    for (let count = 0; count < 14; count += 1)
      statuses.push((await desk.browser.go(`/t/${newCode()}`)).status);
    expect(statuses.filter((status) => status === 403).length).toBeLessThanOrEqual(11);
    expect(statuses.at(-1)).toBe(429);
    const asked = desk.server.calls.filter(({ call }) => call === "claim").length;
    expect(asked).toBeLessThanOrEqual(11);
  });

  test("it listens at 127.0.0.1 only", async () => {
    await expect(
      new Promise((resolve, reject) => {
        const socket = connect(desk.agent.port, "127.0.0.2", () => resolve(socket.destroy()));
        socket.once("error", reject);
      }),
    ).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});
