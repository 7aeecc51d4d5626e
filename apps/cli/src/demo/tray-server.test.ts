import { request } from "node:http";
import { nodeCardCrypto } from "@lanyard/crypto";
import { readAssets } from "@lanyard/pages/node";
import { blankCardState, CARD_PROFILES, createVirtualCard } from "@lanyard/virtual-card";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { oddCards } from "./odd-cards.ts";
import { DEMO_PEOPLE, type DemoPerson } from "./people.ts";
import { openVirtualBay, type ReaderBay } from "./reader-bay.ts";
import { openTray, type Tray } from "./tray-server.ts";

const SAM = "98210046";
const MARIA = "98261750";

/** Nobody is called that, but a page must survive it. */
const HOSTILE = `<script>alert(1)</script>"'&`;

function people(): readonly DemoPerson[] {
  const [sam] = DEMO_PEOPLE;
  const maria = DEMO_PEOPLE.find(({ familyName }) => familyName === "Okafor");
  if (sam === undefined || maria === undefined) throw new Error("the demo's people are gone");
  return [sam, { ...maria, familyName: HOSTILE, jobTitle: HOSTILE }];
}

function cardOf(serial: string) {
  const guid = new Uint8Array(16);
  const blank = blankCardState(CARD_PROFILES.care, { serial, guid, expires: "2036-12-31" });
  const state = { ...blank, passcode: { ...blank.passcode, triesLeft: serial === MARIA ? 0 : 3 } };
  return createVirtualCard({ state, crypto: nodeCardCrypto, save: async () => undefined });
}

let bay: ReaderBay;
let tray: Tray;
let stop: () => Promise<void>;

beforeEach(async () => {
  const { bay: opened, driver } = openVirtualBay(["Keyboard reader", "Desk reader"]);
  bay = opened;
  const shelf = new Map([SAM, MARIA].map((serial) => [serial, cardOf(serial)]));
  tray = await openTray({
    port: 0,
    portal: "http://localhost:3000/",
    people: people(),
    shelf: new Map([...shelf, ...oddCards()]),
    bay,
    assets: await readAssets(),
  });
  stop = async () => {
    await tray.close();
    await driver.close();
  };
});
afterEach(() => stop());

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Plain HTTP, because fetch allows neither another Host nor a forged Origin. */
function ask(path: string, { method = "GET", headers = {}, body }: Ask = {}): Promise<Answer> {
  const { hostname, port } = new URL(tray.url);
  return new Promise((done, fail) => {
    const sent = request({ hostname, port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", fail);
      response.once("end", () =>
        done({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString("utf8"),
        }),
      );
    });
    sent.once("error", fail);
    sent.end(body);
  });
}

const insert = (reader: number, serial: string, headers: Record<string, string> = {}) =>
  ask(`/readers/${reader}/insert`, {
    method: "POST",
    headers,
    body: new URLSearchParams({ serial }).toString(),
  });
const inReaders = () => bay.readers.map(({ card }) => card?.state.serial);

describe("who may ask", () => {
  test.each(["localhost", "evil.example", "127.0.0.1:1"])(
    "Host %j: 421, whatever is asked, so that no other name leads here",
    async (host) => {
      for (const path of ["/", "/state"])
        expect(await ask(path, { headers: { host } })).toMatchObject({
          status: 421,
          body: "Wrong host.",
        });
      expect((await insert(1, SAM, { host })).status).toBe(421);
      expect(inReaders()).toEqual([undefined, undefined]);
    },
  );

  test.each(["http://evil.example", "null", "http://localhost:3000", "http://127.0.0.1", ""])(
    "Origin %j: 403, and no card moves",
    async (origin) => {
      expect((await insert(1, SAM, { origin })).status).toBe(403);
      expect(inReaders()).toEqual([undefined, undefined]);
    },
  );

  test("the tray's own page may, and so may what is no browser", async () => {
    expect((await insert(1, SAM, { origin: new URL(tray.url).origin })).status).toBe(303);
    expect((await insert(2, MARIA)).status).toBe(303);
    expect(inReaders()).toEqual([SAM, MARIA]);
  });

  test.each(["PUT", "DELETE", "OPTIONS", "HEAD"])("%s: 403", async (method) => {
    expect((await ask("/readers/1/insert", { method })).status).toBe(403);
  });

  test("a GET moves nothing", async () => {
    expect((await ask(`/readers/1/insert?serial=${SAM}`)).status).toBe(404);
    expect(inReaders()).toEqual([undefined, undefined]);
  });
});

