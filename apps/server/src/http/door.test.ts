import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { TestBrowser } from "../testing/test-browser.ts";
import { found } from "../testing/test-card.ts";
import { bind, meetDesk, proveSignIn, signedInDesk, visitOf } from "../testing/test-desk.ts";
import { siteForTests } from "../testing/test-world.ts";

const place = siteForTests();
const browser = () => new TestBrowser(place().site);

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const OWN = "http://localhost:3000";

describe("[DESIGN 4] exact Host", () => {
  test.each([
    "127.0.0.1:3000",
    "localhost",
    "localhost:3001",
    "localhost.:3000",
    "evil.example",
    "evil.example:3000",
    "localhost:3000.evil.example",
    "",
    undefined,
  ])("%s is misdirected", async (host) => {
    for (const path of ["/", "/cis", "/sign-in", "/desk/events", "/nowhere"]) {
      const answer = await browser().send(path, { headers: { host } });
      // A request without any Host never reaches the site: Node answers it.
      expect(answer.status).toBe(host === undefined ? 400 : 421);
      expect(answer.headers["set-cookie"]).toBeUndefined();
    }
  });

  test("a forwarded host counts for nothing", async () => {
    const headers = { host: "evil.example", "x-forwarded-host": "localhost:3000" };
    expect((await browser().send("/", { headers })).status).toBe(421);
  });

  test("the probe answers under any name, and says nothing but how it is", async () => {
    const answer = await browser().send("/healthz", { headers: { host: "10.0.0.7" } });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toEqual({ status: "ok" });
  });
});

describe("posts come from our own pages only", () => {
  test.each([
    undefined,
    "null",
    "https://evil.example",
    `${OWN}.evil.example`,
    "http://127.0.0.1:24738",
    "https://localhost:3000",
    `${OWN}/`,
  ])("Origin %s is refused, before anything is looked at", async (origin) => {
    const met = await signedInDesk(place());
    for (const path of ["/sign-out", "/manage-smartcard", "/desk", "/nowhere"]) {
      const headers = { ...FORM, origin };
      const answer = await met.browser.send(path, { method: "POST", headers, body: "" });
      expect(answer.status).toBe(403);
    }
    expect((await met.browser.get("/people?q=x")).status).toBe(200);
  });

  test.each(["PUT", "PATCH", "DELETE", "OPTIONS"])("%s is nothing we do", async (method) => {
    const foreign = await browser().send("/sign-out", { method });
    expect(foreign.status).toBe(403);
    const own = await browser().send("/sign-out", { method, headers: { origin: OWN } });
    expect(own.status).toBe(404);
  });
});

describe("what cannot be understood", () => {
  test("an unknown page is 404, by GET and by POST", async () => {
    expect((await browser().get("/nowhere")).status).toBe(404);
    expect((await browser().post("/nowhere")).status).toBe(404);
    expect((await browser().get("/../../etc/passwd")).status).toBe(404);
  });

  test("a form over 16 KiB is refused", async () => {
    const answer = await browser().post("/desk", { filler: "x".repeat(17 * 1024) });
    expect(answer.status).toBe(400);
    expect(answer.body).not.toContain("xxxx");
  });

  test.each(["application/json", "text/plain", "multipart/form-data; boundary=x", "text/html"])(
    "a body of type %s reaches no handler",
    async (type) => {
      const answer = await browser().send("/desk", {
        method: "POST",
        headers: { origin: OWN, "content-type": type },
        body: '{"a":1}',
      });
      expect([answer.status, answer.location]).toEqual([400, ""]);
    },
  );

  test("a path part longer than any secret of ours is no page", async () => {
    const answer = await browser().get(`/bind/${"A".repeat(200)}/${"B".repeat(22)}`);
    expect([400, 404, 414]).toContain(answer.status);
  });

  test("a failure says nothing of itself; its cause is in the log, found by the number", async () => {
    const met = await signedInDesk(place());
    const holder = await place().world.person();
    place().world.failAudit("person.viewed");
    const answer = await met.browser.get(`/people/${holder.careId}`);
    expect(answer.status).toBe(500);
    expect(answer.body).not.toMatch(/audit store|at .*\.ts/);
    const number = found(/req-[a-z0-9]+/.exec(answer.body)?.[0]);
    const line = found(place().site.logged.find((one) => one.includes("http.failed")));
    expect(line).toContain(number);
    expect(line).not.toContain(holder.careId);
  });

  test("hostile cookies are no cookies", async () => {
    const cookie = "__Host-session=' or 1=1; __Host-browser=<script>; __Host-desk=../../x; =; ;;";
    const answer = await browser().send("/people?q=x", { headers: { cookie } });
    expect(answer.location).toBe("/signed-out");
  });

  test("a repeated field is left out, not guessed", async () => {
    const met = await signedInDesk(place());
    expect((await met.browser.get("/people?q=a&q=b")).status).toBe(400);
  });
});

