// Longer and rougher than tests: `npm run drill`. Each drill prints its seed, so that it can be had again.
import { inspect, parseArgs } from "node:util";
import { pcscUnavailable } from "../e2e/harness/pcscd.ts";
import { isInPrivateNetwork, runAgainInPrivate } from "../tools/private-network.mjs";
import { publish } from "./assurance.ts";
import { type Drill, DrillFailure, type DrillFigures } from "./drill.ts";
import { DRILL_EXIT } from "./exit.ts";
import { runMutant } from "./mutants.ts";
import { DRILLS } from "./registry.ts";

const HELP = `npm run drill [-- options]

  --only NAME     one drill
  --rounds N      instead of the drill's own number
  --short         the drill's number in npm test
  --seed N        repeats the random choices of an earlier run
  --mutants       breaks the code on purpose, once for each mutant: the drill must find it out
  --publish       writes the figures of what was run into docs/assurance.md
  --help          this

Drills
${DRILLS.map(({ name, about, rounds }) => `  ${name.padEnd(16)}${about} (${rounds.long} rounds)`).join("\n")}

Those over PC/SC need root on Linux: the service runs in a private network. Exit code 1 when a promise was broken.`;

interface Options {
  readonly rounds: number | undefined;
  readonly isShort: boolean;
  readonly seed: number;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      rounds: { type: "string" },
      short: { type: "boolean", default: false },
      seed: { type: "string" },
      mutants: { type: "boolean", default: false },
      publish: { type: "boolean", default: false },
      help: { type: "boolean" },
    },
  });
  if (values.help) return say(HELP, DRILL_EXIT.ok);
  const drills = DRILLS.filter(({ name }) => values.only === undefined || name === values.only);
  if (drills.length === 0)
    return say(`There is no drill ${values.only}.\n\n${HELP}`, DRILL_EXIT.usage);
  const elsewhere =
    isInPrivateNetwork() || drills.every(({ needs }) => needs === "nothing")
      ? undefined
      : runAgainInPrivate();
  if (elsewhere !== undefined) return elsewhere;
  const seed = Number(values.seed ?? Date.now() % 2 ** 31);
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  if (values.mutants) return tryMutants(drills, seed);
  const { code, figures } = await runAll(drills, { rounds, isShort: values.short, seed });
  if (values.publish) publish(figures);
  return code;
}

async function runAll(
  drills: readonly Drill[],
  options: Options,
): Promise<{ readonly code: number; readonly figures: ReadonlyMap<Drill, Published> }> {
  const figures = new Map<Drill, Published>();
  let code: number = DRILL_EXIT.ok;
  for (const drill of drills) {
    const rounds = options.rounds ?? drill.rounds[options.isShort ? "short" : "long"];
    const ended = await runOne(drill, { rounds, seed: options.seed });
    if (typeof ended === "number") code = Math.max(code, ended);
    else figures.set(drill, { rounds, seed: options.seed, figures: ended });
  }
  return { code, figures };
}

/** What one passed run has to show. */
interface Published {
  readonly rounds: number;
  readonly seed: number;
  readonly figures: DrillFigures;
}

/** The figures, or the exit code. */
async function runOne(
  drill: Drill,
  run: { readonly rounds: number; readonly seed: number },
): Promise<DrillFigures | number> {
  const unavailable = drill.needs === "pcsc" ? pcscUnavailable() : undefined;
  if (unavailable !== undefined)
    return say(`${drill.name}: cannot run here: ${unavailable}.`, DRILL_EXIT.failed);
  say(`${drill.name}: ${run.rounds} rounds, --seed ${run.seed}`);
  try {
    const figures = await drill.run({ ...run, say });
    say(`${JSON.stringify(figures, null, 2)}\n${drill.name}: passed`);
    return figures;
  } catch (error) {
    if (error instanceof DrillFailure)
      return say(`${drill.name}: BROKEN, --seed ${run.seed}: ${error.message}`, DRILL_EXIT.broken);
    return say(
      `${inspect(error)}\n${drill.name}: came to grief, --seed ${run.seed}`,
      DRILL_EXIT.failed,
    );
  }
}

function tryMutants(drills: readonly Drill[], seed: number): number {
  let missed = 0;
  for (const drill of drills)
    for (const mutant of drill.mutants) {
      const { red, said } = runMutant(drill, mutant, seed);
      if (!red) missed += 1;
      say(`${drill.name} / ${mutant.name}: ${red ? "found out" : "NOT FOUND OUT"}. ${said}`);
    }
  return missed === 0 ? DRILL_EXIT.ok : DRILL_EXIT.broken;
}

function say(text: string): void;
function say(text: string, code: number): number;
function say(text: string, code?: number): number | undefined {
  process.stdout.write(`${text}\n`);
  return code;
}

// A drill that came to grief may have left something open: nothing waits for it.
process.exit(await main());
