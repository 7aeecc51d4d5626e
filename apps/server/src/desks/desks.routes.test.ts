import type { Role } from "@lanyard/identity";
import { deskFingerprint } from "@lanyard/wire";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { deskKeyHash, dial, newDeskKey, openDesk } from "../testing/scripted-desk.ts";
import { TestBrowser } from "../testing/test-browser.ts";
import { found } from "../testing/test-card.ts";
import { proveSignIn, signedInDesk, type TestDesk, visitOf } from "../testing/test-desk.ts";
import { siteForTests, type TestSite } from "../testing/test-world.ts";
import { atAgent, authorise, ceremonyNow, holderDesk } from "../testing/unlock-desk.ts";

/** Where operators sit: open, so that their desks need no ceremony of their own. Both are one database. */
const place = siteForTests();
let closed: TestSite;

const LIST = "/administration/desks";
const signedIn = (roles: readonly Role[] = ["RA Manager"]) => signedInDesk(place(), roles);
const deskIdOf = async (key: ReturnType<typeof newDeskKey>) =>
  found(await place().world.store.transaction(({ desks }) => desks.findByKey(deskKeyHash(key)))).id;
const ownDesk = async ({ operator }: Pick<TestDesk, "operator">) =>
  found(
    (await place().world.store.transaction(({ sessions }) => sessions.open())).find(
      ({ careId }) => careId === operator.careId,
    ),
  ).deskId;
const entries = async (action: string) =>
  (await place().world.record()).filter((entry) => entry.action === action);

