import {
  existsSync,
  linkSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseError } from "../errors.ts";

const LOCK_NAME = ".lock";

/** What this process holds. Process-wide because a pid in a lock file is: it tells us apart from our own past. */
const held = new Set<string>();

/**
 * Takes a data directory for this process and returns how to give it back.
 *
 * PGlite has no lock of its own and two openers damage the data silently. The lock is a file holding
 * "pid birth", put there whole by link(2), so it is never seen half-written. A lock whose process is
 * gone, or that holds no pid, is taken over. It does not see across containers that share a volume
 * but not their process numbers.
 *
 * @throws {DatabaseError} `database/in_use`
 */
export function takeDirectoryLock(directory: string): () => void {
  const lock = join(realpathSync(directory), LOCK_NAME);
  if (held.has(lock)) throw inUse(directory, String(process.pid));
  const mine = `${process.pid} ${birthOf(process.pid)}\n`;
  if (!putInPlace(lock, mine)) {
    clearStale(lock, directory);
    if (!putInPlace(lock, mine)) throw inUse(directory, "another");
  }
  held.add(lock);
  let isMine = true;
  return () => {
    if (!isMine) return;
    isMine = false;
    held.delete(lock);
    rmSync(lock, { force: true });
  };
}

/** Writes `text` as `lock` in one step; false when there is one already. */
function putInPlace(lock: string, text: string): boolean {
  const whole = `${lock}.${process.pid}`;
  writeFileSync(whole, text, { mode: 0o600, flush: true });
  try {
    linkSync(whole, lock);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(whole, { force: true });
  }
}

/**
 * Removes a stale lock by renaming it away and looking at what was really moved: if somebody took
 * the lock over between our look and our move, theirs is put back.
 */
function clearStale(lock: string, directory: string): void {
  const aside = `${lock}.${process.pid}.stale`;
  refuseLiving(readIfThere(lock), directory);
  try {
    renameSync(lock, aside);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return;
    throw error;
  }
  try {
    refuseLiving(readIfThere(aside), directory);
  } catch (error) {
    if (!existsSync(lock)) linkSync(aside, lock);
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function refuseLiving(text: string, directory: string): void {
  const [pid = "", birth = ""] = text.trim().split(" ");
  if (/^[1-9][0-9]*$/.test(pid) && isLiving(Number(pid), birth)) throw inUse(directory, pid);
}

/** Where births are known (Linux) they decide; elsewhere our own pid in a lock we do not hold is our past. */
function isLiving(pid: number, birth: string): boolean {
  if (birth !== "") return birthOf(pid) === birth;
  return pid !== process.pid && isRunning(pid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}

/** Boot and start tick of a process on Linux, so that a reused pid is not mistaken for the old one; else "". */
function birthOf(pid: number): string {
  const boot = readIfThere("/proc/sys/kernel/random/boot_id").trim();
  const stat = readIfThere(`/proc/${pid}/stat`);
  const fieldsAfterName = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, startTick] = [fieldsAfterName[0], fieldsAfterName[19]];
  if (startTick === undefined || state === "Z" || state === "X") return "";
  return `${boot}/${startTick}`;
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function errorCode(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

function inUse(directory: string, pid: string): DatabaseError {
  return new DatabaseError(
    "database/in_use",
    `The database directory ${directory} is in use by process ${pid}.`,
  );
}
