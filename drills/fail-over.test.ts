import { grantTry, type PukRegisters } from "@lanyard/identity";
import { CARD_PROFILES } from "@lanyard/virtual-card";
import { afterEach, describe, expect, test } from "vitest";
import { openScene, type Scene } from "./world/scene.ts";

const TIMEOUT = { timeout: 120_000 };

describe("the records forget what the card has done (unlock-protocol 2.3)", () => {
  let scene: Scene;
  afterEach(() => scene.close());

  const registers = async (): Promise<PukRegisters> => {
    const { store } = scene.world;
    const card = await store.transaction(({ cards }) => cards.find(scene.holder.serial));
    if (card === undefined) throw new Error("The card has no record.");
    return card.registers;
  };
  const pukTries = () => scene.holder.card.state.puk.triesLeft;

  let used = 0;
  const unlock = async (): Promise<boolean> => {
    scene.lockHolder();
    await scene.ready();
    used += 1;
    const { isSuccess } = await scene.unlock(`q7vz${"mnprtwxy"[used % 8]}${used}`);
    return isSuccess;
  };

  /** So many unlocks, and then the records are as they were before them. */
  const forgetUnlocks = async (count: number): Promise<void> => {
    const before = await registers();
    for (let done = 0; done < count; done += 1) expect(await unlock()).toBe(true);
    await scene.world.rewind(scene.holder.serial, before);
  };

  test(
    "with a hint on the card: one, two, three lost, and an old backup; the next unlock works",
    TIMEOUT,
    async () => {
      scene = await openScene();
      const issued = await registers();
      for (const lost of [1, 2, 3]) {
        await forgetUnlocks(lost);
        expect(await unlock()).toBe(true);
        expect(pukTries()).toBe(15);
      }
      await scene.world.rewind(scene.holder.serial, issued);
      expect(await unlock()).toBe(true);
      expect(await registers()).toMatchObject({ n: 10, hi: 10, frozen: false, exposed: false });
    },
  );

  test(
    "without room for one: frozen after two tries, for a supervisor, whose word opens it; never blocked by us",
    TIMEOUT,
    async () => {
      scene = await openScene({ holderProfile: { ...CARD_PROFILES.care, hasHintObject: false } });
      await forgetUnlocks(2);
      expect(await unlock()).toBe(false);
      expect(await registers()).toMatchObject({ frozen: true, triesLeft: 13 });
      expect(await unlock()).toBe(false);
      expect(pukTries()).toBe(13);
      const granted = grantTry(await registers(), "next");
      if (granted === undefined) throw new Error("The card is not frozen.");
      await scene.world.store.transaction(({ cards }) =>
        cards.saveRegisters(scene.holder.serial, granted, 1),
      );
      expect(await unlock()).toBe(true);
      expect(await registers()).toMatchObject({ n: 3, hi: 3, frozen: false });
    },
  );
});
