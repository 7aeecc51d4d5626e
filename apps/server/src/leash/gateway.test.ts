import { createHash, generateKeyPairSync } from "node:crypto";
import { LEASH_MAX_BYTES, Refusal } from "@lanyard/wire";
import { describe, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { dial, newDeskKey, openDesk } from "../testing/scripted-desk.ts";
import { TestBrowser } from "../testing/test-browser.ts";
import { base64 } from "../testing/test-card.ts";
import { bind } from "../testing/test-desk.ts";
import { siteForTests } from "../testing/test-world.ts";

const place = siteForTests();
const site = () => place().site;

function keyHashOf(der: Uint8Array): string {
  return createHash("sha256").update(der).digest("hex");
}

describe("[DESIGN 4] the upgrade", () => {
  const upgrade = (path: string, headers: Readonly<Record<string, string>>) =>
    new Promise<number | "open">((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${site().port}${path}`, { headers });
      socket.on("open", () => {
        resolve("open");
        socket.terminate();
      });
      socket.on("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0));
      socket.on("error", () => undefined);
    });

  // biome-ignore format: the columns are the documentation
  test.each([
    ["an agent, which sends neither",            "/leash",   {},                                       "open"],
    ["a browser's page: Origin",                 "/leash",   { origin: "https://evil.example" },       403],
    ["a page of our own: Origin all the same",   "/leash",   { origin: "http://localhost:3000" },      403],
    ["a browser without Origin: Cookie",         "/leash",   { cookie: "__Host-session=stolen" },      403],
    ["an empty Cookie",                          "/leash",   { cookie: "" },                           403],
    ["another path",                             "/leash/x", {},                                       404],
    ["with a query",                             "/leash?a", {},                                       404],
  ] as const)("%s", async (_, path, headers, expected) => {
    expect(await upgrade(path, headers)).toBe(expected);
  });
});

describe("[DESIGN 4] who is at the other end", () => {
  test("a new desk enrols itself where that is open, once, and it is on record", async () => {
    const key = newDeskKey();
    const desk = await openDesk(site(), { key });
    await openDesk(site(), { key });
    const keyHash = keyHashOf(key.publicKey.export({ type: "spki", format: "der" }));
    const known = await place().world.store.transaction(({ desks }) => desks.findByKey(keyHash));
    expect(known).toMatchObject({ name: "Reception", revokedAt: undefined });
    const entries = (await place().world.record()).filter(
      ({ action, deskId }) => action === "desk.enrolled" && deskId === known?.id,
    );
    expect(entries).toMatchObject([{ details: { keyHash, by: "open_enrolment" } }]);
    expect(desk.served.map(({ call }) => call)).toEqual(["hello"]);
  });

  test("a desk that is known keeps its name on record, whatever it calls itself", async () => {
    const key = newDeskKey();
    await openDesk(site(), { key });
    await openDesk(site(), { key, hello: (reply) => ({ ...reply, deskName: "Ward 7" }) });
    const keyHash = keyHashOf(key.publicKey.export({ type: "spki", format: "der" }));
    const known = await place().world.store.transaction(({ desks }) => desks.findByKey(keyHash));
    expect(known?.name).toBe("Reception");
  });

  const other = newDeskKey();
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const p384 = generateKeyPairSync("ec", { namedCurve: "secp384r1" });
  const spki = (key: { readonly publicKey: typeof other.publicKey }) =>
    base64(key.publicKey.export({ type: "spki", format: "der" }));

  // biome-ignore format: the columns are the documentation
  test.each([
    ["another desk's key",      { deskKey: spki(other) },          "desk_key_invalid"],
    ["no signature",            { signature: "" },                 "desk_key_invalid"],
    ["a signature of zeros",    { signature: base64(new Uint8Array(64)) }, "desk_key_invalid"],
    ["an RSA key",              { deskKey: spki(rsa).slice(0, 340) }, "desk_key_invalid"],
    ["a key on another curve",  { deskKey: spki(p384) },           "desk_key_invalid"],
    ["a key that is none",      { deskKey: "AAAA" },               "desk_key_invalid"],
    ["another protocol",        { protocol: 2 },                   "protocol_unsupported"],
  ])("%s is refused", async (_, change, code) => {
    const desk = dial(site(), { hello: (reply) => ({ ...reply, ...change }) });
    expect(await desk.closed).toEqual({ code: 1008, reason: code });
  });

  test("a signature over another origin is refused", async () => {
    const elsewhere = { ...site(), config: { ...site().config, origin: "https://evil.example" } };
    expect(await dial(elsewhere).closed).toEqual({ code: 1008, reason: "desk_key_invalid" });
  });

  test("yesterday's hello is refused: the nonce is new each time", async () => {
    const key = newDeskKey();
    let kept = "";
    await openDesk(site(), {
      key,
      hello: (reply) => {
        kept = reply.signature;
        return reply;
      },
    });
    const again = dial(site(), { key, hello: (reply) => ({ ...reply, signature: kept }) });
    expect(await again.closed).toEqual({ code: 1008, reason: "desk_key_invalid" });
  });

  test("an unknown desk is refused when enrolment is closed, a known one is not, a revoked one is", async () => {
    const { world } = place();
    const closed = await world.start({ LANYARD_OPEN_ENROLMENT: "off" });
    const key = newDeskKey();
    expect(await dial(closed, { key }).closed).toEqual({ code: 1008, reason: "desk_unknown" });
    await openDesk(site(), { key });
    await openDesk(closed, { key });
    const revoked = newDeskKey();
    const der = revoked.publicKey.export({ type: "spki", format: "der" });
    const at = world.clock.now();
    await world.store.transaction(({ desks }) =>
      desks.add({
        id: "revoked-desk",
        name: "Gone",
        keyHash: keyHashOf(der),
        key: der,
        organisationCode: undefined,
        enrolledAt: at,
        enrolledHow: "open",
        enrolledBy: undefined,
        lastSeenAt: undefined,
        revokedAt: at,
      }),
    );
    const refused = { code: 1008, reason: "desk_revoked" };
    expect(await dial(closed, { key: revoked }).closed).toEqual(refused);
    expect(await dial(site(), { key: revoked }).closed).toEqual(refused);
    // A stranger's try is in the log only, or anybody could fill the record.
    const refusals = (await world.record()).filter(({ action }) => action === "desk.refused");
    expect(refusals.map(({ deskId }) => deskId)).toEqual(["revoked-desk", "revoked-desk"]);
    await closed.close();
  });

  test("before the desk is known every call is refused", async () => {
    const desk = dial(site(), { hello: (reply) => reply });
    desk.answers.hello = () => new Promise(() => undefined);
    await vi.waitFor(() => expect(desk.served).toHaveLength(1));
    const calls = [
      desk.call("desk_view", desk.view),
      desk.call("claim", { visit: "A".repeat(22) }),
      desk.call("give_up", { visit: "A".repeat(22), reason: "cancelled" }),
    ];
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: "desk_unknown" });
    await desk.cut();
  });
});

describe("the line", () => {
  test("a message over 64 KiB ends it", async () => {
    const desk = await openDesk(site());
    desk.send("x".repeat(LEASH_MAX_BYTES + 1));
    expect((await desk.closed).code).toBe(1009);
  });

  test.each(["nonsense", "[]", '{"id":-1,"call":"claim","body":{}}'])(
    "what is no message ends it: %s",
    async (text) => {
      const desk = await openDesk(site());
      desk.send(text);
      expect((await desk.closed).code).toBe(1008);
    },
  );

  test("a desk that connects again takes the place of its old line, and keeps it", async () => {
    const key = newDeskKey();
    const first = await openDesk(site(), { key });
    const browser = new TestBrowser(site());
    await browser.get("/cis");
    await bind(first, browser, (await browser.post("/desk")).location);
    const second = await openDesk(site(), { key, before: first });
    expect((await first.closed).code).toBe(1012);
    await second.tell();
    // The end of the old line says nothing of the new one: browsers are still sent to this desk.
    expect((await browser.post("/sign-in")).location).toContain("/t/");
    await second.cut();
    await vi.waitFor(async () => expect((await browser.post("/sign-in")).location).toBe(""));
  });

  test("a handler that fails says internal, and the log has the cause without the message", async () => {
    const desk = await openDesk(site());
    const visit = "B".repeat(22);
    vi.spyOn(place().world.store, "transaction").mockRejectedValueOnce(new Error("disk is full"));
    const call = desk.call("claim", { visit });
    await expect(call).rejects.toBeInstanceOf(Refusal);
    await expect(call).rejects.toMatchObject({ code: "internal" });
    await expect(call).rejects.not.toThrow(/disk/);
    expect(site().logged.join("")).toContain("leash.handler_failed");
    expect(site().logged.join("")).not.toContain(visit);
  });
});
