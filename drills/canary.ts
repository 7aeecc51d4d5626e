import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Drill, type DrillFigures, type DrillRun, must, randomFrom } from "./drill.ts";
import { PASSCODES } from "./world/cards.ts";
import { pick } from "./world/pick.ts";
import { areOver, openScene, type Scene } from "./world/scene.ts";

/** Where a secret must never turn up, and what was seen there. */
interface Places {
  readonly leash: string[];
  readonly log: string[];
}

/** Secrets that would sing if they were anywhere but where they belong. */
export const canary: Drill = {
  name: "canary",
  about:
    "unlocks from end to end, every second one cut off at some command, message or commit or with a passcode that is refused; then every place is searched for their passcodes and PUKs; a round is one unlock",
  passes:
    "no passcode and no PUK, as text, hexadecimal or base64, on the leash, in a log of server or agent at any level, in any row of the database, or on the agent's disk",
  rounds: { long: 100, short: 4 },
  needs: "nothing",
  run: drillCanaries,
  mutants: [
    {
      name: "passcode-logged",
      about: "the agent logs the holder's passcode",
      file: "apps/agent/src/unlock/burst.ts",
      find: 'this.#order.log.info({ phase, event: event.type, next: this.#burst.phase }, "unlock.step");',
      replace:
        'this.#order.log.info({ phase, passcode: Buffer.from(this.#order.passcode.reveal()).toString() }, "unlock.step");',
    },
    {
      name: "puk-logged",
      about: "the agent logs the PUK that it sends to the card",
      file: "apps/agent/src/unlock/burst.ts",
      find: "hands.piv.resetRetryCounter(inHand(this.#candidate), passcode),",
      replace: `(this.#order.log.info(
            { puk: Buffer.from(inHand(this.#candidate).reveal()).toString("hex") },
            "unlock.puk",
          ),
          hands.piv.resetRetryCounter(inHand(this.#candidate), passcode)),`,
    },
  ],
};

async function drillCanaries({ rounds, seed }: DrillRun): Promise<DrillFigures> {
  const places: Places = { leash: [], log: [] };
  const scene = await openScene({ logTo: (line) => places.log.push(line) });
  try {
    scene.world.onLeash({
      message: ({ text }) => void places.leash.push(text),
      broken: () => undefined,
    });
    const secrets = new Set<string>([PASSCODES.operator, PASSCODES.holder, TOO_EASY]);
    const random = randomFrom(seed);
    let succeeded = 0;
    for (let round = 0; round < rounds; round += 1) {
      const passcode = pick(random, PASSCODES.chosen);
      secrets.add(passcode).add(pukOn(scene));
      if (await oneUnlock(scene, passcode, { round, random })) succeeded += 1;
      secrets.add(pukOn(scene));
    }
    const rows = await scene.world.everyRow();
    const found = search(secrets, { ...places, rows, disk: filesIn(scene.desk.directory) });
    must(found === undefined, `a secret was found: ${found}`);
    must(
      succeeded > 0 && places.log.length > 0 && rows.length > 0,
      "there was something to search",
    );
    return {
      unlocks: rounds,
      "of them successful": succeeded,
      "secrets looked for": secrets.size,
      "messages searched": places.leash.length,
      "log lines searched": places.log.length,
      "rows searched": rows.length,
      hits: 0,
    };
  } finally {
    await scene.close();
  }
}

/** Refused by the passcode rules, whatever the policy. */
const TOO_EASY = "abcdef12";

function pukOn({ holder }: Scene): string {
  return Buffer.from(holder.card.state.puk.value, "hex").toString("latin1");
}

interface Round {
  readonly round: number;
  random(): number;
}

/** Undisturbed; or with a passcode that is refused first; or cut off somewhere. */
async function oneUnlock(
  scene: Scene,
  passcode: string,
  { round, random }: Round,
): Promise<boolean> {
  scene.lockHolder();
  await scene.ready();
  if (round % 4 === 1) {
    await scene.desk.confirm(await scene.desk.toPasscodePage(), TOO_EASY);
    await scene.untilOver();
    return false;
  }
  const boundaries = scene.world.boundaries;
  boundaries.arm([]);
  const { isSuccess } = await scene.unlock(passcode).catch(() => ({ isSuccess: false }));
  const happenings = boundaries.disarm();
  if (round % 4 !== 3 || happenings.length === 0) return isSuccess;
  scene.lockHolder();
  await scene.ready();
  boundaries.arm([{ ...pick(random, happenings), when: random() < 0.5 ? "before" : "after" }]);
  await scene.unlock(passcode).catch(() => undefined);
  boundaries.disarm();
  await scene.world.settled();
  if (!areOver(await scene.phases())) await scene.untilOver();
  return isSuccess;
}

function filesIn(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, "latin1"));
}

/** Which place held one, without saying which secret it was. */
function search(
  secrets: ReadonlySet<string>,
  places: Readonly<Record<string, readonly string[]>>,
): string | undefined {
  for (const [place, texts] of Object.entries(places))
    for (const secret of secrets)
      for (const form of formsOf(secret))
        if (texts.some((text) => text.includes(form))) return `in ${place}`;
  return undefined;
}

function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, "latin1");
  return [
    secret,
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
    bytes.toString("base64"),
  ];
}
