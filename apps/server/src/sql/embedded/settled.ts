import { closeSync, existsSync, fsyncSync, openSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { syncDirectory } from "./durable-filesystem.ts";

const MARK = ".settled";

/** Whether a database was made here to the end, and all of it is on disk. */
export function isSettled(directory: string): boolean {
  return existsSync(join(directory, MARK));
}

/** Puts everything below a new database's directory on disk, which initdb here does not, and marks it. */
export function settle(directory: string): void {
  syncTree(directory);
  writeFileSync(join(directory, MARK), "", { mode: 0o600, flush: true });
  syncDirectory(directory);
  syncDirectory(dirname(directory));
}

function syncTree(directory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) syncTree(path);
    else if (entry.isFile()) syncFile(path);
  }
  syncDirectory(directory);
}

function syncFile(path: string): void {
  const descriptor = openSync(path, "r+");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
