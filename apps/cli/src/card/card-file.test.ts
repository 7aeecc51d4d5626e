import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openCardFile } from "./card-file.ts";

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lanyard-card-"));
  path = join(folder, "card.json");
});
afterEach(() => rm(folder, { recursive: true }));

test("where there is no file a new card is made, for its owner's eyes only", async () => {
  const { state } = await openCardFile(path);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await openCardFile(path)).state).toEqual(state);
});

test("what the card stores is in the file", async () => {
  const { state, save } = await openCardFile(path);
  await save({ ...state, passcode: { ...state.passcode, triesLeft: 1 } });
  expect((await openCardFile(path)).state.passcode.triesLeft).toBe(1);
});

test("a file that is no card stays as it is, and nothing of it is said", async () => {
  for (const text of ["", "PUK 40718263", '{"puk": "40718263"}']) {
    await writeFile(path, text);
    const refused = await openCardFile(path).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "cli/usage" });
    expect(`${refused}`).not.toContain("40718263");
    expect(await readFile(path, "utf8")).toBe(text);
  }
});

test("a place that cannot be written or read is told", async () => {
  await expect(openCardFile(join(folder, "none", "card.json"))).rejects.toMatchObject({
    code: "cli/environment",
  });
  await expect(openCardFile(folder)).rejects.toMatchObject({ code: "cli/environment" });
});
