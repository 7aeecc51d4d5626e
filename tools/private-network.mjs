// A network and a /run/pcscd of our own, for everything that starts a PC/SC service with vpcd in it.
import { spawnSync } from "node:child_process";

/**
 * Readies the network and hands over. vpcd listens on every address and asks nobody who he is, so it must not be
 * reachable; the `quickack` routes take 44 ms off each of its APDUs; an empty /run/pcscd leaves a reader service of
 * this machine alone.
 */
const SCRIPT = `
ip link set lo up || exit 1
mkdir -p /run/pcscd && mount -t tmpfs -o mode=0755 lanyard /run/pcscd || exit 1
for destination in 127.0.0.0/8 127.0.0.1; do
  ip route change table local local $destination dev lo proto kernel scope host src 127.0.0.1 quickack 1
done
exec "$@"`;

const UNSHARE = ["unshare", "--mount", "--net", "sh", "-c", SCRIPT, "sh"];

/** Tells a program that it runs in such a network. */
export const PRIVATE_NETWORK_ENV = { LANYARD_PRIVATE_NET: "1" };

/** Whether this process is in one already. */
export function isInPrivateNetwork() {
  return process.env["LANYARD_PRIVATE_NET"] === "1";
}

/** The words in front of a command that is to run in one; none where only root on Linux could have it. */
export function privateNetwork() {
  const [command = "", ...words] = [...UNSHARE, "true"];
  const isPossible =
    process.platform === "linux" &&
    process.getuid?.() === 0 &&
    spawnSync(command, words, { stdio: "ignore" }).status === 0;
  return isPossible ? UNSHARE : [];
}

/** Runs this very program again, the same way, in a private network. Gives its exit code; undefined: not here. */
export function runAgainInPrivate() {
  const [command, ...words] = privateNetwork();
  if (command === undefined) return undefined;
  const again = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const { status } = spawnSync(command, [...words, ...again], {
    stdio: "inherit",
    env: { ...process.env, ...PRIVATE_NETWORK_ENV },
  });
  return status ?? 1;
}
