import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { main } from "../main.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lanyard-keys-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function secrets(command: string, options: readonly string[] = [], typed = "") {
  const [output, errors] = [new PassThrough(), new PassThrough()];
  const terminal = { input: new PassThrough().end(typed), output, errors };
  const env = { LANYARD_DATA: join(folder, "data") };
  const exitCode = await main(["secrets", command, ...options], { terminal, env });
  return { exitCode, said: `${output.read() ?? ""}`, complained: `${errors.read() ?? ""}` };
}

test("from the first key to the day it is needed, as an officer would type it", async () => {
  const shares = join(folder, "shares");
  const made = await secrets("init", ["--with-shares", "--out", shares]);
  expect(made).toMatchObject({ exitCode: 0, said: expect.stringContaining("version 1 is in") });
  const { exitCode, said } = await secrets("status");
  expect(exitCode).toBe(0);
  expect(said).toMatch(/version 1 {2}check [0-9a-f]{8} {2}cards 0 \(0 %\) {2}newest/);

  const order = ["--card", "20000001", "--reason", "Drill"];
  const one = await readFile(join(shares, "share-1.txt"), "utf8");
  const few = await secrets("break-glass", order, one);
  expect(few).toMatchObject({ exitCode: 1, complained: expect.stringContaining("there are 1") });
  const files = [1, 3, 5].map((number) => join(shares, `share-${number}.txt`)).join(",");
  const unknown = await secrets("break-glass", [...order, "--shares", files]);
  expect(unknown).toMatchObject({ exitCode: 1, complained: expect.stringContaining("no card") });
}, 60_000);

test.each([
  ["init", ["--with-shares"]],
  ["init", ["--out", "somewhere"]],
  ["split", ["--version", "one", "--out", "somewhere"]],
  ["break-glass", ["--card", "20000001"]],
])("secrets %s %j is given wrongly: nothing is done", async (command, options) => {
  expect((await secrets(command, options)).exitCode).toBe(2);
});

test("a share that was mistyped is named by its line and not repeated", async () => {
  const wrong = join(folder, "wrong.txt");
  await writeFile(wrong, "lanyard-share/1 version=1 number=1 secret\n");
  const order = ["--card", "20000001", "--reason", "Drill", "--shares", wrong];
  const { exitCode, complained } = await secrets("break-glass", order);
  expect(exitCode).toBe(1);
  expect(complained).toContain("Line 1");
  expect(complained).not.toContain("secret");
});
