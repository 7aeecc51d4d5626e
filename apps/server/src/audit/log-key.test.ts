import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openNote, parseVerifierKey } from "@lanyard/log";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLogKeyFile, noteCrypto, openLogKeyFile, sha256 } from "./log-key.ts";

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "lanyard-log-key-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test("[SIGNED-NOTE] what the key signs opens with the half that was given out", async () => {
  const path = join(directory, "made");
  const verifier = parseVerifierKey(sha256, await createLogKeyFile(path, "care.example/audit"));
  const key = await openLogKeyFile(path);
  expect(key.verifier).toEqual(verifier);
  expect(openNote(noteCrypto, key.sign("text\n"), verifier)).toBe("text\n");
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a key that is there is never overwritten", async () => {
  const path = join(directory, "kept");
  await createLogKeyFile(path, "care.example/audit");
  const before = readFileSync(path);
  const again = createLogKeyFile(path, "care.example/audit");
  await expect(again).rejects.toMatchObject({ code: "audit/key_exists" });
  expect(readFileSync(path)).toEqual(before);
});

test("a key that others may read is refused, and the message says what to do", async () => {
  const path = join(directory, "loose");
  await createLogKeyFile(path, "care.example/audit");
  for (const mode of [0o640, 0o604, 0o620]) {
    chmodSync(path, mode);
    await expect(openLogKeyFile(path)).rejects.toMatchObject({
      code: "audit/key_loose",
      message: expect.stringContaining(`chmod 600 ${path}`),
    });
  }
});

test("no key: the message says how to make one", async () => {
  await expect(openLogKeyFile(join(directory, "none"))).rejects.toMatchObject({
    code: "audit/key_missing",
    message: expect.stringContaining("lanyard audit key"),
  });
});

test("a file that is not a key, or whose id is another key's, is refused without a word of it", async () => {
  const path = join(directory, "made-too");
  await createLogKeyFile(path, "care.example/audit");
  const good = readFileSync(path, "utf8");
  const otherId = good.replace(/\+[0-9a-f]{8}\+/, "+00000000+");
  for (const text of ["", "secret words", good.slice(0, -5), otherId]) {
    const wrong = join(directory, "wrong");
    writeFileSync(wrong, text, { mode: 0o600 });
    await expect(openLogKeyFile(wrong)).rejects.toMatchObject({
      code: "audit/key_malformed",
      message: expect.not.stringContaining("secret"),
    });
  }
});
