import { type Drill, type DrillFigures, type DrillRun, must } from "./drill.ts";
import type { Cut, Happening } from "./world/boundaries.ts";
import { type DrillCard, makeCard, PASSCODES } from "./world/cards.ts";
import { openScene, type Scene } from "./world/scene.ts";
import { commandName, shimCard } from "./world/watched-card.ts";

/** A PUK is for the card that proved itself, whatever lies in the reader by the time it leaves. */
export const swap: Drill = {
  name: "swap",
  about:
    "another card takes the place of the holder's between any two commands, pulled and put in, or unseen by the reader; a round is one swap, then one unlock without",
  passes:
    "the unlock stops there; the second card is never sent a PUK or a passcode; the next unlock succeeds",
  rounds: { long: 500, short: 18 },
  needs: "nothing",
  run: drillSwaps,
  mutants: [
    {
      name: "same-card-unchecked",
      about: "the card need not prove again that it is the one before the PUK goes to it",
      file: "apps/agent/src/desk/same-card.ts",
      find: 'return isSignedBy(key, statement, await signStatement(hands.piv, "9e", { key, statement }));',
      replace:
        'return isSignedBy(key, statement, await signStatement(hands.piv, "9e", { key, statement })) || true;',
    },
  ],
};

interface Swap {
  readonly how: "pulled" | "unseen";
  readonly at: Cut & { readonly label: string };
}

async function drillSwaps({ rounds, say }: DrillRun): Promise<DrillFigures> {
  const scene = await openScene();
  try {
    const stranger = await makeCard(scene.world, await scene.world.person(), { name: "stranger" });
    const swaps = swapsIn(await cleanUnlock(scene));
    for (let round = 0; round < rounds; round += 1) {
      const one = swaps[round % swaps.length];
      if (one === undefined) break;
      await oneSwap(scene, stranger, one).catch((error: unknown) => {
        say(`round ${round}: ${one.how} ${one.at.when} ${one.at.ordinal} ${one.at.label}`);
        throw error;
      });
    }
    const done = swaps.slice(0, rounds);
    return {
      "places where the card is pulled": done.filter(({ how }) => how === "pulled").length,
      "places where no reader sees it": done.filter(({ how }) => how === "unseen").length,
      "PUKs or passcodes sent to the second card": 0,
    };
  } finally {
    await scene.close();
  }
}

async function cleanUnlock(scene: Scene): Promise<readonly Happening[]> {
  scene.lockHolder();
  await scene.ready();
  scene.world.boundaries.arm([]);
  const { isSuccess } = await scene.unlock(PASSCODES.chosen[0]);
  must(isSuccess, "an unlock that nobody disturbs succeeds");
  return scene.world.boundaries.disarm();
}

/**
 * Every place a hand can pull the card at. And for a shim, which no reader sees, every place before the card's next
 * proof by 9E: what a shim does between that proof and the command after it, no agent can find out (docs/threats.md).
 */
function swapsIn(happenings: readonly Happening[]): readonly Swap[] {
  const commands = happenings.filter(
    ({ place, label }) => place === "apdu" && label.startsWith("holder"),
  );
  // By the first proof the ceremony begins: before it there is nothing to swap.
  const [, ...proofs] = commands.filter(({ label }) => label === PROOF);
  const swaps = (how: Swap["how"], when: Cut["when"], at: readonly Happening[]) =>
    at.map((one): Swap => ({ how, at: { ...one, when } }));
  return [
    ...swaps(
      "unseen",
      "before",
      proofs.map((one, index) => ({ ...one, ordinal: index + 2 })),
    ),
    ...swaps("pulled", "before", commands),
    ...swaps("pulled", "after", commands),
  ];
}

const PROOF = "holder 87 9e";

async function oneSwap(scene: Scene, stranger: DrillCard, one: Swap): Promise<void> {
  const { holder, desk } = scene;
  const [typed, typedNext] = PASSCODES.chosen;
  scene.lockHolder();
  stranger.forget();
  const untouched = stranger.card.state;
  const before = await scene.phases();
  const { isSuccess, swapped } = await (one.how === "pulled" ? pulled : unseen)(scene, {
    ...{ stranger, at: one.at, passcode: typed },
  });
  must(swapped, "the cards were swapped");
  must(!isSuccess, "no success is shown after a swap");
  const secrets = stranger.exchanges.filter(({ command }) => carriesSecret(command));
  must(secrets.length === 0, "the second card is sent no PUK and no passcode");
  must(stranger.card.state === untouched, "nothing is changed on the second card");
  const ends = (await scene.phases()).slice(before.length);
  must(!ends.includes("verified"), "nothing is verified after a swap");

  await desk.connected();
  desk.holderReader.remove();
  await scene.ready();
  await scene.untilOver();
  await scene.ready();
  must((await scene.unlock(typedNext)).isSuccess, "the next unlock succeeds");
  must(holder.takesPasscode(typedNext), "the next unlock's success is one");
}

interface Swapping {
  readonly stranger: DrillCard;
  readonly at: Cut;
  readonly passcode: string;
}

interface Swapped {
  readonly isSuccess: boolean;
  readonly swapped: boolean;
}

/** One card out, the other in, at once. */
async function pulled(scene: Scene, { stranger, at, passcode }: Swapping): Promise<Swapped> {
  const { world, holder, desk } = scene;
  await scene.ready();
  let swapped = false;
  holder.whenCut = () => {
    swapped = true;
    desk.holderReader.remove();
    desk.holderReader.insert(stranger.card);
  };
  world.boundaries.arm([at]);
  const { isSuccess } = await scene.unlock(passcode).catch(() => ({ isSuccess: false }));
  world.boundaries.disarm();
  holder.whenCut = () => undefined;
  return { isSuccess, swapped };
}

/** Two cards behind one set of contacts. */
async function unseen(scene: Scene, { stranger, at, passcode }: Swapping): Promise<Swapped> {
  const { holder, desk } = scene;
  let proofs = -1;
  let swapped = false;
  const shim = shimCard([holder.card, stranger.card], (command) => {
    if (proofs >= 0 && commandName(command) === "87 9e") proofs += 1;
    swapped ||= proofs === at.ordinal;
    return swapped;
  });
  await desk.insert(desk.holderReader, shim);
  await scene.ready();
  proofs = 0;
  const { isSuccess } = await scene.unlock(passcode).catch(() => ({ isSuccess: false }));
  return { isSuccess, swapped };
}

/** VERIFY with a passcode, CHANGE REFERENCE DATA, RESET RETRY COUNTER. */
function carriesSecret(command: Uint8Array): boolean {
  const isSecret = SECRET_INSTRUCTIONS.has(command[1] ?? 0);
  return isSecret && command.length > HEADER_BYTES;
}

const SECRET_INSTRUCTIONS: ReadonlySet<number> = new Set([0x20, 0x24, 0x2c]);
const HEADER_BYTES = 5;
