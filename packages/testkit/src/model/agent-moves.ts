import { type Burst, type BurstEvent, beginBurst, isOver, stepBurst } from "@lanyard/identity";
import type { Move } from "./moves.ts";
import {
  type Agent,
  type Card,
  type Desk,
  type DeskIndex,
  type Report,
  type Rules,
  type World,
  withDesk,
} from "./world.ts";

/** What the agent of one desk does: take a release, send one APDU after the other, give up, crash. */
export function agentMoves(world: World, at: DeskIndex, rules: Rules, moves: Move[]): void {
  const { agent, toServer, connected } = world.desks[at];
  if (agent !== undefined || toServer.length > 0 || connected)
    moves.push({
      name: `desk ${at}: the agent crashes`,
      kind: "fault",
      world: withDesk(world, at, {
        agent: undefined,
        toAgent: undefined,
        toServer: [],
        connected: false,
      }),
    });
  if (agent === undefined) return;
  takeRelease(world, at, agent, rules, moves);
  if (agent.burst !== undefined && world.card.at === at)
    onCard(world, at, agent, agent.burst, rules, moves);
}

function takeRelease(world: World, at: DeskIndex, agent: Agent, rules: Rules, moves: Move[]): void {
  const { toAgent, ceremony } = world.desks[at];
  const waits = isWaiting(agent);
  if (toAgent !== undefined) {
    moves.push({
      name: `desk ${at}: the reply is lost`,
      kind: "fault",
      world: withDesk(world, at, { toAgent: undefined }),
    });
    if (waits)
      moves.push({
        name: `desk ${at}: the release arrives`,
        kind: "wanted",
        world: withDesk(world, at, {
          toAgent: undefined,
          agent: withRelease(agent, toAgent, rules),
        }),
      });
  } else if (waits)
    moves.push({
      name: `desk ${at}: the agent waits no longer`,
      kind: ceremony !== undefined && isOver(ceremony.phase) ? "other" : "fault",
      world: afterStep(world, at, {
        agent,
        burst: agent.burst ?? beginBurst({ ...rules.profile, canRotate: false }),
        event: UNKNOWN,
        card: world.card,
      }),
    });
}

const WAITING: ReadonlySet<string> = new Set(["await_release", "await_next"]);
const NOT_YET_WAITING: ReadonlySet<string> = new Set([
  "hint_challenge",
  "await_hint",
  "hint_write",
]);

function isWaiting({ burst }: Agent): boolean {
  return burst === undefined || WAITING.has(burst.phase);
}

/** A reply with a PUK in it is kept until the burst asks for it. */
export function keepsReply({ burst }: Agent): boolean {
  return burst === undefined || WAITING.has(burst.phase) || NOT_YET_WAITING.has(burst.phase);
}

function withRelease(
  agent: Agent,
  { candidate, next }: NonNullable<Desk["toAgent"]>,
  { profile }: Rules,
): Agent {
  const { burst } = agent;
  if (burst === undefined)
    return {
      burst: beginBurst({ ...profile, canRotate: next !== undefined }),
      candidate,
      next,
      attempt: 1,
    };
  return {
    burst: stepBurst(burst, { type: "released", canRotate: candidate === undefined }),
    candidate: candidate ?? agent.candidate,
    next,
    attempt: candidate === undefined ? agent.attempt : 2,
  };
}

/** The card goes away from under the burst, or the leash stays broken: what is in hand is wiped, and that is told. */
export function endBurst(world: World, at: DeskIndex): World {
  const { agent, toServer } = world.desks[at];
  if (agent === undefined) return world;
  return withDesk(world, at, {
    agent: undefined,
    toAgent: undefined,
    toServer: [...toServer, { type: "lost" }],
    connected: false,
  });
}

/** One phase of the burst on the card: answered; cut before it had an effect; or cut after, the answer lost. */
function onCard(
  world: World,
  at: DeskIndex,
  agent: Agent,
  burst: Burst,
  rules: Rules,
  moves: Move[],
): void {
  const answer = answerOf(world.card, { at, agent, burst, rules });
  if (answer === undefined) return;
  const step = (event: BurstEvent, card: Card, report?: Report): World =>
    afterStep(world, at, { agent, burst, event, card, report });
  const name = `desk ${at}: ${burst.phase}`;
  moves.push({
    name: `${name} is answered ${answer.event.type}`,
    kind: "wanted",
    world: step(answer.event, answer.card, answer.report),
  });
  if (!isHintSure(burst, rules))
    moves.push({
      name: `${name} is cut off before`,
      kind: "fault",
      world: step(UNKNOWN, world.card),
    });
  if (answer.card !== world.card && !isHintSure(burst, rules))
    moves.push({
      name: `${name} is cut off after`,
      kind: "fault",
      world: step(UNKNOWN, answer.card),
    });
  if (burst.phase === "reset")
    moves.push({
      name: `${name}: the card refuses the passcode`,
      kind: "fault",
      world: step({ type: "not_applied" }, world.card, { type: "passcode_refused" }),
    });
}

