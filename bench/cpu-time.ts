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
  return Number(statOf(pid)[STAT.parent]);
}

/** Where they stand in `/proc/PID/stat` behind the program's name. */
const STAT = { parent: 1, endedChildrenUser: 13, endedChildrenSystem: 14 } as const;

/** The name stands in brackets and may hold anything. */
function statOf(pid: number): readonly string[] {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** A hundred ticks a second, on every Linux there is. */
const TICK_NS = 1e7;

/** Every thread's time as the scheduler counts it, and that of children who have ended, or time would run backwards. */
function ownCpu(pid: number): number {
  const stat = statOf(pid);
  const ended = Number(stat[STAT.endedChildrenUser]) + Number(stat[STAT.endedChildrenSystem]);
  const threads = list(`/proc/${pid}/task`);
  return threads
    .map((thread) => Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(" ")[0]))
    .reduce((sum, time) => sum + finite(time), finite(ended * TICK_NS));
}

function finite(time: number): number {
  return Number.isFinite(time) ? time : 0;
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
