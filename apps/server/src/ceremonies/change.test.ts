import { ROLE_NAMES } from "@lanyard/identity";
import { statements } from "@lanyard/wire";
import { describe, expect, test, vi } from "vitest";
import {
  Attempt,
  type Changing,
  changeActions,
  changeNow,
  changeProof,
  comeHome,
  entryOf,
  expectChange,
  openChange,
  proveChange,
  startChanging,
} from "../testing/change-desk.ts";
import { TestBrowser } from "../testing/test-browser.ts";
import { bind, proveSignIn, signedInDesk } from "../testing/test-desk.ts";
import { siteForTests } from "../testing/test-world.ts";
import { atAgent, holderDesk, readCard } from "../testing/unlock-desk.ts";

const place = siteForTests();
const PATIENCE = { timeout: 10_000 } as const;

const begin = (): Promise<Changing> => startChanging(place());

/** Up to the card's 9000. */
async function changed(changing: Changing): Promise<Attempt> {
  const attempt = new Attempt(changing);
  expect(await attempt.send()).toEqual({ next: "go_on" });
  expect(await attempt.report(0x9000)).toEqual({ next: "go_on" });
  return attempt;
}

describe("a holder changes the passcode of their own card", () => {
  test.each([...ROLE_NAMES, undefined])("whoever is signed in may: %s", async (role) => {
    const { browser } = await signedInDesk(place(), role === undefined ? [] : [role]);
    const home = await browser.get("/cis");
    expect(home.body).toContain('<a href="/my-passcode">Change my passcode</a>');
    const page = await browser.get("/my-passcode");
    expect(page.status).toBe(200);
    expect(page.body).toContain("Use 4 to 8 letters or numbers.");
    expect((await browser.post("/my-passcode")).location).toContain("http://127.0.0.1:24738/t/");
  });

  test("from Continue to the outcome; registers are left alone, the session stands", async () => {
    const changing = await begin();
    const before = await changing.world.cardNow(changing.card);
    await changed(changing);
    const page = await comeHome(changing, await proveChange(changing));
    expect(page.body).toContain("Passcode changed");
    await expectChange(changing, { phase: "changed", reason: undefined });
    expect(await changeActions(changing)).toEqual([
      "change.started",
      "change.sent",
      "change.set",
      "change.changed",
    ]);
    expect((await changing.world.cardNow(changing.card)).registers).toEqual(before.registers);
    expect((await changing.browser.get("/my-passcode")).status).toBe(200);
  });

  test("the record holds all that the closing signature was made over, and names the holder as the actor", async () => {
    const changing = await begin();
    await changed(changing);
    await proveChange(changing);
    const entry = await entryOf(changing, "change.changed");
    const { careId } = changing.operator;
    expect(entry).toMatchObject({
      actor: careId,
      holder: careId,
      cardSerial: changing.card.record.serial,
      details: {
        origin: changing.site.config.origin,
        nonce: changing.task.doneNonce,
        algorithm: "ES256",
        phase: "changed",
      },
    });
    expect(entry).not.toHaveProperty("details.n");
  });

  test("nothing is sent before it is on record: without its entry the agent is not let through", async () => {
    const changing = await begin();
    changing.world.failAudit("change.sent");
    await expect(new Attempt(changing).send()).rejects.toMatchObject({ code: "internal" });
    await expectChange(changing, { phase: "begun", wasSent: false });
  });
});

