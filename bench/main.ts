// `npm run bench`: what an unlock costs besides the card itself, as ratios within one run. Never one absolute time: the
// machines are shared. On Linux as root it measures through real PC/SC in a private network, else on readers in memory.
import { parseArgs } from "node:util";
import { pcscUnavailable } from "../e2e/harness/pcscd.ts";
import { isInPrivateNetwork, runAgainInPrivate } from "../tools/private-network.mjs";
import { benchApduPath } from "./apdu-path.ts";
import { benchDesk } from "./desk.ts";
import { say } from "./report.ts";

const HELP = `npm run bench [-- options]

  --rounds N      unlocks measured (12)
  --only NAME     desk: card in reader to Personal Details, Confirm to success, against the bare APDUs
                  apdu: the PUK's way to the card against yubico-piv-tool and pkcs15-tool
  --help          this`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "12" },
      only: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    say(HELP);
    return 0;
  }
  const elsewhere = isInPrivateNetwork() ? undefined : runAgainInPrivate();
  if (elsewhere !== undefined) return elsewhere;
  const unavailable = pcscUnavailable();
  const mode = unavailable === undefined ? "pcsc" : "demo";
  if (unavailable !== undefined) say(`Measured on readers in memory: ${unavailable}.\n`);
  const rounds = Number(values.rounds);
  if (values.only !== "apdu") await benchDesk(mode, rounds);
  if (values.only !== "desk" && mode === "pcsc") await benchApduPath(rounds);
  return 0;
}

process.exitCode = await main();
