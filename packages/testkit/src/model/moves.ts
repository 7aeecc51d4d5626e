import { agentMoves } from "./agent-moves.ts";
import { serverMoves } from "./server-moves.ts";
import type { Rules, World } from "./world.ts";
import { worldMoves } from "./world-moves.ts";

/** Something that can happen next. */
export interface Move {
  readonly name: string;
  /** `wanted`: on the way to an unlock that nothing disturbs. `fault`: something breaks. `other`: people do as they do. */
  readonly kind: "wanted" | "fault" | "other";
  readonly world: World;
}

/** Everything that can happen next, whoever does it. */
export function movesFrom(world: World, rules: Rules): readonly Move[] {
  const moves: Move[] = [];
  for (const at of rules.desks) {
    serverMoves(world, at, rules, moves);
    agentMoves(world, at, rules, moves);
  }
  worldMoves(world, rules, moves);
  return moves;
}