describe("moving cards", () => {
  test("in and out again, and out of an empty reader", async () => {
    expect(await insert(2, MARIA)).toMatchObject({
      status: 303,
      headers: { location: "/#reader-2" },
    });
    expect(inReaders()).toEqual([undefined, MARIA]);
    for (let time = 0; time < 2; time += 1) {
      expect((await ask("/readers/2/remove", { method: "POST" })).status).toBe(303);
      expect(inReaders()).toEqual([undefined, undefined]);
    }
  });

  test("an occupied reader keeps its card, and the page says so", async () => {
    await insert(1, SAM);
    const answer = await insert(1, MARIA);
    expect(answer.status).toBe(409);
    expect(answer.body).toContain("There is a card in that reader. Take it out first.");
    expect(inReaders()).toEqual([SAM, undefined]);
  });

  test("a card cannot be in two readers", async () => {
    await insert(1, SAM);
    const answer = await insert(2, SAM);
    expect(answer.status).toBe(409);
    expect(answer.body).toContain("That card is in a reader already.");
    expect(inReaders()).toEqual([SAM, undefined]);
  });

  test.each(["", "00000000", "__proto__", "constructor", "../98210046", HOSTILE])(
    "the card %j is not on the tray",
    async (serial) => {
      const answer = await insert(1, serial);
      expect(answer.status).toBe(409);
      expect(answer.body).toContain("There is no such card on the tray.");
      expect(answer.body).not.toContain("<script>alert");
    },
  );

  test.each(["/readers/3/insert", "/readers/0/remove", "/readers/1/break", "/readers/1", "/x"])(
    "POST %s: there is no such reader",
    async (path) => {
      expect((await ask(path, { method: "POST", body: `serial=${SAM}` })).status).toBe(404);
    },
  );

  test("a bank card and a stranger's card can be put in too", async () => {
    expect((await insert(1, "bankcard")).status).toBe(303);
    expect((await insert(2, "strangercard")).status).toBe(303);
    expect(inReaders()).toEqual(["bankcard", "strangercard"]);
  });
});

describe("hostile forms", () => {
  test("too long: 413, nothing moves, and the tray goes on", async () => {
    const body = `serial=${SAM}&more=${"x".repeat(200_000)}`;
    expect((await ask("/readers/1/insert", { method: "POST", body })).status).toBe(413);
    expect(inReaders()).toEqual([undefined, undefined]);
    expect((await insert(1, SAM)).status).toBe(303);
  });

  test("any bytes at all are an unknown card", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 200 }), async (body) => {
        expect((await ask("/readers/1/insert", { method: "POST", body })).status).toBe(409);
      }),
      { numRuns: 25 },
    );
    expect(inReaders()).toEqual([undefined, undefined]);
  });
});

describe("what it shows", () => {
  test("/state is the view as JSON: readers, groups, states, passcodes as the chips have them", async () => {
    await insert(1, SAM);
    const { status, headers, body } = await ask("/state");
    expect([status, headers["content-type"]]).toEqual([200, "application/json"]);
    const state: unknown = JSON.parse(body);
    expect(state).toMatchObject({
      readers: [
        { number: 1, name: "Keyboard reader", card: { serial: SAM, name: "Mr Sam Carter" } },
        { number: 2, name: "Desk reader" },
      ],
      groups: [
        {
          title: "Operators",
          cards: [{ serial: SAM, mood: "ready", passcode: "123456", passcodeTriesLeft: 3 }],
        },
        { title: "Users", cards: [{ serial: MARIA, mood: "locked", passcodeTriesLeft: 0 }] },
      ],
      oddCards: [{ serial: "bankcard" }, { serial: "strangercard" }],
    });
    expect(body).not.toContain("privateKey");
  });

  test("the page names who lies there, and escapes every name", async () => {
    const { status, headers, body } = await ask("/");
    expect([status, headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
    expect(body).toContain("Mr Sam Carter");
    expect(body).not.toContain("<script>alert");
    expect(body).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  });

  test.each(["/", "/state", "/nothing"])("%s is not kept, sniffed or framed", async (path) => {
    const { headers } = await ask(path);
    expect(headers).toMatchObject({
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "content-security-policy": expect.stringContaining("frame-ancestors 'none'"),
    });
    expect(headers["access-control-allow-origin"]).toBeUndefined();
  });

  test("the passcode of a card that takes one, and none of a locked card", async () => {
    const { body } = await ask("/");
    const shown = body.split("<li").slice(1);
    const [sam, maria] = [SAM, MARIA].map((serial) => shown.find((card) => card.includes(serial)));
    expect(sam).toMatch(/Passcode now <code[^>]*>123456</);
    expect(maria).toContain("No passcode works now.");
    expect(maria).not.toContain("123456");
  });

  test("what never changes is kept by the browser: faces and style sheet", async () => {
    const assets = await readAssets();
    for (const path of ["/portraits/555020417733.png", ...assets.files.keys()])
      expect((await ask(path)).headers["cache-control"]).toBe("private, max-age=86400");
  });

  test("faces of those who are there, and of nobody else", async () => {
    const face = await ask("/portraits/555020417733.png");
    expect([face.status, face.headers["content-type"]]).toEqual([200, "image/png"]);
    expect(face.body.slice(1, 4)).toBe("PNG");
    for (const path of ["555031862905.png", "x.png", "..%2f..%2fpeople.ts", "555020417733"])
      expect((await ask(`/portraits/${path}`)).status).toBe(404);
  });
});

test("a port that is taken is an error, not a hang", async () => {
  const port = Number(new URL(tray.url).port);
  await expect(
    openTray({
      port,
      portal: "http://localhost:3000/",
      people: [],
      shelf: new Map(),
      bay,
      assets: await readAssets(),
    }),
  ).rejects.toMatchObject({ code: "EADDRINUSE" });
});