describe("what the agent says counts only in order", () => {
  test("a proof before the 9000 changes nothing", async () => {
    const changing = await begin();
    expect(await proveChange(changing)).toEqual({ next: "go_on" });
    await new Attempt(changing).send();
    expect(await proveChange(changing)).toEqual({ next: "go_on" });
    await expectChange(changing, { phase: "sent" });
  });

  test.each([
    ["of another card", (changing: Changing) => changing.world.card(changing.operator.careId)],
  ])("a proof %s is doubt", async (_, other) => {
    const changing = await begin();
    await changed(changing);
    const signer = await other(changing);
    await changing.desk.call("change_prove", changeProof(changing, { signer }));
    await expectChange(changing, { phase: "uncertain", reason: "proof_invalid" });
  });

  test.each([
    ["9E, which asks for no passcode", { slot: "9E" }],
    ["9C", { slot: "9C" }],
    ["another nonce", { statement: { nonce: `${"B".repeat(43)}=` } }],
    ["another origin", { statement: { origin: "https://other.example" } }],
    ["another ceremony", { statement: { ceremony: "C".repeat(22) } }],
    ["another person", { statement: { careId: "555099999999" } }],
  ] as const)("a proof by or over %s is doubt", async (_, change) => {
    const changing = await begin();
    await changed(changing);
    await changing.desk.call("change_prove", changeProof(changing, change));
    await expectChange(changing, { phase: "uncertain", reason: "proof_invalid" });
  });

  test("a signature for an unlock is no proof of a change", async () => {
    const changing = await begin();
    await changed(changing);
    const { task, site } = changing;
    const message = statements.unlockDone({
      origin: site.config.origin,
      ceremony: task.ceremony,
      careId: task.holder.careId,
      nonce: task.doneNonce,
    });
    await changing.desk.call("change_prove", changeProof(changing, { message }));
    await expectChange(changing, { phase: "uncertain" });
  });

  test("a wrong passcode may be typed again; what is said twice of the first is no news of the second", async () => {
    const changing = await begin();
    const first = new Attempt(changing);
    await first.send();
    expect(await first.report(0x63c2)).toEqual({ next: "go_on" });
    await expectChange(changing, { phase: "begun" });
    const second = new Attempt(changing);
    await second.send();
    await first.report(0x63c2);
    await first.lost("agent_gone");
    await expectChange(changing, { phase: "sent" });
    await second.report(0x9000);
    await expectChange(changing, { phase: "set" });
    expect((await entryOf(changing, "change.refused"))["details"]).toMatchObject({
      status: "63c2",
      phase: "begun",
    });
  });

  test("the announcement told twice is one; another press meanwhile is refused", async () => {
    const changing = await begin();
    const attempt = new Attempt(changing);
    await attempt.send();
    expect(await attempt.send()).toEqual({ next: "go_on" });
    await expect(new Attempt(changing).send()).rejects.toMatchObject({ code: "ceremony_running" });
    expect(await changeActions(changing)).toEqual(["change.started", "change.sent"]);
  });

  test("announced, and not sent after all: it may be announced again", async () => {
    const changing = await begin();
    const attempt = new Attempt(changing);
    await attempt.send();
    expect(await attempt.lost("not_sent")).toEqual({ next: "go_on" });
    await changed(changing);
  });

  test.each([
    [0x63c0, "passcode_blocked"],
    [0x6983, "passcode_blocked"],
    [0x6a80, "passcode_refused_by_card"],
    [0x6985, "refused_by_card"],
  ] as const)("%i ends it with nothing changed: %s", async (status, reason) => {
    const changing = await begin();
    const attempt = new Attempt(changing);
    await attempt.send();
    const page = await comeHome(changing, await attempt.report(status));
    await expectChange(changing, { phase: "aborted", reason });
    expect(page.body).toContain("Your passcode was not changed");
    if (reason === "passcode_blocked")
      expect(page.body).toContain("Ask your registration authority to unlock your card.");
  });

  test.each([
    [0x6581, false],
    [0x6f00, false],
    [0x1234, false],
    [0, true],
  ])("%i (lost: %s) is uncertain, and is never called failed", async (status, lost) => {
    const changing = await begin();
    const attempt = new Attempt(changing);
    await attempt.send();
    const page = await comeHome(changing, await attempt.report(status, lost));
    await expectChange(changing, { phase: "uncertain", reason: "answer_lost" });
    expect(page.body).toContain("Change not finished");
    expect(page.body).not.toMatch(/not changed|failed/i);
  });
});

