import type { ServerProcess } from "@lanyard/server";
import type { CommandRun } from "./command.ts";

/** What a server or agent needs of this process: its settings, the signal to stop, and somebody to tell. */
export function longRunning({ env }: CommandRun): ServerProcess {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  return {
    env,
    stop: stop.signal,
    tell: (text: string) => {
      process.stderr.write(`${text}\n`);
    },
  };
}
