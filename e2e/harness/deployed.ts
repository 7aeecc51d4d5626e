import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { LANYARD } from "./product.ts";

const START_LIMIT_MS = 60_000;

/** One `lanyard` process, as an administrator runs it. */
export interface Running {
  readonly pid: number;
  log(): string;
  /** By its own process id. Resolves when it has ended; stopping twice is fine. */
  stop(how?: "SIGTERM" | "SIGKILL"): Promise<void>;
}

/** `lanyard server` and `lanyard agent` apart, on a copy of the demo's records. */
export interface Deployed {
  readonly portal: string;
  readonly agentPages: string;
  startServer(): Promise<Running>;
  /** Resolves once the agent has been let in, or has logged `event`. */
  startAgent(event?: string): Promise<Running>;
  /** Any other command, to its end, with this on standard input. */
  lanyard(words: readonly string[], input?: string): Promise<Ended>;
}

export interface Ended {
  readonly exitCode: number | null;
  readonly said: string;
  readonly complained: string;
}

export async function deploy(
  directory: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Deployed> {
  const [port, agentPort] = [await freePort(), await freePort()];
  const origin = `http://localhost:${port}`;
  const env = {
    LANYARD_ORIGIN: origin,
    LANYARD_PORT: String(port),
    LANYARD_AGENT_ORIGIN: `http://127.0.0.1:${agentPort}`,
    LANYARD_DATA: directory,
    LANYARD_SERVICE_DESK: "Ward IT, extension 4321",
    LANYARD_SERVER: origin,
    LANYARD_AGENT_PORT: String(agentPort),
    LANYARD_AGENT_DATA: join(directory, "agent"),
    LANYARD_DESK_NAME: "Ward desk",
    ...settings,
  };
  return {
    portal: `${origin}/`,
    agentPages: `http://127.0.0.1:${agentPort}/`,
    startServer: () => run("server", env, "Lanyard is running"),
    // Not before it has reached the server: a browser that is quicker is told to wait a little.
    startAgent: (event = "leash.up") => run("agent", env, event),
    lanyard: (words, input = "") => runToEnd(words, env, input),
  };
}

async function runToEnd(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  input: string,
): Promise<Ended> {
  const child = spawn(process.execPath, [LANYARD, ...words], { env: { ...process.env, ...env } });
  const [said, complained]: [string[], string[]] = [[], []];
  child.stdout.on("data", (chunk: Buffer) => said.push(chunk.toString("utf8")));
  child.stderr.on("data", (chunk: Buffer) => complained.push(chunk.toString("utf8")));
  child.stdin.end(input);
  await once(child, "close");
  return { exitCode: child.exitCode, said: said.join(""), complained: complained.join("") };
}

async function run(
  command: "server" | "agent",
  env: Readonly<Record<string, string>>,
  ready: string,
): Promise<Running> {
  const child = spawn(process.execPath, [LANYARD, command], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${command} ${why}:\n${said.join("")}`));
    const limit = setTimeout(() => fail("did not get ready"), START_LIMIT_MS);
    child.once("exit", (code) => fail(`ended with ${code}`));
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        said.push(chunk.toString("utf8"));
        if (!said.join("").includes(ready)) return;
        clearTimeout(limit);
        resolve();
      });
  });
  return {
    pid: child.pid ?? 0,
    log: () => said.join(""),
    stop: (how = "SIGTERM") => stop(child, how),
  };
}

async function stop(child: ChildProcess, how: "SIGTERM" | "SIGKILL"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill(how);
  await exited;
}

export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once("error", fail);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => done(port));
    });
  });
}
