import { describe, expect, test, vi } from "vitest";
import { openDesk } from "../testing/scripted-desk.ts";
import { siteForTests } from "../testing/test-world.ts";
import {
  actionsOf,
  atAgent,
  authorisation,
  authorise,
  expectPhase,
  holderDesk,
  openRelease,
  registersOf,
  report,
  sealingKeys,
  type Unlocking,
} from "../testing/unlock-desk.ts";

const place = siteForTests();

const begin = async (wish = {}): Promise<Unlocking> => atAgent(await holderDesk(place(), wish));

describe("[DESIGN 5] T:AUTHORISED: only the operator's card releases a PUK, for this unlock and this key", () => {
  const refuses = async (
    unlocking: Unlocking,
    request: ReturnType<typeof authorisation>,
    code = "signature_invalid",
  ) => {
    const before = unlocking.world.derived.length;
    const attempt = unlocking.desk.call("unlock_authorise", request);
    await expect(attempt).rejects.toMatchObject({ code });
    await expectPhase(unlocking, { phase: "chosen" });
    expect(await registersOf(unlocking)).toMatchObject({ n: 0, hi: 0, exposed: false });
    expect(unlocking.world.derived).toHaveLength(before);
    expect(await actionsOf(unlocking)).not.toContain("unlock.released");
  };

  test.each([
    ["other evidence", { evidence: "passport" }],
    ["another person", { careId: "555099999999" }],
    ["another card", { keyHash: "ab".repeat(32) }],
    ["another ceremony", { ceremony: "A".repeat(22) }],
    ["another nonce", { nonce: `${"A".repeat(43)}=` }],
    ["another key of the agent", { ephemeralKey: new Uint8Array(32).fill(9) }],
  ])("signed for %s", async (_, statement) => {
    const unlocking = await begin();
    await refuses(unlocking, authorisation(unlocking, { statement }));
  });

  test("with the key store gone: nothing is released, and the same request works once it is back", async () => {
    const unlocking = await begin();
    unlocking.world.loseSecrets(true);
    await refuses(unlocking, authorisation(unlocking), "not_released");
    expect(unlocking.site.logged.join("")).toContain("secrets.unavailable");
    unlocking.world.loseSecrets(false);
    expect((await authorise(unlocking)).next).toBe("open");
  });

  test("asked for another key than the one signed for", async () => {
    const unlocking = await begin();
    const { publicKey } = await sealingKeys();
    await refuses(unlocking, authorisation(unlocking, { ephemeralKey: publicKey }));
  });

  test("signed by another card of the same operator", async () => {
    const unlocking = await begin();
    const signer = await unlocking.world.card(unlocking.operator.careId);
    await refuses(unlocking, authorisation(unlocking, { signer }));
  });

  test("signed by the holder's own card", async () => {
    const unlocking = await begin();
    await refuses(unlocking, authorisation(unlocking, { signer: unlocking.holderCard }));
  });

  test.each([
    ["with 9E, which asks for nothing", { signedSlot: "9E" }],
    ["with 9C, said to be 9A", { signedSlot: "9C" }],
    ["with 9C, where a press was agreed", { slot: "9C" }],
  ] as const)("signed %s", async (_, change) => {
    const unlocking = await begin();
    await refuses(unlocking, authorisation(unlocking, change));
  });

  test("a key that nothing can be sealed to", async () => {
    const unlocking = await begin();
    const short = new Uint8Array(31);
    const change = { ephemeralKey: short, statement: { ephemeralKey: short } };
    await refuses(unlocking, authorisation(unlocking, change));
  });

  test("at a desk other than the session's", async () => {
    const unlocking = await begin();
    const other = await openDesk(unlocking.site);
    const before = unlocking.world.derived.length;
    const attempt = other.call("unlock_authorise", authorisation(unlocking));
    await expect(attempt).rejects.toMatchObject({ code: "visit_taken" });
    expect(unlocking.world.derived).toHaveLength(before);
  });

  test("after the operator's card was pulled: aborted, nothing to repair, nothing released", async () => {
    const unlocking = await begin();
    await unlocking.desk.remove(0);
    await vi.waitFor(() =>
      expectPhase(unlocking, { phase: "aborted", reason: "operator_card_removed" }),
    );
    const before = unlocking.world.derived.length;
    await expect(authorise(unlocking)).rejects.toMatchObject({ code: "operator_gone" });
    expect(unlocking.world.derived).toHaveLength(before);
    expect(await registersOf(unlocking)).toMatchObject({ n: 0, hi: 0 });
  });

  test("with removal policy `ignore` too, the operator's card must be here to release anything", async () => {
    const { world } = place();
    const site = await world.start({ LANYARD_REMOVAL: "ignore" });
    const unlocking = await atAgent(await holderDesk({ world, site }));
    await unlocking.desk.remove(0);
    await refuses(unlocking, authorisation(unlocking), "operator_gone");
    await site.close();
  });

  test("after the holder's card was pulled", async () => {
    const unlocking = await begin();
    await unlocking.desk.remove(1);
    await expectPhase(unlocking, { phase: "aborted", reason: "holder_card_removed" });
    await expect(authorise(unlocking)).rejects.toMatchObject({ code: "not_released" });
    expect(await registersOf(unlocking)).toMatchObject({ n: 0, hi: 0 });
  });

  test("after another card took the holder's place", async () => {
    const unlocking = await begin();
    await unlocking.desk.insert(1, unlocking.holderCard);
    await expectPhase(unlocking, { phase: "aborted" });
    await expect(authorise(unlocking)).rejects.toMatchObject({ code: "not_released" });
  });

  test("after the operator's card was cancelled or their account closed, though both are still here", async () => {
    const [one, two] = [await begin(), await begin()];
    await one.world.store.transaction(({ cards }) =>
      cards.setLife(one.card.record.serial, "cancelled"),
    );
    await two.world.closeAccount(two.operator.careId);
    await refuses(one, authorisation(one), "not_released");
    await refuses(two, authorisation(two), "not_released");
  });

  test("setting `passcode`: 9C, and no other", async () => {
    const { world } = place();
    const site = await world.start({ LANYARD_AUTHORISE: "passcode" });
    const unlocking = await atAgent(await holderDesk({ world, site }));
    await refuses(unlocking, authorisation(unlocking));
    const signed = authorisation(unlocking, { slot: "9C" });
    const progress = await unlocking.desk.call("unlock_authorise", signed);
    expect(progress.next).toBe("open");
    await site.close();
  });
});

