import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { enterWorld } from "./world.ts";

const NOW = new Date("2026-03-02T09:00:00Z");

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "lanyard-world-"));
});
afterEach(() => rm(directory, { recursive: true }));

const masterKeys = () => readFile(join(directory, "master-keys.json"), "utf8");

test("a first start under way is not thrown away by a second one", async () => {
  const world = await enterWorld(directory, NOW);
  const before = await masterKeys();
  await expect(enterWorld(directory, NOW)).rejects.toMatchObject({ code: "database/in_use" });
  expect(await masterKeys()).toBe(before);
  world.leave();
});

test("one that was cut off is made anew, and what is not ours stays", async () => {
  (await enterWorld(directory, NOW)).leave();
  const before = await masterKeys();
  await writeFile(join(directory, "letter.txt"), "Dear Grace");
  const world = await enterWorld(directory, NOW);
  expect(world.isNew).toBe(true);
  expect(await masterKeys()).not.toBe(before);
  expect(await readFile(join(directory, "letter.txt"), "utf8")).toBe("Dear Grace");
  world.leave();
});

test.skipIf(process.platform === "win32")("keys are for their owner only", async () => {
  const world = await enterWorld(join(directory, "new"), NOW);
  const modeOf = async (name: string) => (await stat(join(directory, "new", name))).mode & 0o777;
  expect(await modeOf("")).toBe(0o700);
  expect(await modeOf("authority.json")).toBe(0o600);
  expect(await modeOf("master-keys.json")).toBe(0o600);
  world.leave();
});
