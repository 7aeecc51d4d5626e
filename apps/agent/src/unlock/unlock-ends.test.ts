import { INSTRUCTIONS } from "@lanyard/piv";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newCode } from "../testing/scripted-server.ts";
import type { Reply } from "../testing/test-browser.ts";
import { issueCard } from "../testing/test-cards.ts";
import {
  HOLDER_READER,
  OPERATOR_READER,
  openTestDesk,
  type TestDesk,
} from "../testing/test-desk.ts";
import {
  HOLDER,
  NEW_PASSCODE,
  OPERATOR,
  SESSION,
  startUnlock,
  storedForm,
  type UnlockDesk,
} from "../testing/unlock-desk.ts";

describe("an unlock that does not go as planned", () => {
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

  test("both candidates refused: two PUK tries spent, nothing changed, and home", async () => {
    at = await startUnlock(desk, { candidates: ["zzYY9988", "xxWW7766"] });
    goesHome(await at.confirm(at.page));
    expect(at.script.told).toEqual(["reset 63ce", "reset 63cd"]);
    expect(at.holderPasscode()).toBe(storedForm(HOLDER.passcode));
    expect(at.holder.card.state.puk.triesLeft).toBe(13);
  });

  test("the holder's card swapped between check and Confirm: nothing is signed, nothing is done", async () => {
    at = await startUnlock(desk);
    const other = await issueCard({ ...HOLDER, serial: "LT3" });
    desk.readers.remove(HOLDER_READER);
    await desk.readers.insert(HOLDER_READER, other.card);
    goesHome(await at.confirm(at.page));
    gaveUp("holder_card_removed");
    expect(at.authorisations()).toHaveLength(0);
    expect(other.card.state.passcode.value).toBe(storedForm(HOLDER.passcode));
  });

  test("another card with the same claims but another 9E key is refused before anything is signed", async () => {
    at = await startUnlock(desk, { change: { keyHash: "0".repeat(64) } });
    goesHome(await at.confirm(at.page));
    gaveUp("holder_card_removed");
    expect(at.authorisations()).toHaveLength(0);
  });

  test("the operator's card pulled before Confirm: given up, nothing released", async () => {
    at = await startUnlock(desk);
    desk.readers.remove(OPERATOR_READER);
    goesHome(await at.confirm(at.page));
    gaveUp("operator_card_removed");
    expect(at.authorisations()).toHaveLength(0);
  });

  test("the operator's card put back is another insertion: it does not revive the session", async () => {
    at = await startUnlock(desk);
    desk.readers.remove(OPERATOR_READER);
    await desk.readers.insert(OPERATOR_READER, at.operator.card);
    goesHome(await at.confirm(at.page));
    gaveUp("operator_card_removed");
  });

  test("the operator's card pulled after the release: the unlock is finished all the same", async () => {
    at = await startUnlock(desk);
    at.script.before = async (call) => {
      if (call !== "unlock_report reset") return;
      desk.readers.remove(OPERATOR_READER);
      await desk.server.call("session_end", { session: SESSION });
    };
    goesHome(await at.confirm(at.page));
    expect(at.script.isVerified).toBe(true);
    expect(at.holderPasscode()).toBe(storedForm(NEW_PASSCODE));
  });

  const PULLS = [
    ["before RESET RETRY COUNTER", "before", INSTRUCTIONS.resetRetryCounter],
    ["after RESET RETRY COUNTER", "after", INSTRUCTIONS.resetRetryCounter],
    ["before CHANGE REFERENCE DATA", "before", INSTRUCTIONS.changeReferenceData],
    ["after CHANGE REFERENCE DATA", "after", INSTRUCTIONS.changeReferenceData],
    ["before VERIFY", "before", INSTRUCTIONS.verify],
    ["after VERIFY", "after", INSTRUCTIONS.verify],
  ] as const;

  test.each(PULLS)(
    "the holder's card pulled %s: the server is told, and no success is claimed",
    async (_when, when, ins) => {
      at = await startUnlock(desk);
      at.holder.card.faults.arm({ kind: "power_cut", when }, { ins });
      goesHome(await at.confirm(at.page));
      expect(at.script.isVerified).toBe(false);
      expect(at.script.told.at(-1)).toMatch(/lost/);
      const isReset = ins === INSTRUCTIONS.resetRetryCounter;
      expect(at.script.told[0]).toBe(isReset ? "reset lost" : "reset 9000");
    },
  );

  test("a status word that may mean either is reported as lost, and RESET is not sent again", async () => {
    at = await startUnlock(desk);
    at.holder.card.faults.arm(
      { kind: "status_word", statusWord: 0x6581, effect: "applied" },
      { ins: INSTRUCTIONS.resetRetryCounter },
    );
    goesHome(await at.confirm(at.page));
    expect(at.script.told).toEqual(["reset lost"]);
    expect(at.holder.card.faults.armed).toBe(0);
  });

  test("CHANGE refused: the passcode is proven all the same, the refusal is reported", async () => {
    at = await startUnlock(desk);
    at.holder.card.faults.arm(
      { kind: "status_word", statusWord: 0x6985, effect: "skipped" },
      { ins: INSTRUCTIONS.changeReferenceData },
    );
    goesHome(await at.confirm(at.page));
    expect(at.script.told).toEqual(["reset 9000", "rotate 6985", "proof"]);
    expect(at.script.isVerified).toBe(true);
  });

  test("the leash cut mid-burst: the card is finished, told when it is back, and the browser goes home", async () => {
    at = await startUnlock(desk);
    let cuts = 0;
    at.script.before = (call) => {
      if (call !== "unlock_report rotate" || cuts > 0) return;
      cuts += 1;
      desk.server.cut();
    };
    goesHome(await at.confirm(at.page));
    expect(at.script.told).toEqual(["reset 9000", "rotate 9000", "rotate 9000", "proof"]);
    expect(at.script.isVerified).toBe(true);
  });

  test("the session's end wipes a kept passcode: the operator's page then asks the holder again", async () => {
    at = await startUnlock(desk, { change: { authorise: "passcode" } });
    const asked = await at.confirm(at.page);
    await desk.server.call("session_end", { session: SESSION });
    const answer = await at.authorise(asked, OPERATOR.passcode);
    expect(answer.html).toContain("was not kept any longer");
    expect(at.authorisations()).toHaveLength(0);
  });

  test("[RFC9180 §5.1] a release sealed for another ceremony does not open, and nothing is tried", async () => {
    at = await startUnlock(desk);
    at.script.sealedFor = newCode();
    goesHome(await at.confirm(at.page));
    expect(at.script.told).toEqual(["lost answer_lost"]);
    expect(at.holderPasscode()).toBe(storedForm(HOLDER.passcode));
    expect(at.holder.card.state.puk.triesLeft).toBe(15);
  });
});