/** A lost commit is made good by a hint that was written: a card that fails to take it is another matter. */
function isHintSure({ phase }: Burst, { failOver }: Rules): boolean {
  return failOver && (phase === "hint_challenge" || phase === "hint_write");
}

const UNKNOWN: BurstEvent = { type: "unknown" };

interface Answer {
  readonly event: BurstEvent;
  readonly card: Card;
  readonly report?: Report;
}

interface Asking {
  readonly at: DeskIndex;
  readonly agent: Agent;
  readonly burst: Burst;
  readonly rules: Rules;
}

/** What a truthful card answers to the phase's command. */
function answerOf(card: Card, { at, agent, burst, rules }: Asking): Answer | undefined {
  switch (burst.phase) {
    case "recheck":
    case "recheck_after":
      return { event: { type: "same_card" }, card };
    case "reset":
      return answerToReset(card, { at, agent, burst, rules });
    case "rotate":
      return answerToChange(card, agent);
    case "hint_write":
      return { event: { type: "applied" }, card: { ...card, hint: agent.candidate } };
    case "hint_challenge":
    case "power_cycle":
      return { event: { type: "applied" }, card };
    case "verify":
    case "sign": {
      const event = {
        type: card.setBy === at && !card.locked ? "applied" : "not_applied",
      } as const;
      const report = { type: "proof" } as const;
      return burst.phase === "sign" && event.type === "applied"
        ? { event, card, report }
        : { event, card };
    }
    default:
      return undefined;
  }
}

/** [PIV-2 §3.2.3] A right PUK sets the passcode; a wrong one costs a try; at none left it is blocked for good. */
function answerToReset(card: Card, { at, agent, rules }: Asking): Answer {
  const { attempt } = agent;
  if (card.pukTries > 0 && card.puk === agent.candidate)
    return {
      event: { type: "applied" },
      card: {
        ...card,
        locked: false,
        setBy: at,
        pukTries: rules.profile.pukTriesComeBack ? rules.profile.pukTries : card.pukTries,
      },
      report: { type: "accepted", attempt },
    };
  const triesLeft = card.pukTries > 0 ? card.pukTries - 1 : 0;
  return {
    event: { type: "not_applied" },
    card: triesLeft === card.pukTries ? card : { ...card, pukTries: triesLeft },
    report: { type: "refused", attempt, triesLeft },
  };
}

/** [PIV-2 §3.2.2] CHANGE REFERENCE DATA on the PUK. */
function answerToChange(card: Card, { candidate, next }: Agent): Answer {
  if (next === undefined || card.puk !== candidate)
    return {
      event: { type: "not_applied" },
      card: { ...card, pukTries: card.pukTries > 0 ? card.pukTries - 1 : 0 },
      report: { type: "rotation", applied: false },
    };
  return {
    event: { type: "applied" },
    card: { ...card, puk: next },
    report: { type: "rotation", applied: true },
  };
}

interface Stepped {
  readonly agent: Agent;
  readonly burst: Burst;
  readonly event: BurstEvent;
  readonly card: Card;
  readonly report?: Report | undefined;
}

function afterStep(
  world: World,
  at: DeskIndex,
  { agent, burst, event, card, report }: Stepped,
): World {
  const desk = world.desks[at];
  const next = stepBurst(burst, event);
  const toAgent = keepsReply({ ...agent, burst: next }) ? desk.toAgent : undefined;
  const toServer = report === undefined ? desk.toServer : [...desk.toServer, report];
  const signed = desk.signed || report?.type === "proof";
  const moved = { ...world, card };
  if (next.phase === "done")
    return withDesk(moved, at, { agent: undefined, toAgent, toServer, signed, connected: false });
  const held = { ...agent, burst: next };
  const onward = withDesk(moved, at, { agent: held, toAgent, toServer, signed });
  return next.phase === "stopped" ? endBurst(onward, at) : onward;
}
