import {
  beginUnlock,
  isOver,
  isReleased,
  liftByHint,
  stepBurst,
  type Unlock,
  type UnlockEvent,
  type UnlockOutcome,
} from "@lanyard/identity";
import { keepsReply } from "./agent-moves.ts";
import type { Move } from "./moves.ts";
import {
  type Desk,
  type DeskIndex,
  newDesk,
  otherDesk,
  type Released,
  type Report,
  type Rules,
  type World,
  withDesk,
} from "./world.ts";

/** What the server does at one desk: begin, go on, hear a report (once, late or twice), give up. */
export function serverMoves(world: World, at: DeskIndex, rules: Rules, moves: Move[]): void {
  begin(world, at, rules, moves);
  const desk = world.desks[at];
  if (desk.ceremony === undefined) return;
  goOn(world, at, rules, moves);
  hear(world, at, rules, moves);
  giveHint(world, at, rules, moves);
  giveUp(world, at, rules, moves);
}

/** T:CARD_PROVEN. A ceremony that is open at this desk, or of this card elsewhere, gives way unless it has released. */
function begin(world: World, at: DeskIndex, rules: Rules, moves: Move[]): void {
  const { card } = world;
  const here = world.desks[at];
  if (card.at !== at || here.agent !== undefined || here.toServer.length > 0) return;
  if (isHeldOpen(here)) return;
  const away = otherDesk(at);
  if (rules.lease && isHeldOpen(world.desks[away])) return;
  const givenWay = rules.lease ? replaced(world, away, rules) : world;
  const lifted =
    rules.profile.hint && card.hint !== undefined
      ? liftByHint(world.registers, card.hint)
      : world.registers;
  const elsewhere = givenWay.desks[away];
  const forgets =
    world.newest === at && here.ceremony?.candidate !== undefined && !elsewhere.releasedSince;
  const marked = forgets ? withDesk(givenWay, away, { releasedSince: true }) : givenWay;
  const ceremony = beginUnlock(
    card.locked ? "blocked" : { triesLeft: rules.profile.passcodeTries },
  );
  moves.push({
    name: `desk ${at}: the card proves itself`,
    kind: here.ceremony === undefined || isOver(here.ceremony.phase) ? "wanted" : "other",
    world: {
      ...withDesk(marked, at, newDesk(ceremony)),
      registers: lifted,
      newest: at,
      card: card.setBy === at ? { ...card, setBy: undefined } : card,
    },
  });
}

function isHeldOpen({ ceremony }: Desk): boolean {
  return ceremony !== undefined && isReleased(ceremony.phase);
}

function replaced(world: World, at: DeskIndex, rules: Rules): World {
  return commit(world, at, rules, { type: "abort", reason: "replaced" })?.world ?? world;
}

/** Up to the release. The operator's card signs for it only while the holder's card has stayed where it is. */
function goOn(world: World, at: DeskIndex, rules: Rules, moves: Move[]): void {
  const desk = world.desks[at];
  const phase = desk.ceremony?.phase;
  if (phase === "card_proven") {
    const known = commit(world, at, rules, { type: "person_confirmed", evidence: "photo" });
    const chosen = known && commit(known.world, at, rules, { type: "operation_chosen" });
    push(moves, chosen, { name: `desk ${at}: this is the person; unlock chosen` });
  }
  if (phase === "chosen" && desk.connected && desk.agent === undefined)
    authorise(world, at, rules, moves);
  // The reply to the release was lost and the same agent asks again: the same PUKs, sealed anew.
  if (phase === "released" && asksFirst(desk) && desk.toAgent === undefined && desk.ceremony) {
    const { candidate, next } = desk.ceremony;
    moves.push({
      name: `desk ${at}: asks again for the release`,
      kind: "wanted",
      world: withDesk(world, at, { toAgent: { candidate, next } }),
    });
  }
}

function asksFirst({ agent }: Desk): boolean {
  return agent !== undefined && agent.burst === undefined;
}

function authorise(world: World, at: DeskIndex, rules: Rules, moves: Move[]): void {
  const done = commit(world, at, rules, { type: "authorised" });
  if (done === undefined || done.world.registers.hi > rules.maxIndex) return;
  const asks = done.outcome.commands.some(({ type }) => type === "release");
  const waiting = { burst: undefined, candidate: undefined, next: undefined, attempt: 1 } as const;
  const withAgent = (to: World) => (asks ? withDesk(to, at, { agent: waiting }) : to);
  const name = `desk ${at}: authorised, committed and sent`;
  moves.push({ name, kind: "wanted", world: withAgent(done.world) });
  loseCommit(world, at, rules, moves, { name, after: done.world, finish: withAgent });
}

/** One report arrives: and is done with, or its reply is lost and it will come again, or it is lost itself. */
function hear(world: World, at: DeskIndex, rules: Rules, moves: Move[]): void {
  const desk = world.desks[at];
  const [report, ...rest] = desk.toServer;
  if (report === undefined) return;
  const told = tell(world, at, rules, report);
  const drop = (to: World) => withDesk(to, at, { toServer: rest });
  const name = `desk ${at}: "${report.type}" arrives`;
  moves.push(
    { name, kind: "wanted", world: drop(told) },
    {
      name: `${name}, and will again`,
      kind: "fault",
      world: withDesk(told, at, { toAgent: desk.toAgent }),
    },
    { name: `desk ${at}: "${report.type}" is lost`, kind: "fault", world: drop(world) },
  );
  loseCommit(world, at, rules, moves, { name, after: told, finish: drop });
}

