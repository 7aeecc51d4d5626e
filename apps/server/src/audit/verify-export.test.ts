import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTrust } from "../certificates/trust.ts";
import { siteForTests } from "../testing/test-world.ts";
import { atAgent, authorise, holderDesk, prove, report } from "../testing/unlock-desk.ts";
import { type ExportOptions, exportLog } from "./export.ts";
import { type Line, splitLines } from "./lines.ts";
import { createLogKeyFile, type LogKey, openLogKeyFile } from "./log-key.ts";
import { proveConsistency, proveInclusion, verifyProof } from "./proof-files.ts";
import { sealWaiting } from "./seal.ts";
import { type Checker, type Verdict, verifyExport } from "./verify-export.ts";

const place = siteForTests();
let directory = "";
let key: LogKey;

async function unlockOnce(): Promise<void> {
  const unlocking = await atAgent(await holderDesk(place()));
  await authorise(unlocking);
  await report(unlocking, "reset", 0x9000);
  await report(unlocking, "rotate", 0x9000);
  await prove(unlocking);
  await sealWaiting({ store: place().world.store, key, now: () => place().world.clock.now() });
}

async function exported(options: ExportOptions = {}): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of exportLog(place().world.store, options)) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
}

function verify(text: string, change: Partial<Checker> = {}): Promise<Verdict> {
  const trust = openTrust(place().world.authority.trustPem);
  return verifyExport(bytesOf(text), { key: key.verifier, trust, ...change });
}

async function why(text: string, change: Partial<Checker> = {}): Promise<string> {
  const verdict = await verify(text, change);
  return verdict.ok ? "verified" : verdict.why;
}

function seen(verdict: Verdict) {
  if (!verdict.ok) throw new Error(verdict.why);
  return verdict.last.checkpoint;
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "lanyard-verify-"));
  await createLogKeyFile(join(directory, "key"), "tests.example/audit");
  key = await openLogKeyFile(join(directory, "key"));
  await unlockOnce();
  await unlockOnce();
}, 60_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("[DESIGN 9] an export of real unlocks, checked with nothing but the log's key and the authorities", () => {
  test("stands: every leaf, every checkpoint, three signatures of cards an unlock", async () => {
    const verdict = await verify(await exported());
    expect(verdict).toMatchObject({
      ok: true,
      from: 0,
      checkpoints: 2,
      signatures: 6,
      unchecked: 0,
    });
  });

  test("without authorities it says how many signatures it could not check", async () => {
    const verdict = await verifyExport(bytesOf(await exported()), { key: key.verifier });
    expect(verdict).toMatchObject({ ok: true, signatures: 0, unchecked: 6 });
  });

  test("a part of it stands too, from wherever it begins", async () => {
    const whole = seen(await verify(await exported()));
    for (let from = 1; from < whole.size; from += 1)
      expect(await verify(await exported({ from }))).toMatchObject({
        ...{ ok: true, from, leaves: whole.size - from },
        last: { checkpoint: whole },
      });
  });

  test("cards of authorities that the checker does not trust prove nothing", async () => {
    expect(await why(await exported(), { trust: openTrust("") })).toContain("not issued by");
  });

  test("another log's key opens nothing", async () => {
    const path = join(directory, "other");
    await createLogKeyFile(path, "tests.example/audit");
    const other = await openLogKeyFile(path);
    expect(await why(await exported(), { key: other.verifier })).toContain("does not stand");
  });
});

describe("whoever holds the log's key, and with it the server, still cannot forge a card", () => {
  test.each([
    [
      "evidence",
      (text: string) => text.replace(/(unlock.released.*?"evidence":")photo/, "$1known"),
    ],
    ["operator", (text: string) => text.replace(/("action":"unlock.released","actor":")\d/, "$19")],
    [
      "holder",
      (text: string) => text.replace(/("action":"unlock.verified".*?"holder":")\d/, "$19"),
    ],
    [
      "ceremony",
      (text: string) => text.replace(/(unlock.released.*?"ceremonyId":").{4}/, "$1AAAA"),
    ],
  ])("an entry re-signed with another %s", async (_, change) => {
    const changed = change(await exported());
    expect(changed).not.toBe(await exported());
    expect(await why(changed)).toMatch(/signature of the .* card in unlock|certificate/);
  });

  test("an entry without the signature that its kind has", async () => {
    const changed = (await exported()).replace(
      /("action":"unlock.released".*?)"signature":"[^"]*"/,
      '$1"sign":""',
    );
    expect(await why(changed)).toMatch(/lacks what a card signed|one form/);
  });
});

describe("the witness", () => {
  test("goes on from what it has seen", async () => {
    const before = seen(await verify(await exported()));
    await unlockOnce();
    const after = await verify(await exported(), { witness: before });
    expect(after).toMatchObject({ ok: true });
    expect(seen(after).size).toBeGreaterThan(before.size);
  });

  test("finds a log that was rolled back whole, with every signature in it good", async () => {
    const witness = seen(await verify(await exported()));
    const lines = (await exported()).split("\n");
    const first = lines.findIndex((line) => line.startsWith("checkpoint"));
    const back = `${lines.slice(0, first + 1).join("\n")}\n`;
    expect(await verify(back)).toMatchObject({ ok: true });
    expect(await why(back, { witness })).toContain("rolled back");
  });

  test("finds a second history, signed with the log's own key", async () => {
    const witness = { ...seen(await verify(await exported())), root: new Uint8Array(32) };
    expect(await why(await exported(), { witness })).toContain("Two histories");
  });

  test("refuses a part that begins after what it has seen", async () => {
    const whole = seen(await verify(await exported()));
    const witness = { ...whole, size: 1 };
    expect(await why(await exported({ from: 2 }), { witness })).toContain("begins after");
  });
});

describe("proofs by themselves", () => {
  const linesOf = async (bytes: Uint8Array): Promise<readonly Line[]> => {
    const lines: Line[] = [];
    for await (const line of splitLines(bytesOf(Buffer.from(bytes).toString("utf8"))))
      lines.push(line);
    return lines;
  };

  test("[RFC6962 §2.1.1] every entry; and no entry in another's place", async () => {
    const { store } = place().world;
    const { size } = seen(await verify(await exported()));
    for (let index = 0; index < size; index += 1) {
      const file = await proveInclusion(store, index);
      expect(verifyProof(await linesOf(file), key.verifier)).toMatchObject({ ok: true });
      const moved = Buffer.from(file)
        .toString("utf8")
        .replace(`index ${index}`, `index ${index ^ 1}`);
      expect(verifyProof(await linesOf(Buffer.from(moved)), key.verifier).ok).toBe(false);
    }
    await expect(proveInclusion(store, size)).rejects.toMatchObject({ code: "audit/not_sealed" });
  });

  test("[RFC6962 §2.1.2] from a checkpoint to the latest; and not with a hash changed", async () => {
    const { store } = place().world;
    const file = Buffer.from(await proveConsistency(store, 1)).toString("utf8");
    const verdict = verifyProof(await linesOf(Buffer.from(file)), key.verifier);
    expect(verdict).toMatchObject({ ok: true, says: expect.stringContaining("begins with") });
    const changed = file.replace(/hash ./, (hash) => (hash === "hash 0" ? "hash 1" : "hash 0"));
    expect(verifyProof(await linesOf(Buffer.from(changed)), key.verifier).ok).toBe(false);
  });
});
