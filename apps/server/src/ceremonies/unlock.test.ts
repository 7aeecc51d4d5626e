import type { UnlockProgress } from "@lanyard/wire";
import { describe, expect, test } from "vitest";
import { siteForTests } from "../testing/test-world.ts";
import {
  actionsOf,
  atAgent,
  authorise,
  ceremonyNow,
  comeBack,
  doneProof,
  expectPhase,
  holderDesk,
  openRelease,
  prove,
  pukOf,
  registersOf,
  report,
  type Unlocking,
} from "../testing/unlock-desk.ts";

const place = siteForTests();

const begin = async (wish = {}): Promise<Unlocking> => atAgent(await holderDesk(place(), wish));

describe("[DESIGN 5] an unlock, proven", () => {
  test("from card to success, every step on record, and the registers move on", async () => {
    const unlocking = await begin();
    expect(unlocking.task).toMatchObject({
      holder: { careId: unlocking.holder.careId, cardSerial: unlocking.holderCard.record.serial },
      insertion: unlocking.desk.insertions[1],
      operator: { insertion: unlocking.desk.insertions[0] },
      locked: true,
      evidence: "photo",
      pukChangeable: true,
      authorise: "press",
    });
    const release = await authorise(unlocking);
    expect(await openRelease(unlocking, release)).toEqual([
      await pukOf(unlocking, 0),
      await pukOf(unlocking, 1),
    ]);
    expect(await registersOf(unlocking)).toMatchObject({ n: 0, hi: 1, exposed: true });
    expect(await report(unlocking, "reset", 0x9000)).toEqual({ next: "go_on" });
    await expectPhase(unlocking, { phase: "pin_set" });
    expect(await report(unlocking, "rotate", 0x9000)).toEqual({ next: "go_on" });
    expect(await registersOf(unlocking)).toMatchObject({ n: 0, hi: 1 });
    const progress = await prove(unlocking);
    await expectPhase(unlocking, { phase: "verified" });
    expect(await registersOf(unlocking)).toMatchObject({ n: 1, hi: 1, exposed: false });
    expect((await comeBack(unlocking, progress)).body).toContain("Smartcard successfully unlocked");
    expect(await actionsOf(unlocking)).toEqual([
      "card.proven",
      "unlock.confirmed",
      "unlock.chosen",
      "unlock.released",
      "unlock.pin_set",
      "unlock.rotated",
      "unlock.verified",
    ]);
  });

  test("not without the card's own proof: reported words alone are no success", async () => {
    const unlocking = await begin();
    await authorise(unlocking);
    await report(unlocking, "reset", 0x9000);
    await report(unlocking, "rotate", 0x9000);
    await expectPhase(unlocking, { phase: "pin_set" });
    const { browser, task } = unlocking;
    const page = await browser.get(`/ceremonies/${task.ceremony}`);
    expect(page.body).not.toContain("successfully unlocked");
  });

  test("nothing personal and nothing secret is in the log, and no PUK in the record", async () => {
    const unlocking = await begin();
    await openRelease(unlocking, await authorise(unlocking));
    const log = unlocking.site.logged.join("");
    const record = JSON.stringify(await unlocking.world.record());
    for (const index of [0, 1]) {
      expect(log).not.toContain(await pukOf(unlocking, index));
      expect(record).not.toContain(await pukOf(unlocking, index));
    }
    const { holder, visit, task } = unlocking;
    for (const text of [holder.familyName, holder.careId, holder.dateOfBirth, visit, task.ceremony])
      expect(log).not.toContain(text);
    expect(record).not.toContain(holder.familyName);
  });

  test("a card whose PUK cannot be changed: one PUK, hi stays, no rotation", async () => {
    const unlocking = await begin({ profile: { pukChangeable: false } });
    const [candidate, next] = await openRelease(unlocking, await authorise(unlocking));
    expect([candidate, next]).toEqual([await pukOf(unlocking, 0), undefined]);
    await report(unlocking, "reset", 0x9000);
    await prove(unlocking);
    expect(await registersOf(unlocking)).toMatchObject({ n: 0, hi: 0 });
    await expectPhase(unlocking, { phase: "verified" });
  });

  test("hi above n: the next PUK leaves only after the card's 9000 was committed", async () => {
    const unlocking = await begin({ registers: { n: 3, hi: 4, tried: 4 } });
    const first = await openRelease(unlocking, await authorise(unlocking));
    expect(first).toEqual([await pukOf(unlocking, 3), undefined]);
    expect(await registersOf(unlocking)).toMatchObject({ n: 3, hi: 4 });
    const second = await report(unlocking, "reset", 0x9000);
    expect(await openRelease(unlocking, second)).toEqual([undefined, await pukOf(unlocking, 4)]);
    expect(await registersOf(unlocking)).toMatchObject({ n: 3, hi: 4 });
    await report(unlocking, "rotate", 0x9000);
    await prove(unlocking);
    expect(await registersOf(unlocking)).toMatchObject({ n: 4, hi: 4 });
  });
});

