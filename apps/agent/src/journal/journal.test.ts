import {
  appendFile,
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeJournalLine, type JournalEntry } from "@lanyard/wire";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Journal, openJournal } from "./journal.ts";

const log = pino({ level: "silent" });
const id = (letter: string): string => letter.repeat(22);

function report(ceremony: string, step: "reset" | "rotate" = "reset"): JournalEntry {
  const body = { visit: ceremony, step, attempt: 1, status: 0x9000, lost: false } as const;
  return { ceremony, call: "unlock_report", body };
}

const will = (ceremony: string): JournalEntry => ({
  ceremony,
  isWill: true,
  call: "unlock_lost",
  body: { visit: ceremony, reason: "agent_gone" },
});

describe("the journal file", () => {
  let directory: string;
  let path: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "lanyard-journal-"));
    path = join(directory, "journal.jsonl");
  });
  afterEach(async () => {
    for (const journal of opened.splice(0)) await journal.close();
    await rm(directory, { recursive: true, force: true });
  });

  const opened: Journal[] = [];
  const open = async (): Promise<Journal> => {
    const journal = await openJournal(directory, log);
    opened.push(journal);
    return journal;
  };
  const kept = async (...entries: readonly JournalEntry[]) => {
    const journal = await open();
    for (const entry of entries) await journal.keep(entry);
    return journal;
  };
  const left = async () => (await open()).left;

  test("what was kept is left for the next run, reports in order and the will last", async () => {
    await kept(will(id("a")), report(id("a")), report(id("a"), "rotate"));
    expect(await left()).toEqual([report(id("a")), report(id("a"), "rotate"), will(id("a"))]);
  });

  test("what was told is forgotten, and only that ceremony", async () => {
    const journal = await kept(report(id("a")), report(id("b")), report(id("a"), "rotate"));
    await journal.forget(id("a"));
    await journal.keep(report(id("c")));
    expect(await left()).toEqual([report(id("b")), report(id("c"))]);
  });

  test("a line that was torn when power went is dropped, and the next one begins afresh", async () => {
    await kept(report(id("a")));
    await appendFile(path, encodeJournalLine(report(id("b"))).slice(0, -7));
    await kept(report(id("c")));
    expect(await left()).toEqual([report(id("a")), report(id("c"))]);
  });

  test("is for its owner only, also when it had been loose", async () => {
    await kept(report(id("a")));
    await chmod(path, 0o644);
    await kept();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test("stays small: the oldest ceremony goes first, as a whole", async () => {
    const journal = await kept(report(id("a")), report(id("a"), "rotate"));
    for (let count = 0; count < 299; count += 1) await journal.keep(report(id("b")));
    expect((await left()).filter(({ ceremony }) => ceremony === id("a"))).toEqual([]);
    expect((await readFile(path, "utf8")).split("\n")).toHaveLength(300);
    expect(await readdir(directory)).toEqual(["journal.jsonl"]);
  });

  test("a file that is not ours leaves nothing, and a directory in its place is an error", async () => {
    await writeFile(path, `\u0000\u0001{"format":1}\nnull\n${"x".repeat(100_000)}`);
    expect(await left()).toEqual([]);
    await rm(path);
    await mkdir(path);
    await expect(openJournal(directory, log)).rejects.toMatchObject({ code: "journal/unusable" });
  });
});
