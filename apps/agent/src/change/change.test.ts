import { INSTRUCTIONS } from "@lanyard/piv";
import { statements } from "@lanyard/wire";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CHANGED, type ChangeDesk, startChange } from "../testing/change-desk.ts";
import { newNonce } from "../testing/scripted-server.ts";
import type { Reply } from "../testing/test-browser.ts";
import { OPERATOR_READER, openTestDesk, type TestDesk } from "../testing/test-desk.ts";
import { OPERATOR, SESSION, storedForm } from "../testing/unlock-desk.ts";
import { isSignature } from "../testing/unlock-script.ts";

const CHANGE = INSTRUCTIONS.changeReferenceData;
const { verify: VERIFY, generalAuthenticate: SIGN } = INSTRUCTIONS;
const OLD = storedForm(OPERATOR.passcode);
const NEW = storedForm(CHANGED);

describe("a holder changes the passcode of their own card", () => {
  let desk: TestDesk;
  let at: ChangeDesk;

  beforeEach(async () => {
    desk = await openTestDesk();
    at = await startChange(desk);
  });
  afterEach(() => desk.close());

  const goesHome = (answer: Reply): void => {
    expect(answer.status).toBe(303);
    expect(answer.location).toContain(`${desk.server.origin}/return/${at.visit.id}/`);
  };
  const tries = () => at.holder.card.state.passcode.triesLeft;
  const arm = (...fault: Parameters<typeof at.holder.card.faults.arm>) =>
    at.holder.card.faults.arm(...fault);

  test("the rule comes first, and no field is one that a browser would save", () => {
    const { html } = at.page;
    expect(html.indexOf("Use 4 to 8 letters or numbers.")).toBeLessThan(html.indexOf("<input"));
    const fields = html.match(/<input[^>]*type="password"[^>]*>/g) ?? [];
    expect(fields).toHaveLength(3);
    for (const field of fields) expect(field).toContain('autoComplete="one-time-code"');
    for (const field of fields) expect(field).not.toContain("value=");
  });

  test("old, new, new: announced, changed, proven, in that order", async () => {
    goesHome(await at.press(at.page));
    expect(at.script.told).toEqual(["send", "report 9000", "prove true"]);
    expect(at.script.state.phase).toBe("changed");
    expect(at.stored()).toBe(NEW);
    expect(tries()).toBe(3);
  });

  test("the session stands: the card is still connected and signs with 9A, now by the new passcode", async () => {
    await at.press(at.page);
    const nonce = newNonce();
    const { signature } = await desk.server.call("presence", {
      session: SESSION,
      nonce,
      slot: "9A",
    });
    const statement = statements.presence({ origin: desk.server.origin, session: SESSION, nonce });
    expect(isSignature(at.holder.keys["9a"], statement, signature)).toBe(true);
  });

  test("[PIV-2 §3.2.1] the proof is worth something: a card that kept the old passcode does not give it", async () => {
    // The card says 9000 and changes nothing.
    arm({ kind: "status_word", statusWord: 0x9000, effect: "skipped" }, { ins: CHANGE });
    goesHome(await at.press(at.page));
    expect(at.script.told).toEqual(["send", "report 9000", "lost proof_missing"]);
    expect(at.script.state.phase).toBe("uncertain");
  });

  test("a card that cannot take its verified state back proves itself all the same", async () => {
    // The first VERIFY after CHANGE is the one with P1=FF.
    arm({ kind: "status_word", statusWord: 0x6a86, effect: "skipped" }, { ins: VERIFY });
    goesHome(await at.press(at.page));
    expect(at.script.state.phase).toBe("changed");
  });

  describe("nothing is sent to the card, and no try is used, for", () => {
    test.each([
      ["nothing typed", { current: "" }, /Type your present passcode/],
      ["what cannot be a passcode", { current: "abc" }, /No try was used/],
      ["nothing new", { passcode: "" }, /Type the new passcode/],
      ["the same again", { passcode: OPERATOR.passcode }, /must be different from the present one/],
      ["too short a new one", { passcode: "k7m" }, /Use 4 to 8/],
      ["an obvious one", { passcode: "1234" }, /simple order/],
      ["the holder's own name", { passcode: "sam63" }, /about you/],
      ["a mismatch", { again: "t8w3kg" }, /different/],
    ])("%s", async (_, typed, reason) => {
      const answer = await at.press(at.page, typed);
      expect(answer.html).toMatch(reason);
      expect(answer.html).not.toContain(OPERATOR.passcode);
      expect(at.script.told).toEqual([]);
      expect([at.stored(), tries()]).toEqual([OLD, 3]);
    });
  });

  test("a card that takes digits only, at a site of digits only, is told so", async () => {
    at.visit.task = { ...at.task, policy: { site: "care-6-8-digits", cardRule: "digits-6-8" } };
    expect((await desk.browser.go(at.path)).html).toContain("Use 6 to 8 numbers.");
  });

  describe("a wrong present passcode", () => {
    test("one press, one try; the page says how many are left, and then it goes on", async () => {
      const answer = await at.press(at.page, { current: "q1w9xx" });
      expect(answer.html).toContain("You have 2 tries left before the card locks.");
      expect([at.stored(), tries()]).toEqual([OLD, 2]);
      goesHome(await at.press(answer));
      expect(at.script.told).toEqual(["send", "report 63c2", "send", "report 9000", "prove true"]);
      expect(tries()).toBe(3);
    });

    test("the third: home, and nothing more can be tried", async () => {
      let page = at.page;
      for (const left of [2, 1]) {
        page = await at.press(page, { current: "q1w9xx" });
        expect(tries()).toBe(left);
      }
      goesHome(await at.press(page, { current: "q1w9xx" }));
      expect(at.script.state).toMatchObject({ phase: "aborted", reason: "passcode_blocked" });
      expect(at.stored()).toBe(OLD);
    });

    test("the same form pressed again gets the first answer: still one try", async () => {
      const [first, second] = await Promise.all([
        at.press(at.page, { current: "q1w9xx" }),
        at.press(at.page, { current: "q1w9xx" }),
      ]);
      expect(first.html).toContain("2 tries left");
      expect(second.status).toBe(200);
      expect(tries()).toBe(2);
      expect(at.script.told).toEqual(["send", "report 63c2"]);
    });
  });

  test("Cancel: given up, nothing sent", async () => {
    const { token } = at.page;
    goesHome(await desk.browser.press(at.path, { token, press: "cancel" }));
    expect(desk.server.calls.at(-1)).toEqual({
      call: "give_up",
      body: { visit: at.visit.id, reason: "cancelled" },
    });
    expect(at.script.told).toEqual([]);
  });

  test("another card with another key is not touched", async () => {
    at.visit.task = { ...at.task, keyHash: "0".repeat(64) };
    goesHome(await at.press(at.page));
    expect(at.script.told).toEqual([]);
    expect([at.stored(), tries()]).toEqual([OLD, 3]);
  });

  test("the card was pulled and put back before the press: another insertion, nothing is sent", async () => {
    desk.readers.remove(OPERATOR_READER);
    await desk.readers.insert(OPERATOR_READER, at.holder.card);
    goesHome(await at.press(at.page));
    expect(at.script.told).toEqual([]);
    expect(desk.server.calls.at(-1)).toMatchObject({ body: { reason: "operator_card_removed" } });
    expect(at.stored()).toBe(OLD);
  });

  describe("the card is pulled", () => {
    test("once it was announced, before anything was sent: told as that", async () => {
      at.script.before = (call) => {
        if (call === "send") desk.readers.remove(OPERATOR_READER);
      };
      goesHome(await at.press(at.page));
      expect(at.script.told).toEqual(["send", "lost not_sent"]);
      expect(at.script.state).toMatchObject({ phase: "begun" });
      expect(at.stored()).toBe(OLD);
    });

    test.each([
      ["before", OLD],
      ["after", NEW],
    ] as const)("%s the command did its work: uncertain, never failed", async (when, stored) => {
      arm({ kind: "power_cut", when }, { ins: CHANGE });
      goesHome(await at.press(at.page));
      expect(at.script.told).toEqual(["send", "report lost"]);
      expect(at.script.state).toMatchObject({ phase: "uncertain", reason: "answer_lost" });
      expect(at.stored()).toBe(stored);
    });

    test.each([
      ["taking back", { ins: VERIFY }],
      ["VERIFY", { ins: VERIFY, skip: 1 }],
      // The check that it is the same card signs too, before anything else.
      ["the signature", { ins: SIGN, skip: 1 }],
    ])("at %s: the 9000 stands, the proof is missing", async (_, trigger) => {
      arm({ kind: "power_cut", when: "after" }, trigger);
      goesHome(await at.press(at.page));
      expect(at.script.told).toEqual(["send", "report 9000", "lost holder_card_removed"]);
      expect(at.script.state).toMatchObject({ phase: "uncertain", passcodeSet: true });
      expect(at.stored()).toBe(NEW);
    });
  });

  test.each([0x6581, 0x6f00, 0x6a84])(
    "%i may mean either: uncertain, and nothing more is sent to the card",
    async (statusWord) => {
      arm({ kind: "status_word", statusWord, effect: "applied" }, { ins: CHANGE });
      goesHome(await at.press(at.page));
      expect(at.script.told).toEqual(["send", "report lost"]);
      expect(at.script.state.phase).toBe("uncertain");
    },
  );

  test("the card does not like the new passcode: aborted, nothing changed, no try used", async () => {
    arm({ kind: "status_word", statusWord: 0x6a80, effect: "skipped" }, { ins: CHANGE });
    goesHome(await at.press(at.page));
    expect(at.script.state).toMatchObject({ phase: "aborted", reason: "passcode_refused_by_card" });
    expect([at.stored(), tries()]).toEqual([OLD, 3]);
  });

  test.each([
    ["over, and the browser is awaited", "return"],
    ["over, and no browser is awaited", "over"],
  ] as const)(
    "the server says to the announcement that it is %s: nothing is sent",
    async (_, next) => {
      desk.server.handlers.change_send = async () =>
        next === "return" ? { next, ...desk.server.end(at.visit.id) } : { next };
      const answer = await at.press(at.page);
      if (next === "return") goesHome(answer);
      else expect(answer.html).toContain("This has been finished already");
      expect(at.script.told).toEqual([]);
      expect([at.stored(), tries()]).toEqual([OLD, 3]);
    },
  );

  test("in another window already: refused in words, and nothing is sent", async () => {
    at.script.state = { ...at.script.state, phase: "sent" };
    const answer = await at.press(at.page);
    expect(answer.html).toContain("in another window");
    expect([at.stored(), tries()]).toEqual([OLD, 3]);
  });

  test("no passcode is in the log, in the journal or in a call", async () => {
    await at.press(at.page, { current: "q1w9xx" });
    await at.press(await desk.browser.go(at.path));
    const everything = [...desk.logged, JSON.stringify(desk.server.calls)].join("\n");
    for (const secret of [OPERATOR.passcode, CHANGED, "q1w9xx"]) {
      expect(everything).not.toContain(secret);
      expect(everything).not.toContain(Buffer.from(secret).toString("hex"));
    }
  });
});