describe("silence and cards that move", () => {
  test("fifteen minutes without a press end it with nothing to repair", async () => {
    const changing = await begin();
    changing.world.clock.advance(15 * 60_000 + 1);
    await vi.waitFor(async () => {
      changing.world.round();
      expect((await changeNow(changing)).state.phase).toBe("aborted");
    }, PATIENCE);
  });

  test("60 s of silence once announced are uncertain", async () => {
    const changing = await begin();
    await new Attempt(changing).send();
    changing.world.clock.advance(60_001);
    await vi.waitFor(async () => {
      changing.world.round();
      await expectChange(changing, { phase: "uncertain", reason: "agent_gone" });
    }, PATIENCE);
  });

  test("the card pulled before: aborted, signed out, and the outcome stands there without a name", async () => {
    const changing = await begin();
    await changing.desk.remove(0);
    await vi.waitFor(() => expectChange(changing, { phase: "aborted" }), PATIENCE);
    const { returnCode } = await changing.desk.call("give_up", {
      visit: changing.visit,
      reason: "operator_card_removed",
    });
    const page = await comeHome(changing, { next: "return", returnCode });
    expect(page.body).toContain("You are signed out");
    expect(page.body).toContain("Your passcode was not changed");
    expect(page.body).not.toContain(changing.operator.familyName);
  });

  test("the card pulled once announced: nothing is aborted; the agent says how it went", async () => {
    const changing = await begin();
    const attempt = new Attempt(changing);
    await attempt.send();
    await changing.desk.remove(0);
    await expectChange(changing, { phase: "sent" });
    const page = await comeHome(changing, await attempt.report(0, true));
    await expectChange(changing, { phase: "uncertain" });
    expect(page.body).toContain("Change not finished");
    expect(page.body).toContain("sign in with the new passcode");
  });

  test("the session has ended meanwhile: nothing is let through to the card", async () => {
    const changing = await begin();
    await changing.browser.post("/sign-out");
    await expect(new Attempt(changing).send()).rejects.toMatchObject({ code: "operator_gone" });
  });

  test("nor for a card that was cancelled meanwhile", async () => {
    const changing = await begin();
    const { serial } = changing.card.record;
    await changing.world.store.transaction(({ cards }) => cards.setLife(serial, "cancelled"));
    await expect(new Attempt(changing).send()).rejects.toMatchObject({ code: "card_cancelled" });
  });
});

describe("what comes later settles it", () => {
  const uncertain = async (set: boolean): Promise<Changing> => {
    const changing = await begin();
    const attempt = new Attempt(changing);
    await attempt.send();
    if (set) await attempt.report(0x9000);
    await attempt.lost("agent_gone");
    await expectChange(changing, { phase: "uncertain", passcodeSet: set });
    return changing;
  };

  test.each([true, false])(
    "a sign-in: the card works, and that is all (9000 told: %s)",
    async (set) => {
      const changing = await uncertain(set);
      expect(await proveSignIn(changing.site, changing)).toHaveProperty("back");
      await expectChange(changing, { phase: "settled_unknown" });
      expect((await changeActions(changing)).at(-1)).toBe("change.settled");
      const page = await changing.browser.get(`/my-passcode/${changing.task.ceremony}`);
      expect(page.body).toContain("the passcode you signed in with is the one it has");
    },
  );

  test("the change's own signature, come late, confirms it", async () => {
    const changing = await uncertain(true);
    await proveChange(changing);
    await expectChange(changing, { phase: "confirmed_later" });
  });

  test("not after another change may have followed", async () => {
    const changing = await uncertain(true);
    changing.world.clock.advance(1000);
    const next = { ...changing, ...(await openChange(changing)) };
    await new Attempt(next).send();
    await proveChange(changing);
    await expectChange(changing, { phase: "settled_unknown" });
  });
});

