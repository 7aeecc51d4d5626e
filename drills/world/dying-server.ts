import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { pathToFileURL } from "node:url";
import type { Happening } from "./boundaries.ts";
import { type Bundle, bundle } from "./bundle.ts";
import type { Death, FromServer, ToServer } from "./failpoint.ts";

/** `lanyard server` as a process of its own, that kills itself with `kill -9` where it is told to. */
export interface DyingServer {
  /** The first, or the next after the last has died. Resolves when it listens. */
  start(): Promise<void>;
  /** Counts from here on, and dies there. */
  arm(at: Death | undefined): Promise<void>;
  /** Ends counting. Gives what happened. */
  disarm(): Promise<readonly Happening[]>;
  /** Kills it from outside, unless it is dead. */
  kill(): Promise<void>;
  /** Resolves when the one that was started last is dead. */
  death(): Promise<void>;
  close(): Promise<void>;
}

interface Process {
  readonly child: ChildProcess;
  readonly dead: Promise<void>;
  /** Everything it said. */
  readonly said: string[];
}

const START_LIMIT_MS = 60_000;

type Env = Readonly<Record<string, string>>;

export async function dyingServer(env: Env): Promise<DyingServer> {
  const files = await bundle(["lanyard-server", "failpoint"]);
  // The next one loads while the last one lives.
  let spare = launch(files, env);
  let current: Process | undefined;
  const living = (): Process => {
    if (current === undefined) throw new Error("No server was started.");
    return current;
  };
  const ask = async <State extends FromServer["state"]>(
    order: ToServer,
    state: State,
  ): Promise<Extract<FromServer, { state: State }>> => {
    const answer = told(living(), state);
    living().child.send(order);
    return answer;
  };
  return {
    start: async () => {
      current = spare;
      await ready(current);
      spare = launch(files, env);
    },
    arm: async (at) => {
      await ask({ order: "arm", at }, "armed");
    },
    disarm: async () => (await ask({ order: "disarm" }, "disarmed")).happened,
    kill: () => end(living()),
    death: () => living().dead,
    close: async () => {
      await end(spare);
      if (current !== undefined) await end(current);
      files.remove();
    },
  };
}

function launch(files: Bundle, env: Env): Process {
  const failpoint = pathToFileURL(files.path("failpoint")).href;
  const child = spawn(process.execPath, ["--import", failpoint, files.path("lanyard-server")], {
    env: { ...process.env, NODE_ENV: "production", ...env },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => said.push(chunk.toString("utf8")));
  const dead = once(child, "exit").then(() => undefined);
  const made = { child, dead, said };
  // It may be loaded before anybody asks.
  loading.set(child, told(made, "loaded"));
  return made;
}

const loading = new WeakMap<ChildProcess, Promise<unknown>>();

async function ready(server: Process): Promise<void> {
  await loading.get(server.child);
  const runs = new Promise<void>((resolve) => {
    server.child.stderr?.on("data", () => {
      if (server.said.join("").includes("Lanyard is running")) resolve();
    });
  });
  const begin: ToServer = { order: "begin" };
  server.child.send(begin);
  await orFail(server, runs);
}

function told<State extends FromServer["state"]>(
  server: Process,
  state: State,
): Promise<Extract<FromServer, { state: State }>> {
  const isIt = (message: FromServer): message is Extract<FromServer, { state: State }> =>
    message.state === state;
  const answer = new Promise<Extract<FromServer, { state: State }>>((resolve) => {
    server.child.on("message", (message: FromServer) => {
      if (isIt(message)) resolve(message);
    });
  });
  const checked = orFail(server, answer);
  checked.catch(() => undefined);
  return checked;
}

/** It is dead or too slow: then what it said says why. */
async function orFail<Result>(server: Process, wanted: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const failure = new Promise<never>((_, reject) => {
    const fail = (why: string) =>
      reject(new Error(`The server ${why}:\n${server.said.join("").slice(-2_000)}`));
    timer = setTimeout(() => fail("is too slow"), START_LIMIT_MS);
    void server.dead.then(() => fail("has ended"));
  });
  return Promise.race([wanted, failure]).finally(() => clearTimeout(timer));
}

async function end({ child, dead }: Process): Promise<void> {
  child.kill("SIGKILL");
  await dead;
}
