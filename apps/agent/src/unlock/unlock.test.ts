import { INSTRUCTIONS, openPivSession } from "@lanyard/piv";
import { CARD_PROFILES } from "@lanyard/virtual-card";
import { statements } from "@lanyard/wire";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Reply } from "../testing/test-browser.ts";
import { issueCard } from "../testing/test-cards.ts";
import { HOLDER_READER, openTestDesk, type TestDesk, THIRD_READER } from "../testing/test-desk.ts";
import {
  HOLDER,
  NEW_PASSCODE,
  NEXT_PUK,
  OPERATOR,
  startUnlock,
  storedForm,
  type UnlockDesk,
} from "../testing/unlock-desk.ts";
import { isSignature } from "../testing/unlock-script.ts";

describe("setting a new passcode at the agent's page", () => {
  let desk: TestDesk;
  let at: UnlockDesk;

  beforeEach(async () => {
    desk = await openTestDesk();
  });
  afterEach(() => desk.close());

  const goesHome = (answer: Reply): void => {
    expect(answer.status).toBe(303);
    expect(answer.location).toContain(`${desk.server.origin}/return/${at.visit.id}/`);
  };

  const gaveUp = (reason: string) =>
    expect(desk.server.calls).toContainEqual({
      call: "give_up",
      body: { visit: at.visit.id, reason },
    });

  test("card_prove: the holder's card signs with 9E that it is here, and says that it is locked", async () => {
    at = await startUnlock(desk);
    const { origin } = desk.server;
    const { ceremony } = at.script.task;
    const { keyHash } = at.holder;
    const statement = statements.cardProof({ origin, ceremony, keyHash, nonce: at.proofNonce });
    expect(isSignature(at.holder.keys["9e"], statement, at.proof.signature)).toBe(true);
    expect(at.proof.passcode).toEqual({ state: "blocked" });
  });

  test("the page says operation, holder, device, server and the rule before it asks", async () => {
    at = await startUnlock(desk);
    for (const words of [
      "Set a new passcode",
      "Please look away",
      "Unlock Smartcard",
      "Dr Maria Okafor",
      "5550 1234 5678",
      "LT2",
      new URL(desk.server.origin).host,
      "Use 4 to 8 letters or numbers.",
    ])
      expect(at.page.html).toContain(words);
    expect(at.page.html.match(/autoComplete="one-time-code"/g)).toHaveLength(2);
    expect(at.page.html).toContain(">Confirm<");
  });

  test("Confirm: the new passcode is set, the PUK rotated, and the card has signed with it", async () => {
    at = await startUnlock(desk);
    goesHome(await at.confirm(at.page));
    expect(at.script.told).toEqual(["reset 9000", "rotate 9000", "proof"]);
    expect(at.script.isVerified).toBe(true);
    expect(at.holderPasscode()).toBe(storedForm(NEW_PASSCODE));
    expect(at.holderPuk()).toBe(storedForm(NEXT_PUK));
    expect(at.holder.card.state.passcode.triesLeft).toBe(3);
  });

  test("a card whose PUK cannot be changed is proven without rotation", async () => {
    at = await startUnlock(desk, {
      wish: { profile: { ...CARD_PROFILES.care, pukChangeable: false } },
      change: { pukChangeable: false },
    });
    goesHome(await at.confirm(at.page));
    expect(at.script.told).toEqual(["reset 9000", "proof"]);
    expect(at.script.isVerified).toBe(true);
  });

  test("PUK in doubt: the second candidate is tried once, and only then the rotation PUK comes", async () => {
    at = await startUnlock(desk, { candidates: ["zzYY9988", HOLDER.puk] });
    goesHome(await at.confirm(at.page));
    expect(at.script.told).toEqual(["reset 63ce", "reset 9000", "rotate 9000", "proof"]);
    expect(at.script.isVerified).toBe(true);
    expect(at.holderPuk()).toBe(storedForm(NEXT_PUK));
  });

  test("the policy gives one reason, mismatch another, and no card is touched", async () => {
    at = await startUnlock(desk);
    const cases = [
      ["", "", "Type the new passcode"],
      ["1234", "1234", "That follows a simple order"],
      ["okafor", "okafor", "That matches something about you"],
      [NEW_PASSCODE, "", "Type the new passcode again"],
      [NEW_PASSCODE, "t8w3kg", "The two entries are different"],
    ] as const;
    let last = at.page;
    for (const [passcode, again, reason] of cases) {
      last = await at.confirm(last, passcode, again);
      expect(last.status).toBe(200);
      expect(last.html).toContain(reason);
      expect(last.html).toContain("<title>Error: ");
      if (passcode !== "") expect(last.html).not.toContain(`"${passcode}"`);
    }
    expect(at.authorisations()).toHaveLength(0);
    goesHome(await at.confirm(last));
  });

  test("Confirm pressed twice runs once, and both presses get the same answer", async () => {
    at = await startUnlock(desk);
    const [first, second] = await Promise.all([at.confirm(at.page), at.confirm(at.page)]);
    goesHome(first);
    expect(second.location).toBe(first.location);
    expect(at.script.told).toEqual(["reset 9000", "rotate 9000", "proof"]);
  });

  test("a reload while it runs waits and goes home too", async () => {
    at = await startUnlock(desk);
    let reload: Promise<Reply> | undefined;
    at.script.before = (call) => {
      if (call === "unlock_authorise") reload = desk.browser.go(at.path);
    };
    const done = await at.confirm(at.page);
    goesHome(done);
    expect((await reload)?.location).toBe(done.location);
  });

  test("[PIV-2 §3.2.4] 6982: the operator is asked, never retried silently, and the holder does not type again", async () => {
    at = await startUnlock(desk);
    at.operator.card.faults.arm(
      { kind: "status_word", statusWord: 0x6982, effect: "skipped" },
      { ins: INSTRUCTIONS.generalAuthenticate, p2: 0x9a },
    );
    const asked = await at.confirm(at.page);
    expect(asked.html).toContain("Operator, enter your own passcode");
    expect(at.authorisations()).toHaveLength(0);
    const wrong = await at.authorise(asked, "q4w8xx");
    expect(wrong.html).toContain("Wrong passcode. You have 2 tries left");
    goesHome(await at.authorise(wrong, OPERATOR.passcode));
    expect(at.script.isVerified).toBe(true);
    expect(at.holderPasscode()).toBe(storedForm(NEW_PASSCODE));
  });

  test("authorise=passcode: the operator's passcode is always asked, and 9C signs", async () => {
    at = await startUnlock(desk, { change: { authorise: "passcode" } });
    const mismatched = await at.confirm(at.page, NEW_PASSCODE, "t8w3kg");
    const asked = await at.confirm(mismatched);
    expect(asked.html).not.toContain("There is a problem");
    expect(asked.html).toContain("asks for your passcode before a card is unlocked");
    goesHome(await at.authorise(asked, OPERATOR.passcode));
    expect(at.authorisations()[0]).toMatchObject({ slot: "9C" });
    expect(at.script.isVerified).toBe(true);
  });

  test("Cancel: given up, the card let go, nothing done", async () => {
    at = await startUnlock(desk);
    goesHome(await desk.browser.press(at.path, { token: at.page.token, press: "cancel" }));
    gaveUp("cancelled");
    expect(at.holderPasscode()).toBe(storedForm(HOLDER.passcode));
  });

  test("at the end the holder's card is free, and its verified state gone", async () => {
    at = await startUnlock(desk);
    goesHome(await at.confirm(at.page));
    const session = await desk.readers.driver.connect(HOLDER_READER, at.holderInsertion);
    const piv = await openPivSession(session);
    expect(await piv.verifyStatus()).toEqual({ state: "tries_left", tries: 3 });
    await session.close();
  });

  test("no passcode and no PUK is ever logged or sent up the leash", async () => {
    at = await startUnlock(desk);
    await at.confirm(at.page);
    const everything = desk.logged.join("") + JSON.stringify(desk.server.calls);
    for (const secret of [NEW_PASSCODE, OPERATOR.passcode, HOLDER.puk, NEXT_PUK]) {
      expect(everything).not.toContain(secret);
      expect(everything).not.toContain(Buffer.from(secret).toString("base64").slice(0, 8));
      expect(everything).not.toContain(Buffer.from(secret).toString("hex"));
    }
    expect(desk.logged.join("")).not.toContain("Okafor");
  });

  test("a third card in does not confuse the unlock: insertions count, not readers", async () => {
    at = await startUnlock(desk);
    const third = await issueCard({ ...HOLDER, serial: "LT9" });
    await desk.readers.insert(THIRD_READER, third.card);
    goesHome(await at.confirm(at.page));
    expect(at.script.isVerified).toBe(true);
    expect(third.card.state.passcode.value).toBe(storedForm(HOLDER.passcode));
  });
});
