import type { PukRegisters } from "@lanyard/identity";
import { movesFrom } from "./moves.ts";
import { type Card, quietWorld, type Rules, type World } from "./world.ts";

/** An unlock takes some twenty steps; more than this is one that goes in circles. */
const MANY_STEPS = 60;

/**
 * Everything under way has died; the card comes to a healthy desk and nothing disturbs it. Must end verified, with the
 * server sure of the card's PUK, and at the cost of one try at most. True also where the rules want a supervisor first.
 */
export function recovers(registers: PukRegisters, card: Card, rules: Rules): boolean {
  let world: World | undefined = quietWorld(registers, card);
  const undisturbed = { ...rules, maxIndex: Number.POSITIVE_INFINITY };
  for (let step = 0; step < MANY_STEPS && world !== undefined; step += 1) {
    const phase: string | undefined = world.desks[0].ceremony?.phase;
    if (phase === "verified") return isSettled(world);
    if (phase === "aborted") return needsSupervisor(world.registers);
    const wanted: World | undefined = movesFrom(world, undisturbed).find(
      ({ kind, name }) => kind === "wanted" && !name.startsWith("desk 1"),
    )?.world;
    world = wanted;
  }
  return false;
}

/** Rule R7: the last try is nobody's to risk but a supervisor's. */
function needsSupervisor({ triesLeft }: PukRegisters): boolean {
  return triesLeft <= 1;
}

function isSettled({ registers, card }: World): boolean {
  return registers.n === card.puk && registers.hi === card.puk;
}
