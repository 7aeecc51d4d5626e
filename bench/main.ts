// `npm run bench`: what an unlock costs besides the card itself, as ratios within one run. Never one absolute time: the
// machines are shared. On Linux as root it measures through real PC/SC in a private network, else on readers in memory.
import { parseArgs } from "node:util";
import { pcscUnavailable } from "../e2e/harness/pcscd.ts";
import { isInPrivateNetwork, runAgainInPrivate } from "../tools/private-network.mjs";
import { benchApduPath } from "./apdu-path.ts";
import { benchAudit } from "./audit.ts";
import { benchDesk } from "./desk.ts";
import { benchFootprint } from "./footprint.ts";
import { benchLeash } from "./leash.ts";
import { benchNodes } from "./nodes.ts";
import { say } from "./report.ts";
import { benchServerCpu } from "./server-cpu.ts";

interface Benchmark {
  readonly name: string;
  readonly about: string;
  /** How many times, unless said otherwise; what is counted is the benchmark's own. */
  readonly rounds: number;
  readonly needs: "nothing" | "pcsc";
  run(rounds: number): Promise<void>;
}

const unavailable = pcscUnavailable();
const mode = unavailable === undefined ? "pcsc" : "demo";

/** Every benchmark, in the order they run. */
// biome-ignore format: a row each
const BENCHMARKS: readonly Benchmark[] = [
  { name: "desk", rounds: 12, needs: "nothing", run: (rounds) => benchDesk(mode, rounds),
    about: "card in reader to Personal Details, Confirm to success, against the bare APDUs; a round is one unlock" },
  { name: "apdu", rounds: 12, needs: "pcsc", run: benchApduPath,
    about: "the PUK's way to the card against yubico-piv-tool and pkcs15-tool" },
  { name: "audit", rounds: 40, needs: "nothing", run: benchAudit,
    about: "an entry in a log of a million, to one in a log of ten thousand; checking an export, to bare SHA-256" },
  { name: "footprint", rounds: 1, needs: "nothing", run: benchFootprint,
    about: "start and memory of demo, server and agent, each to its aim" },
  { name: "server-cpu", rounds: 25, needs: "nothing", run: benchServerCpu,
    about: "processor time of a sign-in and of an unlock, to their signature checks and one commit" },
  { name: "nodes", rounds: 12, needs: "nothing", run: benchNodes,
    about: "unlocks by two nodes of one database, to unlocks by one" },
  { name: "leash", rounds: 10_000, needs: "nothing", run: benchLeash,
    about: "memory of an idle desk to a bare connection; a pulled card to the page at another node; a round is a desk" },
];

const HELP = `npm run bench [-- options]

  --only NAME     one benchmark
  --rounds N      instead of the benchmark's own number
  --help          this

Benchmarks
${BENCHMARKS.map(({ name, about, rounds }) => `  ${name.padEnd(12)}${about} (${rounds} rounds)`).join("\n")}`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { rounds: { type: "string" }, only: { type: "string" }, help: { type: "boolean" } },
  });
  const chosen = BENCHMARKS.filter(({ name }) => [undefined, name].includes(values.only));
  if (values.help || chosen.length === 0) {
    say(values.help ? HELP : `There is no benchmark ${values.only}.\n\n${HELP}`);
    return values.help ? 0 : 2;
  }
  const elsewhere = isInPrivateNetwork() ? undefined : runAgainInPrivate();
  if (elsewhere !== undefined) return elsewhere;
  if (unavailable !== undefined) say(`Measured on readers in memory: ${unavailable}.\n`);
  for (const { name, needs, rounds, run } of chosen)
    if (needs === "pcsc" && unavailable !== undefined) say(`${name}: not here: ${unavailable}`);
    else await run(Number(values.rounds ?? rounds));
  return 0;
}

process.exitCode = await main();