describe("every response", () => {
  const PATHS = [
    "/",
    "/cis",
    "/signed-out",
    "/people",
    "/nowhere",
    "/healthz",
    "/bind/a/b",
    "/outcomes/x",
  ];

  test.each(PATHS)("%s has the headers", async (path) => {
    const { headers } = await browser().get(path);
    expect(headers).toMatchObject({
      "cache-control": "no-store",
      "referrer-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
    });
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("form-action 'self' http://127.0.0.1:24738");
    expect(policy).not.toContain("unsafe");
  });

  test("also of those refused at the door", async () => {
    const misdirected = await browser().send("/", { headers: { host: "evil.example" } });
    const foreign = await browser().send("/desk", { method: "POST", headers: FORM, body: "" });
    for (const { headers } of [misdirected, foreign])
      expect(headers).toMatchObject({
        "cache-control": "no-store",
        "content-security-policy": expect.stringContaining("default-src 'none'"),
      });
  });

  test("of the stream as well", async () => {
    const met = await meetDesk(place());
    const { port } = place().site;
    const cookie = [...met.browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = await new Promise<Record<string, unknown>>((resolve, reject) => {
      const asking = request(
        {
          host: "127.0.0.1",
          port,
          path: "/desk/events",
          headers: { host: "localhost:3000", cookie },
        },
        (response) => {
          resolve(response.headers);
          response.destroy();
        },
      );
      asking.on("error", reject);
      asking.end();
    });
    expect(headers).toMatchObject({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy": expect.stringContaining("default-src 'none'"),
    });
  });

  test("https sites say so for two years; the local one does not", async () => {
    expect((await browser().get("/")).headers["strict-transport-security"]).toBeUndefined();
    const site = await place().world.start({ LANYARD_ORIGIN: "https://care.example" });
    const { headers } = await new TestBrowser(site).get("/");
    expect(headers["strict-transport-security"]).toContain("max-age=63072000");
    await site.close();
  });
});

describe("[DESIGN 4] request logs leave out what paths and forms hold", () => {
  test("not one secret of a sign-in is in the log, nor who is searched for", async () => {
    const met = await meetDesk(place());
    const visit = visitOf((await met.browser.post("/sign-in")).location);
    const { bindSecret } = await met.desk.call("claim", { visit });
    await met.browser.get(`/bind/${visit}/${bindSecret}`);
    const other = await bind(met.desk, met.browser, (await met.browser.post("/sign-in")).location);
    const proven = await proveSignIn(place().site, met);
    const back = "back" in proven ? proven.back : "";
    await met.browser.get(back);
    await met.browser.get("/people?q=Okafor-Secret");
    await met.browser.get("/nowhere/555012345678");
    const log = place().site.logged.join("");
    expect(log).toContain("http.request");
    const code = found(back.split("/").at(-1));
    const secrets = [visit, other, bindSecret, code, "Okafor-Secret", "555012345678"];
    // A desk's id is an identifier, not a secret: it is logged.
    for (const secret of [...secrets, ...met.browser.cookies.values()])
      if (secret !== met.browser.cookies.get("__Host-desk")) expect(log).not.toContain(secret);
  });
});
