import { endBurst } from "./agent-moves.ts";
import type { Move } from "./moves.ts";
import { isReleasedSince } from "./server-moves.ts";
import { type DeskIndex, otherDesk, type Rules, type World, withDesk } from "./world.ts";

/** What people do with the card: pull it, put it in anywhere, lock it again, sign in with it. */
export function worldMoves(world: World, rules: Rules, moves: Move[]): void {
  const { card } = world;
  if (card.at === undefined)
    for (const at of rules.desks)
      moves.push({
        name: `the card is put in at desk ${at}`,
        kind: "other",
        world: { ...world, card: { ...card, at } },
      });
  else pull(world, card.at, rules, moves);
  if (card.locked) return;
  // A burst has the card to itself.
  if (card.at === undefined || world.desks[card.at].agent === undefined) relock(world, moves);
  signIn(world, rules, moves);
}

function relock(world: World, moves: Move[]): void {
  const card = { ...world.card, locked: true, setBy: undefined };
  moves.push({ name: "the holder locks the card again", kind: "other", world: { ...world, card } });
}

function pull(world: World, at: DeskIndex, rules: Rules, moves: Move[]): void {
  const out: World = { ...world, card: { ...world.card, at: undefined } };
  const isBusy = world.desks[at].agent !== undefined;
  const ended = rules.wipes ? endBurst(out, at) : out;
  moves.push({
    name: `the card is pulled at desk ${at}`,
    kind: isBusy ? "fault" : "other",
    world: rules.wipes ? withDesk(ended, at, { connected: false }) : ended,
  });
}

/** A valid 9A signature anywhere settles what is uncertain, latest first. */
function signIn(world: World, rules: Rules, moves: Move[]): void {
  let settled = world;
  for (const at of [world.newest, otherDesk(world.newest)]) {
    const { ceremony } = world.desks[at];
    if (ceremony?.phase !== "uncertain") continue;
    const releasedSince = isReleasedSince(world, at);
    const outcome = rules.step(
      { ceremony, registers: settled.registers, profile: rules.profile },
      { type: "signed_later", releasedSince },
    );
    if (outcome === undefined) continue;
    settled = {
      ...withDesk(settled, at, { ceremony: outcome.ceremony }),
      registers: outcome.registers,
    };
  }
  if (settled !== world) moves.push({ name: "the holder signs in", kind: "other", world: settled });
}
