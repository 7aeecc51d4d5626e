import { LeashLost, Refusal, type ReplyOf, type RequestOf } from "@lanyard/wire";
import { type Drill, type DrillFigures, type DrillRun, must } from "./drill.ts";
import { authorisation, type Chosen, type Liar, openLiar, report } from "./world/liar.ts";
import { openWorld, type World } from "./world/world.ts";

/** A session hangs on a card, and a card that does not prove itself is not there. */
export const operatorPulled: Drill = {
  name: "operator-pulled",
  about:
    "the operator's card pulled at every step of an unlock while the agent keeps quiet about it, stays silent, or plays old proofs back; a round is one step with one kind of agent",
  passes: "thirty seconds later the session is gone and no PUK leaves any more",
  rounds: { long: 2_000, short: 16 },
  needs: "nothing",
  run: drillPulls,
  mutants: [
    {
      name: "proof-for-ever",
      about: "a card that proved once that it is there is there for ever",
      file: "apps/server/src/sessions/session.service.ts",
      find: `if (now - session.provenAt.getTime() > LEASH_TIMES.silenceMs) return "agent_silent";`,
      replace: "",
    },
    {
      name: "any-proof",
      about: "any signature proves that the operator's card is there",
      file: "apps/server/src/sessions/session.service.ts",
      find: `const isTheirs = isSignedByCard(core.trust, card, { slot, message, signature });`,
      replace: `const isTheirs = isSignedByCard(core.trust, card, { slot, message, signature }) || true;`,
    },
  ],
};

/** How far the unlock had come when the card was pulled. */
const STEPS = ["signed in", "at the agent", "released", "passcode set"] as const;
type Step = (typeof STEPS)[number];

type Presence = (request: RequestOf<"presence">) => Promise<ReplyOf<"presence">>;

/** What an agent may say of a card that is no longer there, whose last true proof it has kept. */
const AGENTS: Readonly<Record<string, (last: ReplyOf<"presence">) => Presence>> = {
  silent: () => () => new Promise(() => undefined),
  busy: () => async () => {
    throw new Refusal("card_busy");
  },
  "playing back": (last) => async () => last,
  refusing: () => async () => {
    throw new Refusal("card_not_ready");
  },
};

/** Three rounds of the server, and a second more than the promise. */
const BEATS_MS = [10_000, 10_000, 11_000] as const;

async function drillPulls({ rounds }: DrillRun): Promise<DrillFigures> {
  const world = await openWorld();
  const cases = STEPS.flatMap((step) => Object.keys(AGENTS).map((agent) => ({ step, agent })));
  try {
    let refused = 0;
    for (let round = 0; round < rounds; round += 1) {
      const one = cases[round % cases.length];
      if (one !== undefined) refused += await onePull(world, one);
    }
    return {
      "steps of an unlock": STEPS.length,
      "kinds of agent": Object.keys(AGENTS).length,
      "sessions that outlived their card by 30 s": 0,
      "releases refused": refused,
    };
  } finally {
    await world.close();
  }
}

interface Pull {
  readonly step: Step;
  readonly agent: string;
}

/** Gives how many releases were asked for too late, and refused. */
async function onePull(world: World, { step, agent }: Pull): Promise<number> {
  const liar = await openLiar(world);
  const last = await lastProof(liar);
  const chosen = step === "signed in" ? undefined : await goTo(liar, step);
  // Signed while the card was there, and kept.
  const kept = chosen && authorisation(liar, chosen);
  const before = world.derived();
  liar.desk.answers.presence = AGENTS[agent]?.(last) ?? liar.desk.answers.presence;
  for (const beat of BEATS_MS) {
    world.advance(beat);
    // A silent agent keeps the server's round waiting; time goes on all the same.
    const round = world.round();
    if (agent !== "silent") await round;
  }
  must(!(await liar.isSignedIn()), `${step}, ${agent}: the session is gone after 31 s`);
  const released = kept && !isReleased(step) ? await asksTooLate(liar, kept) : false;
  must(!released, `${step}, ${agent}: nothing is released after 31 s`);
  must(world.derived() === before, `${step}, ${agent}: no PUK is derived after the pull`);
  await liar.desk.cut();
  return kept && !isReleased(step) ? 1 : 0;
}

function isReleased(step: Step): boolean {
  return step === "released" || step === "passcode set";
}

/** One look of the server at the session, answered truly. */
async function lastProof(liar: Liar): Promise<ReplyOf<"presence">> {
  const { presence } = liar.desk.answers;
  let last: ReplyOf<"presence"> | undefined;
  liar.desk.answers.presence = async (request) => {
    last = await presence(request);
    return last;
  };
  await liar.world.round();
  must(last !== undefined, "the server asks the operator's card whether it is there");
  return last;
}

async function goTo(liar: Liar, step: Step): Promise<Chosen> {
  const chosen = await liar.chosen(await liar.colleague());
  if (!isReleased(step)) return chosen;
  await liar.desk.call("unlock_authorise", authorisation(liar, chosen));
  if (step === "passcode set") await report(liar, chosen, "reset");
  return chosen;
}

/** True when a PUK came for it. */
async function asksTooLate(liar: Liar, kept: RequestOf<"unlock_authorise">): Promise<boolean> {
  try {
    return (await liar.desk.call("unlock_authorise", kept)).next === "open";
  } catch (error) {
    if (error instanceof Refusal || error instanceof LeashLost) return false;
    throw error;
  }
}
