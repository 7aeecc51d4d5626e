import { describe, expect, test } from "vitest";
import { siteForTests } from "../testing/test-world.ts";
import {
  atAgent,
  authorise,
  expectPhase,
  type HolderDesk,
  holderDesk,
  openRelease,
  prove,
  pukOf,
  registersOf,
  report,
} from "../testing/unlock-desk.ts";

const place = siteForTests();
/** As a second touch leaves it. */
const incident = async ({ world, holderCard }: HolderDesk, firstDesk: string) => {
  const { serial } = holderCard.record;
  await world.store.transaction(({ rotations }) =>
    rotations.addIncident({
      cardSerial: serial,
      at: world.clock.now(),
      firstDesk,
      foundAt: firstDesk,
    }),
  );
};

const FROZEN = { registers: { n: 3, hi: 3, refused: 3, frozen: true, triesLeft: 13 } } as const;

describe("a frozen card waits for a supervisor's word", () => {
  const settle = async (
    { browser, holder, holderCard }: Awaited<ReturnType<typeof holderDesk>>,
    which: string,
  ) => {
    const { serial } = holderCard.record;
    return browser.post(`/people/${holder.careId}/frozen`, { device: serial, try: which });
  };

  test("an RA Manager allows the PUK before: it is tried once, in an ordinary unlock", async () => {
    const desk = await holderDesk(place(), FROZEN, ["RA Manager"]);
    const before = await desk.browser.get(`/people/${desk.holder.careId}`);
    expect(before.body).toContain("Allow one try");
    await settle(desk, "previous");
    const unlocking = await atAgent(desk);
    const release = await authorise(unlocking);
    expect(await openRelease(unlocking, release)).toEqual([await pukOf(unlocking, 2), undefined]);
    const second = await report(unlocking, "reset", 0x9000);
    expect(await openRelease(unlocking, second)).toEqual([undefined, await pukOf(unlocking, 3)]);
    await report(unlocking, "rotate", 0x9000);
    await prove(unlocking);
    await expectPhase(unlocking, { phase: "verified" });
    expect(await registersOf(unlocking)).toMatchObject({ n: 3, hi: 3, frozen: false });
    const granted = (await desk.world.record()).find(({ action }) => action === "card.try_granted");
    expect(granted).toMatchObject({
      actor: desk.operator.careId,
      details: { which: "previous", index: 2 },
    });
  });

  test("refused there too: frozen again, with one try gone", async () => {
    const desk = await holderDesk(place(), FROZEN, ["Advanced RA Agent"]);
    await settle(desk, "next");
    const unlocking = await atAgent(desk);
    await authorise(unlocking);
    await report(unlocking, "reset", 0x63cc);
    await expectPhase(unlocking, { phase: "aborted", reason: "puk_refused" });
    expect(await registersOf(unlocking)).toMatchObject({ frozen: true, triesLeft: 12 });
    const again = await atAgent(desk);
    await authorise(again);
    await expectPhase(again, { phase: "aborted", reason: "card_frozen" });
  });

  test("a card that changed its PUK behind our back: on the start page of who may decide, and no other", async () => {
    const manager = await holderDesk(place(), FROZEN, ["RA Manager"]);
    const [session] = await manager.world.store.transaction(({ sessions }) => sessions.open());
    await incident(manager, session?.deskId ?? "");
    const { serial } = manager.holderCard.record;
    const page = await manager.browser.get("/cis");
    expect(page.body).toContain(`Device ${serial}, last unlocked at Reception`);
    const profile = await manager.browser.get(`/people/${manager.holder.careId}`);
    expect(profile.body).toContain("behind our back");
    const agent = await holderDesk(manager, {}, ["RA Agent"]);
    expect((await agent.browser.get("/cis")).body).not.toContain(serial);
  });

  test("an RA Agent sees how it stands and may not; a card that is not frozen stays as it is", async () => {
    const agent = await holderDesk(place(), FROZEN, ["RA Agent"]);
    expect((await settle(agent, "next")).status).toBe(403);
    const page = await agent.browser.get(`/people/${agent.holder.careId}`);
    expect(page.body).toContain("until a supervisor decides");
    expect(page.body).not.toContain("Allow one try");
    const sound = await holderDesk(place(), {}, ["RA Manager"]);
    await settle(sound, "next");
    expect((await sound.world.cardNow(sound.holderCard)).registers.granted).toBeUndefined();
  });
});
