import { readdirSync, readFileSync } from "node:fs";

/** Nanoseconds of processor these processes have used so far, with every child they have now. Linux only. */
export function cpuOf(...pids: readonly number[]): number {
  return family(pids).reduce((sum, pid) => sum + ownCpu(pid), 0);
}

/** Nanoseconds of processor these processes use while `work` goes on. */
export async function spent(
  pids: readonly number[],
  work: () => Promise<unknown>,
): Promise<number> {
  const before = cpuOf(...pids);
  await work();
  return cpuOf(...pids) - before;
}

function family(pids: readonly number[]): readonly number[] {
  const children = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pids.includes(parentOf(pid)));
  return children.length === 0 ? pids : [...pids, ...family(children)];
}

function parentOf(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  // The program's name stands in brackets and may hold anything; the parent is the second field after it.
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}

/** Every thread's time on a processor, as the scheduler counts it. */
function ownCpu(pid: number): number {
  const threads = list(`/proc/${pid}/task`);
  return threads
    .map((thread) => Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(" ")[0]))
    .reduce((sum, time) => sum + (Number.isFinite(time) ? time : 0), 0);
}

/** Nothing of a process that has just ended. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function list(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