describe("Back, reload, two tabs", () => {
  test("Continue again leads to the same change by a new visit", async () => {
    const first = await begin();
    const second = await openChange(first);
    expect(second.task.ceremony).toBe(first.task.ceremony);
    expect(second.visit).not.toBe(first.visit);
  });

  test.each([
    ["before the first has looked what gives way", 1],
    ["before the first is written down", 2],
  ])("pressed twice, the second %s: one change, and both lead to it", async (_, nth) => {
    const { world } = place();
    const { browser, desk, operator } = await signedInDesk(place());
    let second = "";
    world.afterLook(nth, async () => {
      second = (await browser.post("/my-passcode")).location;
    });
    const first = (await browser.post("/my-passcode")).location;
    const ceremonies: string[] = [];
    for (const location of [first, second]) {
      const visit = await bind(desk, browser, location);
      const status = await desk.call("visit_status", { visit });
      if (status.state === "bound" && status.task.purpose === "change")
        ceremonies.push(status.task.ceremony);
    }
    expect(ceremonies).toHaveLength(2);
    expect(new Set(ceremonies).size).toBe(1);
    const ofHolder = (await world.record()).filter(({ holder }) => holder === operator.careId);
    expect(
      ofHolder.map(({ action }) => action).filter((action) => action.startsWith("change.")),
    ).toEqual(["change.started"]);
  });

  test("once announced, another tab is told to wait", async () => {
    const changing = await begin();
    await new Attempt(changing).send();
    const answer = await changing.browser.post("/my-passcode");
    expect(answer.status).toBe(409);
    expect(answer.body).toContain("A card is being changed at this PC at the moment");
    expect(answer.body).toContain("extension 4321");
  });

  test("a reload of the outcome says how it stands now", async () => {
    const changing = await begin();
    const look = () => changing.browser.get(`/my-passcode/${changing.task.ceremony}`);
    expect((await look()).body).toContain("has not been changed yet");
    const attempt = new Attempt(changing);
    await attempt.send();
    expect((await look()).body).toContain("Look again");
    await attempt.report(0x9000);
    await proveChange(changing);
    expect((await look()).body).toContain("Passcode changed");
  });

  test("nobody else sees it: to them there is no such page", async () => {
    const changing = await begin();
    const other = await signedInDesk(place(), ["RA Manager"]);
    const address = `/my-passcode/${changing.task.ceremony}`;
    expect((await other.browser.get(address)).status).toBe(404);
    expect((await other.browser.get(`/ceremonies/${changing.task.ceremony}`)).status).toBe(404);
    expect((await new TestBrowser(place().site).get(address)).location).toBe("/signed-out");
  });

  test("a lured browser is refused before anything is asked", async () => {
    const { browser, desk } = await signedInDesk(place());
    const { location } = await browser.post("/my-passcode");
    const visit = await bind(desk, new TestBrowser(place().site), location);
    await expect(desk.call("visit_status", { visit })).rejects.toMatchObject({
      code: "visit_over",
    });
  });
});

describe("beside other ceremonies", () => {
  test("an unlock under way at the desk gives way; one that is released does not", async () => {
    const at = await holderDesk(place());
    const id = await readCard(at);
    await at.browser.post("/my-passcode");
    const unlock = await at.world.store.transaction(({ ceremonies }) => ceremonies.find(id));
    expect(unlock?.state).toMatchObject({ phase: "aborted", reason: "replaced" });
  });

  test("an unlock's calls do nothing to a change, nor a change's to an unlock", async () => {
    const changing = await begin();
    const lost = { visit: changing.visit, reason: "answer_lost" } as const;
    await expect(changing.desk.call("unlock_lost", lost)).rejects.toMatchObject({
      code: "visit_unknown",
    });
    const unlocking = await atAgent(await holderDesk(place()));
    const send = { visit: unlocking.visit, attempt: "A".repeat(22) };
    await expect(unlocking.desk.call("change_send", send)).rejects.toMatchObject({
      code: "visit_unknown",
    });
  });

  test("one's own card is still refused in the assisted flow", async () => {
    const at = await signedInDesk(place(), ["RA Agent"]);
    await at.desk.insert(1, await place().world.card(at.operator.careId));
    const answer = await at.browser.post("/manage-smartcard");
    expect(answer.body).toContain("Nobody unlocks their own card.");
  });

  test("without the agent there is nothing to go to", async () => {
    const { browser, desk } = await signedInDesk(place());
    await desk.cut();
    await vi.waitFor(async () => {
      const answer = await browser.post("/my-passcode");
      expect(answer.body).toContain("The card agent of this PC cannot be reached");
    }, PATIENCE);
  });
});
