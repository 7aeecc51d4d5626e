import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { type AuditFact, encodeAuditEntry } from "@lanyard/identity";
import { appendLeaf, EMPTY, type Frontier, formatCheckpoint, leafHash, rootOf } from "@lanyard/log";
import { openLogKeyFile, sha256 } from "@lanyard/server/audit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { main } from "../main.ts";

let directory = "";
let key = "";
const inside = (name: string) => join(directory, name);

async function lanyard(...words: string[]) {
  const [output, errors] = [new PassThrough(), new PassThrough()];
  const terminal = { input: new PassThrough().end(), output, errors };
  const exitCode = await main(words, { terminal, env: { LANYARD_DATA: directory } });
  return { exitCode, said: `${output.read() ?? ""}`, complained: `${errors.read() ?? ""}` };
}

/** An export as docs/audit.md has it, written by hand: entries, and a checkpoint after each of these sizes. */
async function writeExport(name: string, sizes: readonly number[]): Promise<void> {
  const { verifier, sign } = await openLogKeyFile(inside("key"));
  let text = "lanyard-audit-export/1\nfrom 0\n";
  let frontier: Frontier = EMPTY;
  for (let entry = 0; entry < Math.max(...sizes); entry += 1) {
    const { leaf } = encodeAuditEntry(factOf(entry), ports);
    ({ frontier } = appendLeaf(sha256, frontier, leafHash(sha256, leaf)));
    text += `leaf ${Buffer.from(leaf).toString("utf8")}\n`;
    const { size } = frontier;
    const head = { origin: verifier.name, size, root: rootOf(sha256, frontier) };
    if (sizes.includes(size))
      text += `checkpoint ${JSON.stringify(sign(formatCheckpoint(head)))}\n`;
  }
  writeFileSync(inside(name), text);
}

const ports = { salt: () => new Uint8Array(32), hmacSha256: () => new Uint8Array(32) };

function factOf(entry: number): AuditFact {
  return {
    ...{ action: "session.ended", at: new Date("2026-11-24T09:00:00Z"), deskId: "desk" },
    ...{ actor: undefined, holder: undefined, cardSerial: undefined, ceremonyId: undefined },
    ...{ details: { entry }, personal: {} },
  };
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "lanyard-cli-audit-"));
  const made = await lanyard("audit", "key", "--out", inside("key"), "--name", "cli.example/audit");
  expect(made.exitCode).toBe(0);
  key = made.said.trim();
  await writeExport("first", [5]);
  await writeExport("second", [5, 9]);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("audit key", () => {
  test("makes a file for its owner only, and never a second one over it", async () => {
    expect(statSync(inside("key")).mode & 0o777).toBe(0o600);
    const again = await lanyard("audit", "key", "--out", inside("key"), "--name", "cli.example");
    expect(again).toMatchObject({ exitCode: 3, said: "" });
    expect(await lanyard("audit", "key", "--out", inside("k2"), "--name", "a b")).toMatchObject({
      exitCode: 2,
    });
  });
});

describe("audit verify", () => {
  const verify = (file: string, ...more: string[]) =>
    lanyard("audit", "verify", inside(file), "--key", key, ...more);

  test("says in words that it holds, and that no witness was asked", async () => {
    const { exitCode, said } = await verify("second");
    expect(exitCode).toBe(0);
    expect(said).toContain("VERIFIED: 9 entries of cli.example/audit");
    expect(said).toContain("Not checked against a witness");
  });

  test("begins a witness, goes on from it, and refuses a log that went back", async () => {
    const witness = inside("witness");
    expect((await verify("first", "--witness", witness)).said).toContain("A witness is begun");
    expect((await verify("second", "--witness", witness)).said).toContain("Goes on from the 5");
    const kept = readFileSync(witness, "utf8");
    const back = await verify("first", "--witness", witness);
    expect(back).toMatchObject({ exitCode: 1 });
    expect(back.said).toContain("rolled back");
    expect(readFileSync(witness, "utf8")).toBe(kept);
  });

  test("finds what was changed, and by which line", async () => {
    const text = readFileSync(inside("second"), "utf8");
    writeFileSync(inside("changed"), text.replace('"entry":3', '"entry":8'));
    const { exitCode, said } = await verify("changed");
    expect(exitCode).toBe(1);
    expect(said).toMatch(/^NOT VERIFIED, line \d+: An entry up to number 4/);
  });

  test.each([
    ["no file", ["audit", "verify", "--key", "k"], 2],
    ["two files", ["audit", "verify", "a", "b", "--key", "k"], 2],
    ["no key", ["audit", "verify", "a"], 2],
    ["a file that is not there", ["audit", "verify", "/nowhere/at/all", "--key", "KEY"], 3],
    ["nowhere to write", ["audit", "export"], 2],
  ])("%s is told", async (_, words, exitCode) => {
    const given = words.map((word) => (word === "KEY" ? key : word));
    const answer = await lanyard(...given);
    expect(answer).toMatchObject({ exitCode, said: "" });
    expect(answer.complained).not.toBe("");
  });
});
