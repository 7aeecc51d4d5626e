import { LeashLost } from "@lanyard/wire";
import { describe, expect, test, vi } from "vitest";
import { newDeskKey, openDesk } from "../testing/scripted-desk.ts";
import { base64 } from "../testing/test-card.ts";
import { bind, proveSignIn, signIn } from "../testing/test-desk.ts";
import { siteForTests } from "../testing/test-world.ts";
import {
  actionsOf,
  atAgent,
  authorisation,
  authorise,
  ceremonyNow,
  comeBack,
  doneProof,
  expectPhase,
  holderDesk,
  prove,
  registersOf,
  report,
  type Unlocking,
} from "../testing/unlock-desk.ts";

const place = siteForTests();
const PATIENCE = { timeout: 10_000 } as const;

const begin = async (wish = {}): Promise<Unlocking> => atAgent(await holderDesk(place(), wish));

describe("silence after release", () => {
  test("60 s of it are UNCERTAIN, never failed", async () => {
    const unlocking = await begin();
    await authorise(unlocking);
    unlocking.world.clock.advance(60_000);
    unlocking.world.round();
    await expectPhase(unlocking, { phase: "released" });
    unlocking.world.clock.advance(1);
    await vi.waitFor(async () => {
      unlocking.world.round();
      await expectPhase(unlocking, { phase: "uncertain", reason: "agent_gone" });
    }, PATIENCE);
    expect(await registersOf(unlocking)).toMatchObject({ n: 0, hi: 1, exposed: true });
  });

  test("fifteen minutes before release end it with nothing to repair", async () => {
    const unlocking = await begin();
    unlocking.world.clock.advance(15 * 60_000 + 1);
    await vi.waitFor(async () => {
      unlocking.world.round();
      const { state } = await ceremonyNow(unlocking);
      expect(state.phase).toBe("aborted");
    }, PATIENCE);
    expect(await registersOf(unlocking)).toMatchObject({ n: 0, hi: 0 });
  });

  test("the operator's card pulled after release: the session ends, the burst is finished and stands", async () => {
    const unlocking = await begin();
    await authorise(unlocking);
    await unlocking.desk.remove(0);
    expect((await unlocking.browser.get("/people?q=x")).location).toBe("/signed-out");
    await expectPhase(unlocking, { phase: "released" });
    await report(unlocking, "reset", 0x9000);
    await report(unlocking, "rotate", 0x9000);
    const progress = await prove(unlocking);
    await expectPhase(unlocking, { phase: "verified" });
    const page = await comeBack(unlocking, progress);
    expect(page.body).toContain("successfully unlocked");
    expect(page.body).not.toContain(unlocking.holder.familyName);
    expect(page.body).not.toContain(unlocking.holder.careId);
  });

  const uncertain = async (passcode: Unlocking["desk"]["passcode"]) => {
    const holder = await holderDesk(place());
    holder.desk.passcode = passcode;
    const unlocking = await atAgent(holder);
    await authorise(unlocking);
    const { visit } = unlocking;
    await unlocking.desk.call("unlock_lost", { visit, reason: "holder_card_removed" });
    await expectPhase(unlocking, { phase: "uncertain" });
    return unlocking;
  };

  /** The holder signs in with the card in question, at a desk of its own. */
  const holderSignsIn = async ({ site, holderCard, world }: Unlocking) => {
    const elsewhere = await holderDesk({ site, world });
    await elsewhere.desk.remove(1);
    await elsewhere.desk.insert(0, holderCard);
    await proveSignIn(site, { ...elsewhere, card: holderCard });
  };

  test("a later sign-in settles it: the card had been locked, so this unlock did it", async () => {
    const unlocking = await uncertain({ state: "blocked" });
    const registers = await registersOf(unlocking);
    await holderSignsIn(unlocking);
    await expectPhase(unlocking, { phase: "confirmed_later" });
    expect(await registersOf(unlocking)).toEqual(registers);
    expect((await actionsOf(unlocking)).at(-1)).toBe("unlock.settled");
  });

  test("the card had not been locked: it works, with which passcode is not known", async () => {
    const unlocking = await uncertain({ state: "tries_left", triesLeft: 2 });
    await holderSignsIn(unlocking);
    await expectPhase(unlocking, { phase: "settled_unknown" });
  });

  test("a report that came too late moves the registers and reopens nothing", async () => {
    const unlocking = await begin({ registers: { n: 3, hi: 4, tried: 3 } });
    await authorise(unlocking);
    unlocking.world.clock.advance(60_001);
    await vi.waitFor(async () => {
      unlocking.world.round();
      await expectPhase(unlocking, { phase: "uncertain" });
    }, PATIENCE);
    const before = unlocking.world.derived.length;
    await report(unlocking, "reset", 0x9000);
    await expectPhase(unlocking, { phase: "uncertain" });
    expect(await registersOf(unlocking)).toMatchObject({ n: 4 });
    expect(unlocking.world.derived).toHaveLength(before);
  });

  test("the last answer told twice: its reply was lost, and the browser still comes home", async () => {
    const unlocking = await begin();
    await authorise(unlocking);
    await report(unlocking, "reset", 0x9000);
    await prove(unlocking);
    const again = await prove(unlocking);
    expect((await comeBack(unlocking, again)).body).toContain("successfully unlocked");
    expect((await prove(unlocking)).next).toBe("over");
  });

  describe("told from the journal, after the ceremony was given up for lost (docs/adr/0021)", () => {
    const lateDesk = async (passcode: Unlocking["desk"]["passcode"] = { state: "blocked" }) => {
      const holder = await holderDesk(place());
      holder.desk.passcode = passcode;
      const unlocking = await atAgent(holder);
      await authorise(unlocking);
      unlocking.world.clock.advance(3_600_000);
      await vi.waitFor(async () => {
        unlocking.world.round();
        await expectPhase(unlocking, { phase: "uncertain" });
      }, PATIENCE);
      return unlocking;
    };

    test("9000 and the closing signature: it worked, whatever state the card had been in", async () => {
      const unlocking = await lateDesk({ state: "tries_left", triesLeft: 2 });
      expect((await report(unlocking, "reset", 0x9000)).next).toBe("return");
      await expectPhase(unlocking, { phase: "uncertain", passcodeSet: true });
      await report(unlocking, "rotate", 0x9000);
      await prove(unlocking);
      await expectPhase(unlocking, { phase: "confirmed_later", rotated: true });
      expect(await registersOf(unlocking)).toMatchObject({ n: 0, hi: 1 });
      const told = ["unlock.pin_set", "unlock.rotated", "unlock.settled"];
      expect((await actionsOf(unlocking)).slice(-3)).toEqual(told);
    });

    test("a signature that is not over this nonce settles nothing", async () => {
      const unlocking = await lateDesk();
      await report(unlocking, "reset", 0x9000);
      const statement = { nonce: `${"A".repeat(43)}=` };
      await unlocking.desk.call("unlock_prove", doneProof(unlocking, { statement }));
      await expectPhase(unlocking, { phase: "uncertain" });
    });

    test("another unlock released since: it worked once, and says nothing of today", async () => {
      const unlocking = await lateDesk();
      const { holderCard, site, world } = unlocking;
      const elsewhere = await holderDesk({ site, world });
      await elsewhere.desk.insert(1, holderCard);
      await authorise(await atAgent({ ...elsewhere, holderCard }));
      await report(unlocking, "reset", 0x9000);
      await prove(unlocking);
      await expectPhase(unlocking, { phase: "settled_unknown" });
    });

    test("63Cx: nothing was changed, and the next attempt knows which PUK it is not", async () => {
      const unlocking = await lateDesk();
      await report(unlocking, "reset", 0x63c9);
      await expectPhase(unlocking, { phase: "aborted", reason: "puk_refused" });
      expect(await registersOf(unlocking)).toMatchObject({ refused: 0, triesLeft: 9 });
      expect((await actionsOf(unlocking)).at(-1)).toBe("unlock.aborted");
    });

    test("63Cx after another release: no news of today's PUK", async () => {
      const unlocking = await lateDesk();
      const { holderCard, site, world } = unlocking;
      const elsewhere = await holderDesk({ site, world });
      await elsewhere.desk.insert(1, holderCard);
      await authorise(await atAgent({ ...elsewhere, holderCard }));
      const before = await registersOf(unlocking);
      await report(unlocking, "reset", 0x63c9);
      await expectPhase(unlocking, { phase: "aborted" });
      expect(await registersOf(unlocking)).toEqual(before);
    });

    test("another desk than the one that did the work is not heard", async () => {
      const unlocking = await lateDesk();
      const { site, world, visit } = unlocking;
      const other = await holderDesk({ site, world });
      const body = { visit, step: "reset", attempt: 1, status: 0x9000, lost: false } as const;
      await expect(other.desk.call("unlock_report", body)).rejects.toMatchObject({
        code: "visit_unknown",
      });
      await expectPhase(unlocking, { phase: "uncertain", passcodeSet: false });
    });
  });

  test("the leash breaks and comes back: the same unlock is finished by the same desk", async () => {
    const key = newDeskKey();
    const { world, site } = place();
    const base = await holderDesk({ world, site });
    const desk = await openDesk(site, { key });
    await desk.insert(0, base.card);
    await base.browser.get("/cis");
    await bind(desk, base.browser, (await base.browser.post("/desk")).location);
    await signIn(site, { ...base, desk });
    await desk.insert(1, base.holderCard);
    await base.desk.cut();
    const unlocking = await atAgent({ ...base, desk });
    const request = authorisation(unlocking);
    await desk.call("unlock_authorise", request);
    await desk.cut();
    await expect(desk.call("unlock_authorise", request)).rejects.toBeInstanceOf(LeashLost);
    const again = { ...unlocking, desk: await openDesk(site, { key, before: desk }) };
    expect((await again.desk.call("unlock_authorise", request)).next).toBe("open");
    await report(again, "reset", 0x9000);
    await prove(again);
    await expectPhase(again, { phase: "verified" });
    expect(base64(again.keys.publicKey)).toBe((await ceremonyNow(again)).notes.ephemeralKey);
  });
});
