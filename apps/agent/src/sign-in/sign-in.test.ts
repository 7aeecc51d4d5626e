import { createHash, verify } from "node:crypto";
import { CARD_PROFILES } from "@lanyard/virtual-card";
import { statements, webEidValue } from "@lanyard/wire";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newNonce, type ScriptedVisit } from "../testing/scripted-server.ts";
import type { Reply } from "../testing/test-browser.ts";
import { type IssuedCard, issueCard } from "../testing/test-cards.ts";
import {
  HOLDER_READER,
  OPERATOR_READER,
  openTestDesk,
  type TestDesk,
} from "../testing/test-desk.ts";

const PASSCODE = "r7k2mz";
const WORDS = { careId: "555083916274", other: "555012345678" };

describe("signing in at the agent's page", () => {
  let desk: TestDesk;
  let operator: IssuedCard;
  let visit: ScriptedVisit;
  let nonce: string;

  beforeEach(async () => {
    desk = await openTestDesk();
    operator = await issueCard({
      careId: WORDS.careId,
      serial: "LT1",
      passcode: PASSCODE,
      puk: "Kx7mQ2pZ",
      // What cannot be a passcode must not even reach such a card.
      profile: { ...CARD_PROFILES.care, quirks: ["bad_format_costs_a_try"] },
    });
    visit = desk.server.newVisit();
    nonce = newNonce();
  });

  afterEach(() => desk.close());

  const path = () => `/t/${visit.id}`;
  const cardsIn = (count: number) =>
    desk.server.seeing(
      ({ readers }) => readers.filter(({ state }) => state === "card").length === count,
    );
  const triesLeft = () => operator.card.state.passcode.triesLeft;

  async function openBound(): Promise<Reply> {
    await desk.browser.go(path());
    visit.state = "bound";
    visit.task = { purpose: "sign_in", nonce };
    return desk.browser.go(path());
  }

  async function withOperatorIn(): Promise<string> {
    const insertion = await desk.readers.insert(OPERATOR_READER, operator.card);
    await cardsIn(1);
    return insertion;
  }

  const press = (page: Reply, fields: Record<string, string>) =>
    desk.browser.press(path(), { token: page.token, press: "confirm", ...fields });

  test("the browser is bound before anything is asked, and bounced once only", async () => {
    await withOperatorIn();
    const first = await desk.browser.go(path());
    expect(first.status).toBe(303);
    expect(first.location).toMatch(
      new RegExp(`^${desk.server.origin}/bind/${visit.id}/[A-Za-z0-9_-]{22}$`),
    );
    const second = await desk.browser.go(path());
    expect(second.status).toBe(403);
    expect(second.html).toContain("This browser did not start this");
    expect(second.html).not.toContain('type="password"');
  });

  test("[WEB-EID] the right passcode signs origin and nonce with 9A, and the browser goes home", async () => {
    const insertion = await withOperatorIn();
    const page = await openBound();
    expect(page.html).toContain(new URL(desk.server.origin).host);
    expect(page.html).toContain("5550 8391 6274");
    expect(page.html).toContain('autoComplete="one-time-code"');
    const done = await press(page, { card: insertion, passcode: PASSCODE });
    expect(done.status).toBe(303);
    expect(done.location).toContain(`${desk.server.origin}/return/${visit.id}/`);
    const sent = desk.server.calls.find(({ call }) => call === "sign_in")?.body;
    expect(sent).toMatchObject({ insertion, token: { algorithm: "ES256", format: "web-eid:1.0" } });
    const { token } = sent as { token: { signature: string } };
    const value = webEidValue(desk.server.origin, nonce, (bytes) =>
      createHash("sha256").update(bytes).digest(),
    );
    const key = { key: operator.keys["9a"], dsaEncoding: "ieee-p1363" } as const;
    expect(verify("sha256", value, key, Buffer.from(token.signature, "base64"))).toBe(true);
  });

  test("the session keeps the card: presence by 9E and 9A, until it ends with a reset", async () => {
    const insertion = await withOperatorIn();
    const page = await openBound();
    await press(page, { card: insertion, passcode: PASSCODE });
    const session = createHash("sha256").update("session").digest("hex");
    await desk.server.call("session_begin", { session, insertion });
    for (const slot of ["9E", "9A"] as const) {
      const presenceNonce = newNonce();
      const { signature } = await desk.server.call("presence", {
        session,
        nonce: presenceNonce,
        slot,
      });
      const statement = statements.presence({
        origin: desk.server.origin,
        session,
        nonce: presenceNonce,
      });
      const key = operator.keys[slot === "9E" ? "9e" : "9a"];
      expect(
        verify(
          "sha256",
          statement,
          { key, dsaEncoding: "ieee-p1363" },
          Buffer.from(signature.value, "base64"),
        ),
      ).toBe(true);
    }
    await desk.server.call("session_end", { session });
    await expect(
      desk.server.call("presence", { session, nonce: newNonce(), slot: "9E" }),
    ).rejects.toMatchObject({ code: "card_not_ready" });
    // Free again, and nothing of the verified state is left.
    await expect(desk.server.call("session_begin", { session, insertion })).rejects.toMatchObject({
      code: "card_not_ready",
    });
  });

  test("a wrong passcode costs one try a press and says how many are left", async () => {
    const insertion = await withOperatorIn();
    const page = await openBound();
    const wrong = await press(page, { card: insertion, passcode: "q4w8xx" });
    expect(wrong.html).toContain("Wrong passcode. You have 2 tries left before the card locks.");
    expect(wrong.html).toContain("<title>Error: ");
    expect(triesLeft()).toBe(2);
    const last = await press(wrong, { card: insertion, passcode: "q4w8xx" });
    expect(last.html).toContain("You have 1 try left");
    expect(triesLeft()).toBe(1);
    const right = await press(last, { card: insertion, passcode: PASSCODE });
    expect(right.status).toBe(303);
    expect(triesLeft()).toBe(3);
  });

  test("the third wrong passcode locks the card: one reason, and the way back gives up", async () => {
    const insertion = await withOperatorIn();
    let page = await openBound();
    for (let count = 0; count < 3; count += 1)
      page = await press(page, { card: insertion, passcode: "q4w8xx" });
    expect(page.html).toContain("This card is locked");
    expect(page.html).not.toContain('type="password"');
    const back = await desk.browser.press(path(), { token: page.token, press: "locked" });
    expect(back.status).toBe(303);
    expect(desk.server.calls).toContainEqual({
      call: "give_up",
      body: { visit: visit.id, reason: "card_locked" },
    });
  });

  test("the same form pressed twice spends one try and gets one answer", async () => {
    const insertion = await withOperatorIn();
    const page = await openBound();
    const fields = { card: insertion, passcode: "q4w8xx" };
    const [first, second] = await Promise.all([press(page, fields), press(page, fields)]);
    expect(second.html).toBe(first.html);
    const third = await press(page, fields);
    expect(third.html).toBe(first.html);
    expect(triesLeft()).toBe(2);
  });

  test("reload and back after a wrong passcode: the same message, and no try", async () => {
    const insertion = await withOperatorIn();
    const page = await openBound();
    await press(page, { card: insertion, passcode: "q4w8xx" });
    for (let count = 0; count < 2; count += 1)
      expect((await desk.browser.go(path())).html).toContain("You have 2 tries left");
    expect(triesLeft()).toBe(2);
    await press(await desk.browser.go(path()), { card: insertion, passcode: "" });
    expect((await desk.browser.go(path())).html).not.toContain("You have 2 tries left");
  });

  test("a locked card taken out, another put in: the page asks for that one's passcode", async () => {
    const insertion = await withOperatorIn();
    let page = await openBound();
    for (let count = 0; count < 3; count += 1)
      page = await press(page, { card: insertion, passcode: "q4w8xx" });
    desk.readers.remove(OPERATOR_READER);
    await cardsIn(0);
    const other = await issueCard({
      careId: WORDS.other,
      serial: "LT2",
      passcode: "p9n3bb",
      puk: "Kx7mQ2pZ",
    });
    await desk.readers.insert(OPERATOR_READER, other.card);
    await cardsIn(1);
    expect((await desk.browser.go(path())).html).toContain("5550 1234 5678");
  });

  test("an empty or impossible passcode costs no try", async () => {
    const insertion = await withOperatorIn();
    let page = await openBound();
    page = await press(page, { card: insertion, passcode: "" });
    expect(page.html).toContain("Enter your passcode");
    page = await press(page, { card: insertion, passcode: "abc" });
    expect(page.html).toContain("No try was used");
    page = await press(page, { card: insertion, passcode: "abcdefghi" });
    expect(page.html).toContain("No try was used");
    expect(triesLeft()).toBe(3);
  });

  test("with two cards in, only the one picked is asked", async () => {
    const other = await issueCard({
      careId: WORDS.other,
      serial: "LT2",
      passcode: "p9n3bb",
      puk: "Kx7mQ2pZ",
    });
    await desk.readers.insert(HOLDER_READER, other.card);
    const insertion = await desk.readers.insert(OPERATOR_READER, operator.card);
    await cardsIn(2);
    const page = await openBound();
    expect(page.html).toContain("Which card is yours?");
    expect(page.html).toContain(HOLDER_READER);
    expect(page.html).toContain("5550 1234 5678");
    const unpicked = await press(page, { passcode: PASSCODE });
    expect(unpicked.html).toContain("Choose which card is yours");
    const done = await press(unpicked, { card: insertion, passcode: PASSCODE });
    expect(done.status).toBe(303);
    expect(other.card.state.passcode.triesLeft).toBe(3);
  });

  test("a card swapped after the page was shown is not asked", async () => {
    const insertion = await withOperatorIn();
    const page = await openBound();
    desk.readers.remove(OPERATOR_READER);
    await cardsIn(0);
    await desk.readers.insert(OPERATOR_READER, operator.card);
    await cardsIn(1);
    const answer = await press(page, { card: insertion, passcode: "q4w8xx" });
    expect(answer.html).toContain("The card was taken out");
    expect(triesLeft()).toBe(3);
  });

  test("a form without our token does nothing", async () => {
    const insertion = await withOperatorIn();
    await openBound();
    for (const token of ["", "AAAAAAAAAAAAAAAAAAAAAA"]) {
      const answer = await desk.browser.press(path(), {
        token,
        press: "confirm",
        card: insertion,
        passcode: "q4w8xx",
      });
      expect(answer.status).toBe(403);
    }
    expect(triesLeft()).toBe(3);
  });

  test("a visit that is not bound gets no VERIFY, whatever is posted", async () => {
    const insertion = await withOperatorIn();
    const page = await openBound();
    visit.state = "claimed";
    const answer = await press(page, { card: insertion, passcode: "q4w8xx" });
    expect(answer.status).toBe(403);
    expect(triesLeft()).toBe(3);
  });

  test("cancel gives up and goes home; the back button then says it is over", async () => {
    await withOperatorIn();
    const page = await openBound();
    const back = await desk.browser.press(path(), { token: page.token, press: "cancel" });
    expect(back.status).toBe(303);
    const again = await desk.browser.go(path());
    expect(again.status).toBe(403);
    expect(again.html).toContain("This has been finished already");
    expect(again.html).toContain(`href="${desk.server.origin}/"`);
  });

  test("no passcode is ever logged, nor any visit's id", async () => {
    const insertion = await withOperatorIn();
    const page = await openBound();
    const wrong = await press(page, { card: insertion, passcode: "q4w8xx" });
    await press(wrong, { card: insertion, passcode: PASSCODE });
    const log = desk.logged.join("");
    expect(log).toContain("visit.press");
    for (const secret of [PASSCODE, "q4w8xx", visit.id, WORDS.careId])
      expect(log).not.toContain(secret);
  });
});
