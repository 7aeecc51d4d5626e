import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The PC/SC service with one vpcd reader of two slots, all of this run. */
export interface Pcscd {
  /** Names as every client sees them, by slot. */
  readonly readers: readonly [string, string];
  /** Where a virtual card connects, by slot: 127.0.0.1. */
  readonly ports: readonly [number, number];
  readonly pid: number;
  /** What the service said so far, for a failing test's message. */
  log(): string;
  /** Stops the service this object started, and no other. Idempotent. */
  stop(): Promise<void>;
}

/**
 * How often pcscd looks whether a card is in. A card that left DURING a command and is back before the next look is
 * shown as "empty" until it is taken out again (pcscd 1.9.9: the failed command clears the state, and the look sees no
 * change). A hand is never that quick; a test is, and has to leave the slot empty for longer than this.
 */
export const PRESENCE_POLL_MS = 400;

const DRIVER = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
const SOCKET_FOLDER = "/run/pcscd";
const SOCKET = join(SOCKET_FOLDER, "pcscd.comm");
const READER_NAME = "Lanyard Test Reader";
/** Below the ephemeral ports, so that no outgoing connection holds one of them. */
const FIRST_PORT = 24_763;
const START_LIMIT_MS = 10_000;

/**
 * Why no test can use PC/SC here; `undefined` when it can. vpcd listens on every address and asks nobody who he is,
 * so that it is only started where `tools/test.mjs` (or whoever set LANYARD_PRIVATE_NET) made a network and an empty
 * /run/pcscd of our own.
 */
export function pcscUnavailable(programs: readonly string[] = []): string | undefined {
  const { LANYARD_PRIVATE_NET } = process.env;
  if (LANYARD_PRIVATE_NET !== "1") return "no private network";
  if (!existsSync(DRIVER)) return "vsmartcard-vpcd is not installed";
  const missing = ["pcscd", ...programs].find((program) => !isOnPath(program));
  return missing === undefined ? undefined : `${missing} is not installed`;
}

/** Starts the service and resolves when clients can connect. One at a time. */
export async function startPcscd(): Promise<Pcscd> {
  if (existsSync(SOCKET)) throw new Error("A PC/SC service runs here already.");
  const folder = mkdtempSync(join(tmpdir(), "lanyard-pcscd-"));
  writeFileSync(join(folder, "vpcd"), readerConfiguration());
  const giveUp = new AbortController();
  const ready = socketAppears(giveUp.signal);
  const service = spawn("pcscd", ["--foreground", "-c", folder], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said: string[] = [];
  for (const stream of [service.stdout, service.stderr])
    stream.on("data", (chunk: Buffer) => said.push(chunk.toString()));
  // A test run that ends badly must not leave its service behind.
  const orphaned = (): void => void service.kill("SIGTERM");
  process.once("exit", orphaned);
  const stop = async (): Promise<void> => {
    process.off("exit", orphaned);
    await stopChild(service);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await Promise.race([ready, exited(service)]);
  } catch (error) {
    giveUp.abort();
    await stop();
    throw new Error(`pcscd did not start. It said: ${said.join("")}`, { cause: error });
  }
  return {
    readers: [`${READER_NAME} 00 00`, `${READER_NAME} 00 01`],
    ports: [FIRST_PORT, FIRST_PORT + 1],
    pid: service.pid ?? 0,
    log: () => said.join(""),
    stop,
  };
}

function readerConfiguration(): string {
  return [
    `FRIENDLYNAME "${READER_NAME}"`,
    `DEVICENAME /dev/null:0x${FIRST_PORT.toString(16)}`,
    `LIBPATH ${DRIVER}`,
    `CHANNELID 0x${FIRST_PORT.toString(16)}`,
    "",
  ].join("\n");
}

/** Resolves when the service's socket is there: from then on clients can connect. */
function socketAppears(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const watcher = watch(SOCKET_FOLDER, () => {
      if (existsSync(SOCKET)) end(resolve);
    });
    const limit = setTimeout(() => {
      end(() => reject(new Error(`No ${SOCKET} after ${START_LIMIT_MS} ms.`)));
    }, START_LIMIT_MS);
    signal.addEventListener("abort", () => end(resolve), { once: true });
    const end = (how: () => void): void => {
      clearTimeout(limit);
      watcher.close();
      how();
    };
  });
}

async function exited(service: ChildProcess): Promise<never> {
  const [code] = await once(service, "exit");
  throw new Error(`pcscd ended with ${code}.`);
}

async function stopChild(service: ChildProcess): Promise<void> {
  if (service.exitCode !== null || service.signalCode !== null) return;
  const ended = once(service, "exit");
  service.kill("SIGTERM");
  await ended;
}

function isOnPath(program: string): boolean {
  return spawnSync("which", [program], { stdio: "ignore" }).status === 0;
}
