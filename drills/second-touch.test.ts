import { INSTRUCTIONS } from "@lanyard/piv";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type DrillCard, makeCard, PASSCODES } from "./world/cards.ts";
import { type Desk, openDesk, SUCCESS } from "./world/desk.ts";
import { openWorld, type World } from "./world/world.ts";

const NEW_PASSCODE = "q7vzm2";
const PATIENCE = { timeout: 15_000 };

/** Real server, real agents at two desks, virtual cards: DESIGN 5, unlock-protocol 2.4. */
describe("the next sign-in at another desk changes the PUK once more", { timeout: 120_000 }, () => {
  let world: World;
  let first: Desk;
  let second: Desk;
  let holder: DrillCard;

  beforeEach(async () => {
    world = await openWorld();
    first = await openDesk(world, "Reception");
    second = await openDesk(world, "Ward 4");
    const operator = await world.person(["RA Agent"]);
    const card = await makeCard(world, operator, {
      name: "operator",
      passcode: PASSCODES.operator,
    });
    holder = await makeCard(world, await world.person(["RA Agent"]));
    holder.lock();
    await first.insert(first.operatorReader, card.card);
    await first.signIn(PASSCODES.operator);
    await first.insert(first.holderReader, holder.card);
  });
  afterEach(async () => {
    await first.close();
    await second.close();
    await world.close();
  });

  const unlock = async () => {
    const { heading } = await first.confirm(await first.toPasscodePage(), NEW_PASSCODE);
    expect(heading).toBe(SUCCESS);
    await first.empty(first.holderReader);
  };
  const signInAt = async (desk: Desk) => {
    await desk.insert(desk.operatorReader, holder.card);
    await desk.signIn(NEW_PASSCODE);
    expect(await desk.isSignedIn()).toBe(true);
  };
  const registers = async () => {
    const card = await world.store.transaction(({ cards }) => cards.find(holder.serial));
    return card?.registers;
  };
  const due = () => world.store.transaction(({ rotations }) => rotations.dueSince(holder.serial));
  const incidents = () =>
    world.store.transaction(({ rotations }) => rotations.incidentsOf([holder.serial]));
  const puk = () => holder.card.state.puk;

  test("the PUK that the first PC knows is gone, and the user noticed nothing", async () => {
    await unlock();
    const known = puk().value;
    expect(await due()).toBeDefined();
    await signInAt(second);
    await vi.waitFor(async () => expect(await due()).toBeUndefined(), PATIENCE);
    expect(puk().value).not.toBe(known);
    expect(puk().triesLeft).toBe(15);
    expect(await registers()).toMatchObject({ n: 2, hi: 2, exposed: false });
    expect(await second.isSignedIn()).toBe(true);
    expect(await incidents()).toEqual([]);
  });

  test("at the same desk nothing is changed: that PC would learn the new one too", async () => {
    await unlock();
    const known = puk().value;
    await first.empty(first.operatorReader);
    await signInAt(first);
    await world.round();
    expect(puk().value).toBe(known);
    expect(await due()).toBeDefined();
  });

  test("an agent that had lied about the change is found out and named, at the price of one try", async () => {
    holder.card.faults.arm(
      { kind: "status_word", statusWord: 0x9000, effect: "skipped" },
      { ins: INSTRUCTIONS.changeReferenceData, p2: 0x81 },
    );
    await unlock();
    await signInAt(second);
    await vi.waitFor(async () => expect(await incidents()).toHaveLength(1), PATIENCE);
    const [incident] = await incidents();
    const found = await world.store.transaction(({ desks }) =>
      desks.find(incident?.firstDesk ?? ""),
    );
    expect(found?.name).toBe("Reception");
    expect(await registers()).toMatchObject({ frozen: true, exposed: true, triesLeft: 14 });
    expect(puk().triesLeft).toBe(14);
    expect(await second.isSignedIn()).toBe(true);
  });
});