describe("[PIV-2 §3.2.3] what the card's answer to RESET RETRY COUNTER means", () => {
  // biome-ignore format: the columns are the documentation
  test.each([
    [0x9000, "go_on",  { phase: "pin_set" },                                        { n: 0, hi: 1 }],
    [0x63c5, "return", { phase: "aborted", reason: "puk_refused" },                 { refused: 1, triesLeft: 5, frozen: true }],
    [0x63c0, "return", { phase: "aborted", reason: "puk_blocked" },                 { refused: 0, triesLeft: 0 }],
    [0x6983, "return", { phase: "aborted", reason: "puk_blocked" },                 { refused: 0, triesLeft: 0 }],
    [0x6a80, "return", { phase: "aborted", reason: "passcode_refused_by_card" },    { n: 0, hi: 1, triesLeft: 15 }],
    [0x6d00, "return", { phase: "aborted", reason: "refused_by_card" },             { n: 0, hi: 1, triesLeft: 15 }],
    [0x6581, "return", { phase: "uncertain", reason: "answer_lost" },               { n: 0, hi: 1 }],
    [0x6f00, "return", { phase: "uncertain", reason: "answer_lost" },               { n: 0, hi: 1 }],
    [0x0000, "return", { phase: "uncertain", reason: "answer_lost" },               { n: 0, hi: 1 }],
  ] as const)("%i", async (status, next, state, registers) => {
    // One candidate only: {n..hi} is widened by this very release, and the widened one was never tried.
    const unlocking = await begin({ profile: { pukTriesComeBack: false } });
    await authorise(unlocking);
    const answer = await settleRefusals(unlocking, await report(unlocking, "reset", status), status);
    expect(answer.next).toBe(next);
    await expectPhase(unlocking, state);
    expect(await registersOf(unlocking)).toMatchObject(registers);
  });

  /** A wrong PUK is followed by the other candidate, once; the same answer to that one ends it. */
  async function settleRefusals(
    unlocking: Unlocking,
    answer: UnlockProgress,
    status: number,
  ): Promise<UnlockProgress> {
    return answer.next === "open" ? report(unlocking, "reset", status, { attempt: 2 }) : answer;
  }

  test("no answer at all means maybe, whatever word comes with it", async () => {
    const unlocking = await begin();
    await authorise(unlocking);
    const progress = await report(unlocking, "reset", 0x9000, { lost: true });
    await expectPhase(unlocking, { phase: "uncertain", reason: "answer_lost" });
    expect((await comeBack(unlocking, progress)).body).not.toContain("successfully unlocked");
  });

  test("a rotation that failed leaves n where it was, and the unlock is a success all the same", async () => {
    const unlocking = await begin();
    await authorise(unlocking);
    await report(unlocking, "reset", 0x9000);
    await report(unlocking, "rotate", 0x6982);
    await prove(unlocking);
    await expectPhase(unlocking, { phase: "verified" });
    expect(await registersOf(unlocking)).toMatchObject({ n: 0, hi: 1, exposed: true });
  });

  test("the other candidate was the right one", async () => {
    const unlocking = await begin({ registers: { n: 3, hi: 4, tried: 4 } });
    await authorise(unlocking);
    const second = await report(unlocking, "reset", 0x63c9);
    expect(await openRelease(unlocking, second)).toEqual([await pukOf(unlocking, 4), undefined]);
    const third = await report(unlocking, "reset", 0x9000, { attempt: 2 });
    expect(await openRelease(unlocking, third)).toEqual([undefined, await pukOf(unlocking, 5)]);
    expect(await registersOf(unlocking)).toMatchObject({ n: 4, hi: 5 });
  });

  test("a refusal told twice: the same other candidate again, and one try counted", async () => {
    const unlocking = await begin({ registers: { n: 3, hi: 4, tried: 4 } });
    await authorise(unlocking);
    await report(unlocking, "reset", 0x63c9);
    const before = await registersOf(unlocking);
    const again = await report(unlocking, "reset", 0x63c9);
    expect(await openRelease(unlocking, again)).toEqual([await pukOf(unlocking, 4), undefined]);
    expect(await registersOf(unlocking)).toEqual(before);
    await expectPhase(unlocking, { phase: "released", candidate: 4 });
  });
});

describe("[DESIGN 5] T:VERIFIED: only that signature makes success", () => {
  const reached = async () => {
    const unlocking = await begin();
    await authorise(unlocking);
    await report(unlocking, "reset", 0x9000);
    await report(unlocking, "rotate", 0x9000);
    return unlocking;
  };

  const isNoSuccess = async (unlocking: Unlocking, request: ReturnType<typeof doneProof>) => {
    const progress = await unlocking.desk.call("unlock_prove", request);
    await expectPhase(unlocking, { phase: "uncertain", reason: "proof_invalid" });
    expect(await registersOf(unlocking)).toMatchObject({ n: 0, hi: 1 });
    expect((await comeBack(unlocking, progress)).body).not.toContain("successfully unlocked");
  };

  test.each([
    ["another nonce", { nonce: `${"A".repeat(43)}=` }],
    ["another ceremony", { ceremony: "A".repeat(22) }],
    ["another person", { careId: "555099999999" }],
    ["another origin", { origin: "https://evil.example" }],
  ])("a proof over %s is no success", async (_, statement) => {
    const unlocking = await reached();
    await isNoSuccess(unlocking, doneProof(unlocking, { statement }));
  });

  test.each(["9C", "9E"] as const)("a proof by %s is no success", async (slot) => {
    const unlocking = await reached();
    await isNoSuccess(unlocking, doneProof(unlocking, { slot }));
  });

  test("a proof by another card of the same person is no success", async () => {
    const unlocking = await reached();
    const signer = await unlocking.world.card(unlocking.holder.careId);
    await isNoSuccess(unlocking, doneProof(unlocking, { signer }));
  });

  test("a proof before the card said 9000 changes nothing", async () => {
    const unlocking = await begin();
    await authorise(unlocking);
    await prove(unlocking);
    expect((await ceremonyNow(unlocking)).state.phase).not.toBe("verified");
    expect(await registersOf(unlocking)).toMatchObject({ n: 0, hi: 1 });
  });
});
