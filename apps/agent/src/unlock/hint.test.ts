import { fromBase64, toHex } from "@lanyard/bytes";
import { HINT_OBJECT_TAG as OURS } from "@lanyard/identity";
import { INSTRUCTIONS } from "@lanyard/piv";
import { HINT_OBJECT_TAG } from "@lanyard/virtual-card";
import { Refusal } from "@lanyard/wire";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newNonce } from "../testing/scripted-server.ts";
import { openTestDesk, type TestDesk } from "../testing/test-desk.ts";
import { NEXT_PUK, startUnlock, storedForm, type UnlockDesk } from "../testing/unlock-desk.ts";
import { HINT } from "../testing/unlock-script.ts";

describe("the hint on the holder's card (unlock-protocol 2.3)", () => {
  let desk: TestDesk;
  let at: UnlockDesk;

  beforeEach(async () => {
    desk = await openTestDesk();
    at = await startUnlock(desk, { change: { hint: true } });
  });
  afterEach(() => desk.close());

  const onCard = () => at.holder.card.state.objects[HINT_OBJECT_TAG.toString(16)];

  test("is where cards have room for it", () => {
    expect(OURS).toBe(HINT_OBJECT_TAG);
  });

  test("is written by the server's answer to the card's challenge, and shown at the next proof", async () => {
    await at.confirm(at.page);
    expect(at.script.told).toEqual(["reset 9000", "hint 9000", "rotate 9000", "proof"]);
    expect(onCard()).toBe(toHex(HINT));
    const { ceremony } = at.script.task;
    const nonce = newNonce();
    const insertion = at.holderInsertion;
    const proof = await desk.server.call("card_prove", { ceremony, insertion, nonce });
    expect(fromBase64(proof.hint ?? "")).toEqual(HINT);
    expect(at.proof.hint).toBeUndefined();
  });

  test("is on the card before its PUK is changed", async () => {
    at.holder.card.faults.arm(
      { kind: "power_cut", when: "before" },
      { ins: INSTRUCTIONS.changeReferenceData },
    );
    await at.confirm(at.page);
    expect(onCard()).toBe(toHex(HINT));
    expect(at.holderPuk()).not.toBe(storedForm(NEXT_PUK));
  });

  const goesOn = async (told: readonly string[]) => {
    await at.confirm(at.page);
    expect(at.script.told).toEqual(told);
    expect(at.script.isVerified).toBe(true);
    expect(onCard()).toBeUndefined();
    expect(at.holderPuk()).toBe(storedForm(NEXT_PUK));
  };
  const WITHOUT = ["reset 9000", "rotate 9000", "proof"];

  test("refused by the server, which may have lost the release: proven, and the PUK stays", async () => {
    const before = at.holderPuk();
    desk.server.handlers.unlock_hint = async () => {
      throw new Refusal("not_released");
    };
    await at.confirm(at.page);
    expect(at.script.told).toEqual(["reset 9000", "proof"]);
    expect(at.script.isVerified).toBe(true);
    expect(at.holderPuk()).toBe(before);
  });

  test("no challenge from the card: the unlock goes on without it", async () => {
    const fault = { kind: "status_word", statusWord: 0x6a88, effect: "skipped" } as const;
    at.script.before = (call) => {
      if (call === "unlock_authorise")
        at.holder.card.faults.arm(fault, { ins: INSTRUCTIONS.generalAuthenticate, p2: 0x9b });
    };
    await goesOn(WITHOUT);
  });

  test("a management key that is not the card's: reported, and the unlock goes on", async () => {
    at.script.managementKey = new Uint8Array(32).fill(1);
    await goesOn(["reset 9000", "hint 6982", "rotate 9000", "proof"]);
  });

  test("no room after all: reported, and the unlock goes on", async () => {
    const fault = { kind: "status_word", statusWord: 0x6a84, effect: "skipped" } as const;
    at.holder.card.faults.arm(fault, { ins: INSTRUCTIONS.putData });
    await goesOn(["reset 9000", "hint 6a84", "rotate 9000", "proof"]);
  });
});