describe("letting a desk in", () => {
  beforeAll(async () => {
    closed = await place().world.start({ LANYARD_OPEN_ENROLMENT: "off" });
    return () => closed.close();
  });

  describe("[DESIGN 3.5] adding a desk by a code", () => {
    test("a manager gets a code, once, in the answer itself; the desk it lets in is theirs", async () => {
      const { browser, operator } = await signedIn();
      const form = await browser.get(`${LIST}/new`);
      expect(form.body).toContain('value="A81"');
      expect(form.body).not.toContain('value="RX2"');
      const answer = await browser.post(`${LIST}/new`, { organisation: "A81", name: "Front desk" });
      expect(answer.status).toBe(200);
      expect(answer.headers["cache-control"]).toContain("no-store");
      const text = found(/[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(answer.body)?.[0]);
      const key = newDeskKey();
      await openDesk(closed, { key, code: text.replaceAll("-", "") });
      const page = await browser.get(LIST);
      expect(page.body).toContain("Front desk");
      expect(page.body).toContain("with a code made by Dr Maria Okafor");
      expect((await entries("desk.enrolled")).at(-1)).toMatchObject({ actor: operator.careId });
    });

    test("an organisation outside one's own is no choice, and none is an error", async () => {
      const { browser } = await signedIn();
      const before = (await entries("desk.code_made")).length;
      for (const organisation of ["RX2", "nowhere", ""]) {
        const answer = await browser.post(`${LIST}/new`, { organisation });
        expect([answer.status, answer.body.includes("Choose an organisation")]).toEqual([
          400,
          true,
        ]);
      }
      expect(await entries("desk.code_made")).toHaveLength(before);
    });
  });

  describe("desks that ask", () => {
    async function asking() {
      const key = newDeskKey();
      await dial(closed, { key }).closed;
      return { key, address: `/administration/desk-requests/${deskKeyHash(key)}` };
    }

    test("are listed with their fingerprint; let in only once somebody says that it is the same", async () => {
      const { browser, operator } = await signedIn();
      const { key, address } = await asking();
      const fingerprint = deskFingerprint(deskKeyHash(key));
      expect((await browser.get(LIST)).body).toContain(fingerprint);
      expect((await browser.get(address)).body).toContain(fingerprint);
      const whose = { decision: "approve", organisation: "RX1", name: "Ward 7" };
      const refused = await browser.post(address, whose);
      expect([refused.status, refused.body.includes("Error: ")]).toEqual([400, true]);
      expect(
        (await browser.post(address, { ...whose, same: "yes", organisation: "RX2" })).status,
      ).toBe(400);
      expect((await dial(closed, { key }).closed).reason).toBe("desk_unknown");
      const answer = await browser.post(address, { ...whose, same: "yes" });
      expect(answer.body).toContain("Ward 7 has been let in.");
      await openDesk(closed, { key });
      expect((await entries("desk.enrolled")).at(-1)).toMatchObject({
        actor: operator.careId,
        details: { by: "approval" },
      });
      expect((await browser.get(address)).status).toBe(404);
    });

    test("refused: gone from the list, on record with who refused", async () => {
      const { browser, operator } = await signedIn(["Advanced RA Agent"]);
      const { key, address } = await asking();
      expect((await browser.post(address, { decision: "refuse" })).body).toContain(
        "has been refused",
      );
      expect((await browser.get(LIST)).body).not.toContain(deskKeyHash(key));
      expect((await entries("desk.request_refused")).at(-1)).toMatchObject({
        actor: operator.careId,
      });
      expect((await browser.post(address, { decision: "approve", same: "yes" })).status).toBe(404);
    });
  });
});

describe("a desk's name", () => {
  test("is changed on record, once, and the agent's own word does not change it back", async () => {
    const met = await signedIn();
    const key = newDeskKey();
    await openDesk(place().site, { key });
    const id = await deskIdOf(key);
    const address = `${LIST}/${id}`;
    expect((await met.browser.post(`${address}/name`, { name: " \u0000 " })).status).toBe(400);
    await met.browser.post(`${address}/name`, { name: "Main\r\ndesk" });
    await met.browser.post(`${address}/name`, { name: "Main desk" });
    await openDesk(place().site, { key });
    expect((await met.browser.get(address)).body).toContain("Main desk");
    const renamed = (await entries("desk.renamed")).filter(({ deskId }) => deskId === id);
    expect(renamed).toMatchObject([
      { actor: met.operator.careId, details: { before: "Reception", name: "Main desk" } },
    ]);
  });
});

describe("[DESIGN 7] a desk is its own organisation's business", () => {
  test("elsewhere it is not listed, not shown, not renamed and not shut out", async () => {
    const { browser } = await signedIn();
    const key = newDeskKey();
    await openDesk(place().site, { key });
    const id = await deskIdOf(key);
    await place().world.assignDesk(id, "RX2");
    expect((await browser.get(LIST)).body).not.toContain(`${LIST}/${id}`);
    for (const path of [`${LIST}/${id}`, `${LIST}/${id}/revoke`])
      expect((await browser.get(path)).status).toBe(404);
    expect((await browser.post(`${LIST}/${id}/name`, { name: "Mine" })).status).toBe(404);
    expect((await browser.post(`${LIST}/${id}/revoke`)).status).toBe(404);
    const desk = await place().world.store.transaction(({ desks }) => desks.find(id));
    expect(desk).toMatchObject({ name: "Reception", revokedAt: undefined });
    await place().world.assignDesk(id, "A81");
    expect((await browser.get(`${LIST}/${id}`)).status).toBe(200);
  });

  test("the tab is there for those who may, and nobody else gets past its door", async () => {
    const manager = await signedIn();
    expect((await manager.browser.get("/cis")).body).toContain('href="/administration"');
    expect((await manager.browser.get("/administration")).body).toContain(`href="${LIST}"`);
    const agent = await signedIn(["RA Agent"]);
    expect((await agent.browser.get("/cis")).body).not.toContain('href="/administration"');
    expect((await agent.browser.get("/administration")).status).toBe(403);
  });
});

describe("[DESIGN 4] shut out, at once", () => {
  test("the leash drops, the session there is over, a later hello is refused, and it is on record", async () => {
    const manager = await signedIn();
    const victim = await signedIn(["RA Agent"]);
    const id = await ownDesk(victim);
    expect((await manager.browser.get(`${LIST}/${id}`)).body).toContain("Connected");
    expect((await manager.browser.get(`${LIST}/${id}/revoke`)).body).toContain(
      "signed out at once",
    );
    expect((await entries("desk.revoked")).filter(({ deskId }) => deskId === id)).toEqual([]);
    const answer = await manager.browser.post(`${LIST}/${id}/revoke`);
    // By the time of the answer it is done: no waiting.
    expect((await victim.browser.get("/manage-smartcard")).location).toBe("/signed-out");
    expect((await victim.browser.get("/signed-out")).body).toContain("may no longer be used");
    expect(await victim.desk.closed).toMatchObject({ code: 1012 });
    expect((await manager.browser.get(answer.location)).body).toContain("Shut out");
    expect((await entries("desk.revoked")).filter(({ deskId }) => deskId === id)).toMatchObject([
      { actor: manager.operator.careId },
    ]);
    const ended = (await entries("session.ended")).filter(({ deskId }) => deskId === id);
    expect(ended).toMatchObject([{ details: { reason: "desk_revoked" } }]);
  });

  test("twice is once on record", async () => {
    const { browser } = await signedIn();
    const key = newDeskKey();
    await openDesk(place().site, { key });
    const id = await deskIdOf(key);
    for (let times = 0; times < 2; times += 1) await browser.post(`${LIST}/${id}/revoke`);
    expect((await entries("desk.revoked")).filter(({ deskId }) => deskId === id)).toHaveLength(1);
    expect(await dial(place().site, { key }).closed).toEqual({
      code: 1008,
      reason: "desk_revoked",
    });
  });

  test("one's own desk: signed out as everybody there", async () => {
    const met = await signedIn();
    const id = await ownDesk(met);
    expect((await met.browser.get(`${LIST}/${id}/revoke`)).body).toContain("you are signed in at");
    await met.browser.post(`${LIST}/${id}/revoke`);
    expect((await met.browser.get(LIST)).location).toBe("/signed-out");
  });

  test("an unlock not released ends; what was released stays in doubt, never called failed", async () => {
    const manager = await signedIn();
    const chosen = await atAgent(await holderDesk(place()));
    await manager.browser.post(`${LIST}/${await ownDesk(chosen)}/revoke`);
    expect((await ceremonyNow(chosen)).state).toMatchObject({ phase: "aborted" });
    const released = await atAgent(await holderDesk(place()));
    await authorise(released);
    await manager.browser.post(`${LIST}/${await ownDesk(released)}/revoke`);
    expect((await ceremonyNow(released)).state).toMatchObject({ phase: "released" });
  });

  test("what a shut-out desk still says while its line closes is nobody's", async () => {
    const manager = await signedIn();
    const victim = await signedIn(["RA Agent"]);
    const visit = visitOf((await victim.browser.post("/sign-in")).location);
    // It does not hear that its line closes, and goes on talking.
    victim.desk.deaf(true);
    await manager.browser.post(`${LIST}/${await ownDesk(victim)}/revoke`);
    victim.desk.send(JSON.stringify({ id: 999, call: "claim", body: { visit } }));
    victim.desk.deaf(false);
    await victim.desk.closed;
    const found = await place().world.store.transaction(({ visits }) => visits.find(visit));
    expect(found?.state).toBe("new");
  });

  test("a sign-in under way there comes to nothing", async () => {
    const manager = await signedIn();
    const victim = await signedIn(["RA Agent"]);
    const id = await ownDesk(victim);
    const before = victim.browser.cookies.get("__Host-session");
    const proven = await proveSignIn(place().site, victim);
    await place().world.store.transaction(({ desks }) =>
      desks.revoke(id, place().world.clock.now()),
    );
    if ("refused" in proven) throw new Error(proven.refused);
    await victim.browser.get(proven.back);
    const open = await place().world.store.transaction(({ sessions }) => sessions.openAtDesk(id));
    // The one from before, which the next round ends; no new one.
    expect(open).toHaveLength(1);
    expect(victim.browser.cookies.get("__Host-session")).toBe(before);
    await manager.browser.post(`${LIST}/${id}/revoke`);
    expect(
      await place().world.store.transaction(({ sessions }) => sessions.openAtDesk(id)),
    ).toEqual([]);
  });

  test("revoked behind this node's back, at the command line or by another node: gone at the next round", async () => {
    const victim = await signedIn(["RA Agent"]);
    const id = await ownDesk(victim);
    await place().world.store.transaction(({ desks }) =>
      desks.revoke(id, place().world.clock.now()),
    );
    place().world.round();
    expect(await victim.desk.closed).toMatchObject({ code: 1012 });
    await vi.waitFor(async () =>
      expect((await victim.browser.get("/manage-smartcard")).location).toBe("/signed-out"),
    );
  });

  test("revoked between its hello and its first word: the line does not stay", async () => {
    const key = newDeskKey();
    const first = await openDesk(place().site, { key });
    const id = await deskIdOf(key);
    await first.cut();
    const { store } = place().world;
    // The desk has been recognised when its link is made; that is when it is revoked here.
    const desk = dial(place().site, { key });
    const honest = desk.answers.hello;
    desk.answers.hello = (request) => {
      const { transaction } = store;
      vi.spyOn(store, "transaction").mockImplementationOnce(async (work) => {
        const found = await transaction(work);
        await transaction(({ desks }) => desks.revoke(id, place().world.clock.now()));
        return found;
      });
      return honest(request);
    };
    expect(await desk.closed).toMatchObject({ code: 1012 });
  });
});

test("an anonymous browser finds none of it", async () => {
  const browser = new TestBrowser(place().site);
  expect((await browser.get(LIST)).location).toBe("/signed-out");
});
