import { type Drill, type DrillFigures, type DrillRun, must, randomFrom } from "./drill.ts";
import type { Cut, Happening, PcLoss, Place } from "./world/boundaries.ts";
import { PASSCODES } from "./world/cards.ts";
import { pick } from "./world/pick.ts";
import { areOver, openScene, type Scene } from "./world/scene.ts";

/** Everything an unlock does can be cut off, before its effect or before anybody hears of it. */
export const powerCut: Drill = {
  name: "power-cut",
  about:
    "a card, the leash, the server or the whole PC cut off before or after every command, message and commit of an unlock; a round is one unlock with one to three cuts, then one without",
  passes:
    "every unlock ends verified, aborted or uncertain; the card's PUK stays known; the next unlock succeeds; a cut costs one PUK try at most; no success is shown that is none",
  rounds: { long: 10_000, short: 14 },
  needs: "nothing",
  run: drillPowerCuts,
  mutants: [
    {
      name: "register-too-late",
      about: "the next PUK leaves before the register that remembers it",
      file: "packages/identity/src/registers.ts",
      find: "hi: next ?? registers.hi,",
      replace: "hi: registers.hi,",
    },
    {
      name: "silence-is-success",
      about: "silence after the release is taken for success",
      file: "packages/identity/src/ceremonies/unlock.ts",
      find: `return to(row, { phase: "uncertain", reason: event.reason });`,
      replace: `return to(row, { phase: "verified", reason: event.reason });`,
    },
    {
      name: "resends-reset",
      about: "RESET RETRY COUNTER is sent again, whatever the card answered",
      file: "apps/agent/src/unlock/burst.ts",
      find: "hands.piv.resetRetryCounter(inHand(this.#candidate), passcode),",
      replace: `hands.piv
            .resetRetryCounter(inHand(this.#candidate), passcode)
            .then(() => hands.piv.resetRetryCounter(inHand(this.#candidate), passcode)),`,
    },
  ],
};

interface Counts {
  cuts: number;
  verified: number;
  aborted: number;
  uncertain: number;
  "not begun": number;
  tries: number;
}

async function drillPowerCuts({ rounds, seed, say }: DrillRun): Promise<DrillFigures> {
  const scene = await openScene();
  try {
    const plan = planOf(await cleanUnlock(scene));
    const counts: Counts = {
      ...{ cuts: 0, tries: 0 },
      ...{ verified: 0, aborted: 0, uncertain: 0, "not begun": 0 },
    };
    for (let round = 0; round < rounds; round += 1) {
      const cuts = plan.cutsOf(round, randomFrom(seed + round));
      await oneRound(scene, cuts, counts).catch((error: unknown) => {
        say(`round ${round}, cut ${cuts.map(inWords).join(", ")}`);
        throw error;
      });
      if (round % 500 === 499) say(`${round + 1} rounds: ${JSON.stringify(counts)}`);
    }
    return {
      "places to cut": plan.places,
      "cuts made": counts.cuts,
      "ended verified": counts.verified,
      "ended aborted": counts.aborted,
      "ended uncertain": counts.uncertain,
      "cut off before they began": counts["not begun"],
      "PUK tries lost": counts.tries,
      "cards lost": 0,
      "false successes": 0,
    };
  } finally {
    await scene.close();
  }
}

/** What an unlock that nobody disturbs does, from reading the card on. */
async function cleanUnlock(scene: Scene): Promise<readonly Happening[]> {
  scene.lockHolder();
  await scene.ready();
  scene.world.boundaries.arm([]);
  const { isSuccess } = await scene.unlock(PASSCODES.chosen[0]);
  const happenings = scene.world.boundaries.disarm();
  must(isSuccess, "an unlock that nobody disturbs succeeds");
  return happenings;
}

interface Plan {
  readonly places: number;
  cutsOf(round: number, random: () => number): readonly Cut[];
}

/** First every place by itself, those after the operator's signature first; then two or three by chance. */
function planOf(happenings: readonly Happening[]): Plan {
  const signed = happenings.findIndex(({ label }) => label === "agent unlock_authorise");
  const isLate = (one: Happening) => happenings.indexOf(one) >= signed && one.label !== "read";
  const late = happenings.filter(isLate);
  const early = happenings.filter((one) => !isLate(one));
  const singles = [...inOrder(late), ...inOrder(early)];
  return {
    places: singles.length,
    cutsOf: (round, random) => {
      const single = singles[round];
      if (single !== undefined) return [single];
      const count = 2 + Math.floor(random() * 2);
      return Array.from({ length: count }, () => pick(random, singles));
    },
  };
}

/** Worst first: the whole PC, its power, a card, the server, the leash. */
function inOrder(happenings: readonly Happening[]): readonly Cut[] {
  const at = (place: Place) => around(happenings.filter((one) => one.place === place));
  const pc = (loss: PcLoss) => at("apdu").map((cut) => ({ ...cut, pc: loss }));
  return [...pc("disk"), ...pc("power"), ...at("apdu"), ...at("commit"), ...at("message")];
}

function around(happenings: readonly Happening[]): readonly Cut[] {
  return happenings.flatMap((at): readonly Cut[] => [
    { ...at, when: "before" },
    { ...at, when: "after" },
  ]);
}

function inWords(cut: Cut & { readonly label?: string }): string {
  return `${cut.pc ?? ""} ${cut.when} ${cut.place} ${cut.ordinal} ${cut.label ?? ""}`;
}

async function oneRound(scene: Scene, cuts: readonly Cut[], counts: Counts): Promise<void> {
  const { holder } = scene;
  const [typed, typedNext] = PASSCODES.chosen;
  scene.lockHolder();
  await scene.ready();
  const before = await scene.phases();
  const { made, isSuccess } = await cutUnlock(scene, cuts, typed);
  must(!isSuccess || holder.takesPasscode(typed), "success is shown only when it is one");

  await scene.ready();
  await scene.untilOver();
  const phases = (await scene.phases()).slice(before.length);
  must(areOver(phases), `every unlock has an end: ${phases.join(", ")}`);
  const phase = phases.at(-1);
  must(phase !== "verified" || holder.takesPasscode(typed), "verified only with the new passcode");
  must(await holder.holdsKnownPuk(), "the card holds a PUK between n and hi");

  await scene.ready();
  const next = await scene.unlock(typedNext);
  must(next.isSuccess, "the next unlock succeeds");
  must(holder.takesPasscode(typedNext), "the next unlock's success is one");
  const tries = holder.triesBurned();
  must(tries <= made, `${made} cuts cost ${tries} PUK tries`);

  counts.cuts += made;
  counts.tries += tries;
  if (phase === "verified" || phase === "aborted" || phase === "uncertain") counts[phase] += 1;
  else counts["not begun"] += 1;
}

/** One unlock with something cut off in it: how many cuts there were, and what the last page said. */
async function cutUnlock(
  { world, unlock }: Scene,
  cuts: readonly Cut[],
  passcode: string,
): Promise<{ readonly made: number; readonly isSuccess: boolean }> {
  world.boundaries.arm(cuts);
  const { isSuccess } = await unlock(passcode).catch(() => ({ isSuccess: false }));
  await world.settled();
  world.boundaries.disarm();
  return { made: world.boundaries.made.length, isSuccess };
}
