import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { takeDirectoryLock } from "./directory-lock.ts";

let directory = "";
const lock = (): string => join(directory, ".lock");

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "lanyard-lock-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test("a second taker is refused until the first gives back", () => {
  const giveBack = takeDirectoryLock(directory);
  expect(() => takeDirectoryLock(directory)).toThrow(
    expect.objectContaining({ code: "database/in_use" }),
  );
  giveBack();
  expect(existsSync(lock())).toBe(false);
  takeDirectoryLock(directory)();
});

test("giving back twice does not release somebody else's lock", () => {
  const giveBack = takeDirectoryLock(directory);
  giveBack();
  const theirs = takeDirectoryLock(directory);
  giveBack();
  expect(existsSync(lock())).toBe(true);
  theirs();
});

test("a lock of a living process that does not say when it was born is respected", () => {
  writeFileSync(lock(), `${process.ppid} \n`);
  expect(() => takeDirectoryLock(directory)).toThrow(
    expect.objectContaining({ code: "database/in_use" }),
  );
  expect(readFileSync(lock(), "utf8")).toBe(`${process.ppid} \n`);
});

test.each([
  ["of a process that has ended", () => `${spawnSync(process.execPath, ["--version"]).pid} \n`],
  ["whose pid was given to a younger process", () => `${process.ppid} another-boot/1\n`],
  ["that is empty", () => ""],
  ["that holds no number", () => "\0\0\0\0 x\n"],
])("a lock %s is taken over", (_name, content) => {
  writeFileSync(lock(), content());
  const giveBack = takeDirectoryLock(directory);
  expect(readFileSync(lock(), "utf8")).toMatch(new RegExp(`^${process.pid} `));
  giveBack();
});