/** A report that was heard before changes nothing; it is answered as it was answered then. */
function tell(world: World, at: DeskIndex, rules: Rules, report: Report): World {
  const desk = world.desks[at];
  const done = commit(world, at, rules, eventOf(report, desk));
  const told = done?.world ?? withDesk(world, at, { toAgent: answerAgain(desk, report) });
  const isHeard = desk.agent !== undefined && keepsReply(desk.agent);
  return isHeard ? told : withDesk(told, at, { toAgent: undefined });
}

function answerAgain({ ceremony }: Desk, report: Report): Released | undefined {
  const isRepeat = ceremony?.triedBoth === true && "attempt" in report && report.attempt === 1;
  return isRepeat && isReleased(ceremony.phase)
    ? { candidate: ceremony.candidate, next: undefined }
    : undefined;
}

/** As the server reads a report: it is about the candidate of that attempt. */
function eventOf(report: Report, { ceremony }: Desk): UnlockEvent {
  const attempt = ceremony?.triedBoth === true ? 2 : 1;
  const isCurrent = "attempt" in report && report.attempt === attempt;
  const index = isCurrent ? (ceremony?.candidate ?? -1) : -1;
  switch (report.type) {
    case "accepted":
      return { type: "puk_accepted", index };
    case "refused":
      return { type: "puk_refused", index, triesLeft: report.triesLeft };
    case "passcode_refused":
      return { type: "reset_refused", passcode: true };
    case "rotation":
      return { type: "rotation_answered", applied: report.applied };
    case "proof":
      return { type: "proof_valid" };
    case "lost":
      return { type: "lost", reason: "answer_lost" };
  }
}

/** The burst asks for the hint of what the card has just accepted. It does not wait for it at any price. */
function giveHint(world: World, at: DeskIndex, rules: Rules, moves: Move[]): void {
  const { agent, toServer, toAgent } = world.desks[at];
  if (agent?.burst?.phase !== "await_hint" || toServer.length > 0) return;
  const held = agent.burst;
  const next = agent.next ?? toAgent?.next;
  const given = commit(world, at, rules, { type: "hint_asked" });
  const answered = (type: "hinted" | "not_hinted", to: World): World => {
    const burst = stepBurst(held, { type, canRotate: next !== undefined });
    return withDesk(to, at, { agent: { ...agent, next, burst }, toAgent: undefined });
  };
  if (given !== undefined)
    moves.push({
      name: `desk ${at}: the hint comes`,
      kind: "wanted",
      world: answered("hinted", given.world),
    });
  moves.push({
    name: `desk ${at}: no hint comes`,
    kind: given === undefined ? "wanted" : "fault",
    world: answered("not_hinted", world),
  });
}

/** Before the release it aborts; after it, silence. A signature that does not verify may come from anywhere. */
function giveUp(world: World, at: DeskIndex, rules: Rules, moves: Move[]): void {
  const desk = world.desks[at];
  const phase = desk.ceremony?.phase;
  if (phase === undefined || isOver(phase)) return;
  if (!isReleased(phase)) {
    push(moves, commit(world, at, rules, { type: "abort", reason: "cancelled" }), {
      name: `desk ${at}: aborted`,
      kind: "other",
    });
    return;
  }
  const silent =
    desk.agent === undefined && desk.toAgent === undefined && desk.toServer.length === 0;
  push(moves, commit(world, at, rules, { type: "lost", reason: "timed_out" }), {
    name: `desk ${at}: sixty seconds are over`,
    kind: silent ? "other" : "fault",
  });
  push(moves, commit(world, at, rules, { type: "proof_invalid" }), {
    name: `desk ${at}: a signature that does not verify`,
    kind: "fault",
  });
}

interface Committed {
  readonly world: World;
  readonly outcome: UnlockOutcome;
}

/** One event through the product's table: durable, and the release on its way. */
function commit(
  world: World,
  at: DeskIndex,
  rules: Rules,
  event: UnlockEvent,
): Committed | undefined {
  const { ceremony } = world.desks[at];
  if (ceremony === undefined) return undefined;
  const outcome = rules.step(contextOf(world, at, rules, ceremony), event);
  if (outcome === undefined) return undefined;
  const release = outcome.commands.find((command) => command.type === "release");
  const change = {
    // Why it ended is for the pages: it decides nothing.
    ceremony: { ...outcome.ceremony, reason: undefined },
    ...(release && { toAgent: { candidate: release.candidate, next: release.next } }),
  };
  return { world: { ...withDesk(world, at, change), registers: outcome.registers }, outcome };
}

function contextOf(world: World, at: DeskIndex, { profile }: Rules, ceremony: Unlock) {
  return {
    ceremony,
    registers: world.registers,
    profile,
    releasedSince: isReleasedSince(world, at),
  };
}

/** A ceremony of this card that was begun later came so far that it may have changed it. */
export function isReleasedSince({ desks, newest }: World, at: DeskIndex): boolean {
  return (
    desks[at].releasedSince || (newest !== at && desks[newest].ceremony?.candidate !== undefined)
  );
}

interface LostCommit {
  readonly name: string;
  readonly after: World;
  finish(world: World): World;
}

/** The primary dies after it has answered, and the standby never saw the commit. What was sent stays sent. */
function loseCommit(
  world: World,
  at: DeskIndex,
  rules: Rules,
  moves: Move[],
  { name, after, finish }: LostCommit,
): void {
  if (!rules.failOver || world.failedOver) return;
  const { toAgent } = after.desks[at];
  moves.push({
    name: `${name}, and a fail-over loses the commit`,
    kind: "fault",
    world: { ...finish(withDesk(world, at, { toAgent })), failedOver: true },
  });
}

function push(
  moves: Move[],
  done: Committed | undefined,
  { name, kind = "wanted" }: { readonly name: string; readonly kind?: Move["kind"] },
): void {
  if (done !== undefined) moves.push({ name, kind, world: done.world });
}
