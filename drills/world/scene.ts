import type { CardProfile } from "@lanyard/virtual-card";
import { type DrillCard, makeCard, PASSCODES } from "./cards.ts";
import { type Desk, openDesk, SUCCESS } from "./desk.ts";
import { openWorld, type World, type WorldWish } from "./world.ts";

/** An operator at a desk, and a colleague whose card is locked: what nearly every drill begins with. */
export interface Scene {
  readonly world: World;
  readonly desk: Desk;
  readonly operator: DrillCard;
  readonly holder: DrillCard;
  /** Both cards in, the operator signed in. */
  ready(): Promise<void>;
  /** Takes the holder's card out and locks it, as three wrong passcodes would. */
  lockHolder(): void;
  /** One whole unlock, from the card in the reader to the last page. */
  unlock(passcode: string): Promise<{ readonly isSuccess: boolean }>;
  /** Lets that much time pass as it does: the server looks at everything every few seconds. */
  wait(milliseconds: number): Promise<void>;
  /** Lets as much time pass as it takes the server to give up what nobody goes on with. */
  untilOver(): Promise<void>;
  /** Where the ceremonies of the holder's card stand, latest last. */
  phases(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface SceneWish extends WorldWish {
  readonly holderProfile?: CardProfile;
}

export async function openScene({ holderProfile, ...wish }: SceneWish = {}): Promise<Scene> {
  const world = await openWorld(wish);
  const desk = await openDesk(world);
  const operator = await makeCard(world, await world.person(["RA Agent"]), {
    ...{ name: "operator", passcode: PASSCODES.operator },
  });
  const chip = holderProfile && { profile: holderProfile };
  const holder = await makeCard(world, await world.person(), chip);
  const wait: Scene["wait"] = async (milliseconds) => {
    for (let left = milliseconds; left > 0; left -= ROUND_MS) {
      world.advance(Math.min(left, ROUND_MS));
      await world.round();
    }
  };
  const phases: Scene["phases"] = async () => {
    const latestFirst = await world.store.transaction(({ ceremonies }) =>
      ceremonies.ofCard(holder.serial, Number.MAX_SAFE_INTEGER),
    );
    return latestFirst.map(({ state }) => state.phase).reverse();
  };
  return {
    ...{ world, desk, operator, holder, wait, phases },
    untilOver: async () => {
      for (const long of WAITS_MS) if (!areOver(await phases())) await wait(long);
    },
    ready: async () => {
      await desk.powerOn();
      await desk.insert(desk.operatorReader, operator.card);
      if (!(await desk.isSignedIn())) await desk.signIn(PASSCODES.operator);
      await desk.insert(desk.holderReader, holder.card);
    },
    lockHolder: () => {
      desk.holderReader.remove();
      holder.lock();
      holder.forget();
    },
    unlock: async (passcode) => {
      const { heading } = await desk.confirm(await desk.toPasscodePage(), passcode);
      return { isSuccess: heading === SUCCESS };
    },
    close: async () => {
      await desk.close();
      await world.close();
    },
  };
}

/** Longer than the server's own rounds are apart, and still shorter than the silence that ends a session. */
const ROUND_MS = 20_000;

/** Longer than a ceremony waits after its PUK was released, and longer than one waits for the operator. */
const WAITS_MS = [80_000, 16 * 60_000] as const;

/** Nothing is left to do for a ceremony that stands so. */
const ENDS: ReadonlySet<string> = new Set([
  "verified",
  "aborted",
  "uncertain",
  "confirmed_later",
  "settled_unknown",
]);

export function areOver(phases: readonly string[]): boolean {
  return phases.every((phase) => ENDS.has(phase));
}
