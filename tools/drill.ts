// Longer and rougher than tests: `npm run drill`. Each drill prints its seed, so that it can be had again.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { pcscUnavailable } from "../e2e/harness/pcscd.ts";
import { drillReaders } from "../e2e/harness/reader-drill.ts";

interface DrillRun {
  /** How many rounds, in the drill's own unit. */
  readonly rounds: number;
  readonly seed: number;
}

interface Drill {
  readonly name: string;
  readonly about: string;
  readonly rounds: number;
  /** Gives what to print; throws when the drill fails. */
  run(run: DrillRun): Promise<unknown>;
}

/** The drills in their order. */
const DRILLS: readonly Drill[] = [
  {
    name: "readers",
    about:
      "cards in and out of two PC/SC readers at random, the service restarted and killed; a round is one event",
    rounds: 1000,
    run: ({ rounds, seed }) => drillReaders({ events: rounds, seed, say }),
  },
];

const HELP = `npm run drill [-- options]

  --only NAME     one drill
  --rounds N      instead of the drill's own number
  --seed N        repeats the random choices of an earlier run
  --help          this

Drills
${DRILLS.map(({ name, about, rounds }) => `  ${name.padEnd(14)}${about} (${rounds} rounds)`).join("\n")}

They need root on Linux: the PC/SC service runs in a private network. Exit code 1 when a drill failed.`;

/** As for the end-to-end tests: vpcd listens on every address, so it gets a network nobody else is in. */
const PRIVATE_NETWORK = `
ip link set lo up || exit 1
mkdir -p /run/pcscd && mount -t tmpfs -o mode=0755 lanyard /run/pcscd || exit 1
for destination in 127.0.0.0/8 127.0.0.1; do
  ip route change table local local $destination dev lo proto kernel scope host src 127.0.0.1 quickack 1
done
exec "$@"`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      rounds: { type: "string" },
      seed: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    say(HELP);
    return 0;
  }
  const drills = DRILLS.filter(({ name }) => values.only === undefined || name === values.only);
  if (drills.length === 0) {
    say(`There is no drill ${values.only}.\n\n${HELP}`);
    return 2;
  }
  if (process.env["LANYARD_PRIVATE_NET"] !== "1" && process.getuid?.() === 0) return inPrivate();
  const unavailable = pcscUnavailable();
  if (unavailable !== undefined) {
    say(`No drill can run here: ${unavailable}.`);
    return 1;
  }
  const seed = Number(values.seed ?? Date.now() % 2 ** 31);
  let failed = 0;
  for (const drill of drills) {
    const rounds = Number(values.rounds ?? drill.rounds);
    if (!(await runDrill(drill, { rounds, seed }))) failed += 1;
  }
  return failed === 0 ? 0 : 1;
}

async function runDrill(drill: Drill, run: DrillRun): Promise<boolean> {
  say(`${drill.name}: ${run.rounds} rounds, --seed ${run.seed}`);
  try {
    say(JSON.stringify(await drill.run(run), null, 2));
    say(`${drill.name}: passed`);
    return true;
  } catch (error) {
    say(`${drill.name}: FAILED, --seed ${run.seed}`);
    console.error(error);
    return false;
  }
}

/** Runs this again, the same way, in a network of its own. */
function inPrivate(): number {
  const again = [process.execPath, ...process.execArgv, fileURLToPath(import.meta.url)];
  const words = ["--mount", "--net", "sh", "-c", PRIVATE_NETWORK, "sh", ...again];
  const { status } = spawnSync("unshare", [...words, ...process.argv.slice(2)], {
    stdio: "inherit",
    env: { ...process.env, LANYARD_PRIVATE_NET: "1" },
  });
  return status ?? 1;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

process.exitCode = await main();