describe("[DESIGN 3.6] audit before release", () => {
  test("when the entry cannot be written nothing leaves, nothing moves, and trying again works", async () => {
    const unlocking = await begin();
    const before = unlocking.world.derived.length;
    unlocking.world.failAudit("unlock.released");
    await expect(authorise(unlocking)).rejects.toMatchObject({ code: "internal" });
    await expectPhase(unlocking, { phase: "chosen", candidate: undefined });
    expect(await registersOf(unlocking)).toMatchObject({ n: 0, hi: 0, exposed: false });
    expect(unlocking.world.derived).toHaveLength(before);
    unlocking.world.failAudit(undefined);
    expect((await authorise(unlocking)).next).toBe("open");
  });

  test("the second PUK waits for its commit as well", async () => {
    const unlocking = await begin({ registers: { n: 3, hi: 4, tried: 4 } });
    await authorise(unlocking);
    const before = unlocking.world.derived.length;
    unlocking.world.failAudit("unlock.pin_set");
    const attempt = report(unlocking, "reset", 0x9000);
    await expect(attempt).rejects.toMatchObject({ code: "internal" });
    expect(unlocking.world.derived).toHaveLength(before);
    await expectPhase(unlocking, { phase: "released" });
  });

  test("at the moment a PUK is derived, its registers and its entry are there to be read", async () => {
    const unlocking = await begin();
    const seen: unknown[] = [];
    const derive = unlocking.world.secrets.derivePuk;
    const spy = vi.spyOn(unlocking.world.secrets, "derivePuk");
    spy.mockImplementation(async (of, index) => {
      seen.push({
        registers: await registersOf(unlocking),
        last: (await actionsOf(unlocking)).at(-1),
      });
      return derive(of, index);
    });
    await authorise(unlocking);
    spy.mockRestore();
    const committed = { registers: expect.objectContaining({ hi: 1 }), last: "unlock.released" };
    expect(seen).toEqual([committed, committed]);
  });

  test("a repeated request re-seals the same PUKs, and nothing moves", async () => {
    const unlocking = await begin();
    const request = authorisation(unlocking);
    const first = await unlocking.desk.call("unlock_authorise", request);
    const registers = await registersOf(unlocking);
    const again = await unlocking.desk.call("unlock_authorise", request);
    expect(await openRelease(unlocking, again)).toEqual(await openRelease(unlocking, first));
    expect(again).not.toEqual(first);
    expect(await registersOf(unlocking)).toEqual(registers);
    expect(
      (await actionsOf(unlocking)).filter((action) => action === "unlock.released"),
    ).toHaveLength(1);
  });

  test("a second authorisation for another key releases nothing more", async () => {
    const unlocking = await begin();
    await authorise(unlocking);
    const other = { ...unlocking, keys: await sealingKeys() };
    const before = unlocking.world.derived.length;
    await expect(authorise(other)).rejects.toMatchObject({ code: "not_released" });
    expect(unlocking.world.derived).toHaveLength(before);
  });

  test("of many at once, the PUKs leave for one decision only", async () => {
    const unlocking = await begin();
    const keys = await Promise.all([1, 2, 3].map(() => sealingKeys()));
    const attempts = keys.map((each) => authorise({ ...unlocking, keys: each }));
    const outcomes = await Promise.allSettled(attempts);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await registersOf(unlocking)).toMatchObject({ n: 0, hi: 1 });
  });
});
