// `npm run bench`: what an unlock costs besides the card itself, as ratios within one run. Never one absolute time: the
// machines are shared. On Linux as root it measures through real PC/SC in a private network, else on readers in memory.
import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { pcscUnavailable } from "../e2e/harness/pcscd.ts";
import { benchApduPath } from "./apdu-path.ts";
import { benchDesk } from "./desk.ts";
import { say } from "./report.ts";

const HELP = `npm run bench [-- options]

  --rounds N      unlocks measured (12)
  --only NAME     desk: card in reader to Personal Details, Confirm to success, against the bare APDUs
                  apdu: the PUK's way to the card against yubico-piv-tool and pkcs15-tool
  --help          this`;

/** As the end-to-end tests do: vpcd listens on every address, so it gets a network nobody else is in. */
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
      rounds: { type: "string", default: "12" },
      only: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    say(HELP);
    return 0;
  }
  if (process.env["LANYARD_PRIVATE_NET"] !== "1" && mayHavePrivateNetwork()) return inPrivate();
  const unavailable = pcscUnavailable();
  const mode = unavailable === undefined ? "pcsc" : "demo";
  if (unavailable !== undefined) say(`Measured on readers in memory: ${unavailable}.\n`);
  const rounds = Number(values.rounds);
  if (values.only !== "apdu") await benchDesk(mode, rounds);
  if (values.only !== "desk" && mode === "pcsc") await benchApduPath(rounds);
  return 0;
}

function mayHavePrivateNetwork(): boolean {
  return process.getuid?.() === 0 && spawnSync("unshare", ["--version"]).status === 0;
}

function inPrivate(): Promise<number> {
  const again = [process.execPath, ...process.execArgv, fileURLToPath(import.meta.url)];
  const words = ["--mount", "--net", "sh", "-c", PRIVATE_NETWORK, "sh", ...again];
  const child = spawn("unshare", [...words, ...process.argv.slice(2)], {
    stdio: "inherit",
    env: { ...process.env, LANYARD_PRIVATE_NET: "1" },
  });
  return new Promise((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
}

process.exitCode = await main();
