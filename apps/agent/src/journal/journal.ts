import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { decodeJournalLine, encodeJournalLine, type JournalEntry } from "@lanyard/wire";
import { openQueue } from "../desk/queue.ts";
import { AgentError } from "../errors.ts";
import type { Logger } from "../log.ts";

/**
 * What this agent has done to a card and the server has not answered for yet: on disk, so that not even `kill -9` makes
 * us forget what a card answered. No secrets; see `JournalEntry`.
 */
export interface Journal {
  /** What an earlier run left untold, in the order to tell it: a ceremony's will comes last. */
  readonly left: readonly JournalEntry[];
  /** On disk, flushed, when it resolves. Never rejects: a report is told even when it cannot be kept. */
  keep(entry: JournalEntry): Promise<void>;
  /** All of this ceremony has been told: nothing of it stays. Never rejects. */
  forget(ceremony: string): Promise<void>;
  close(): Promise<void>;
}

const FILE = "journal.jsonl";

/** A burst is six entries at most: this many are a desk that has not reached its server for very long. */
const ENTRIES_MAX = 300;

/**
 * Opens the journal in `directory`, or begins it. Torn and foreign lines are dropped.
 *
 * @throws {AgentError} `journal/unusable`
 */
export async function openJournal(directory: string, log: Logger): Promise<Journal> {
  const path = join(directory, FILE);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const entries = bounded(await readEntries(path));
    return new FileJournal({ directory, path, entries, log, file: await rewrite(path, entries) });
  } catch (cause) {
    throw new AgentError("journal/unusable", `${path} cannot be read and written.`, { cause });
  }
}

interface Opened {
  readonly directory: string;
  readonly path: string;
  readonly entries: readonly JournalEntry[];
  readonly file: FileHandle;
  readonly log: Logger;
}

class FileJournal implements Journal {
  readonly left: readonly JournalEntry[];
  readonly #queue = openQueue();
  readonly #path: string;
  readonly #log: Logger;
  #entries: readonly JournalEntry[];
  #file: FileHandle;

  constructor({ path, entries, file, log }: Opened) {
    this.left = [...entries.filter(isReport), ...entries.filter((entry) => !isReport(entry))];
    this.#path = path;
    this.#entries = entries;
    this.#file = file;
    this.#log = log;
  }

  keep(entry: JournalEntry): Promise<void> {
    return this.#safely(async () => {
      const entries = bounded([...this.#entries, entry]);
      const isFull = entries.length <= this.#entries.length;
      this.#entries = entries;
      if (isFull) return this.#rewrite();
      await this.#file.write(`${encodeJournalLine(entry)}\n`);
      await this.#file.datasync();
    });
  }

  forget(ceremony: string): Promise<void> {
    return this.#safely(async () => {
      const kept = this.#entries.filter((entry) => entry.ceremony !== ceremony);
      if (kept.length === this.#entries.length) return;
      this.#entries = kept;
      await this.#rewrite();
    });
  }

  close(): Promise<void> {
    return this.#safely(() => this.#file.close());
  }

  async #rewrite(): Promise<void> {
    const before = this.#file;
    this.#file = await rewrite(this.#path, this.#entries);
    await before.close();
  }

  #safely(work: () => Promise<void>): Promise<void> {
    return this.#queue.run(work).catch((error: unknown) => {
      const code = error instanceof Error && "code" in error ? String(error.code) : "failed";
      this.#log.error({ code }, "journal.failed");
    });
  }
}

function isReport(entry: JournalEntry): boolean {
  return entry.isWill !== true;
}

/** The newest, and of every ceremony all or nothing. */
function bounded(entries: readonly JournalEntry[]): readonly JournalEntry[] {
  if (entries.length <= ENTRIES_MAX) return entries;
  const oldest = entries[0]?.ceremony;
  return bounded(entries.filter((entry) => entry.ceremony !== oldest));
}

async function readEntries(path: string): Promise<readonly JournalEntry[]> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  });
  return text.split("\n").flatMap((line) => decodeJournalLine(line) ?? []);
}

/** A whole file in place of the old one, for its owner only; a crash half-way leaves the old one. */
async function rewrite(path: string, entries: readonly JournalEntry[]): Promise<FileHandle> {
  const draft = `${path}.${randomUUID()}`;
  const file = await open(draft, "ax", 0o600);
  try {
    await file.write(entries.map((entry) => `${encodeJournalLine(entry)}\n`).join(""));
    await file.datasync();
    await rename(draft, path);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}
