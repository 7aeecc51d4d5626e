import { type JournalEntry, LeashLost, Refusal, type UnlockProgress } from "@lanyard/wire";
import type { Leash } from "../leash/leash.ts";
import type { Logger } from "../log.ts";
import type { Timers } from "../timers.ts";
import type { Journal } from "./journal.ts";

/**
 * Tells the server what cards answered: each report is in the journal before it leaves, and is told again until it is
 * answered, by this run of the agent or the next. One at a time, in order.
 */
export interface Outbox {
  /** What is told if this agent dies before {@link finish}. On disk when it resolves. */
  leaveWill(entry: JournalEntry): Promise<void>;
  /** The server's answer; `undefined` when it refused. `onBroken`: the leash is down, so that this may take long. */
  tell(entry: JournalEntry, onBroken: () => void): Promise<UnlockProgress | undefined>;
  /** Nothing more is to be told of it: once everything was answered, it is forgotten. */
  finish(ceremony: string): void;
}

export interface OutboxRooms {
  readonly journal: Journal;
  readonly leash: Pick<Leash, "call" | "state" | "whenUp">;
  readonly timers: Timers;
  readonly log: Logger;
}

/** How soon a report is told again that was not answered on a leash that stands, or met a server in trouble. */
const AGAIN = { unansweredMs: 1_000, troubledMs: 30_000, troubledTimes: 20 } as const;

interface Waiting {
  readonly entry: JournalEntry;
  readonly kept: Promise<void>;
  onBroken(): void;
  answer(progress: UnlockProgress | undefined): void;
  times: number;
}

/** Begins with what an earlier run left. */
export function openOutbox(rooms: OutboxRooms): Outbox {
  const outbox = new LeashOutbox(rooms);
  outbox.takeUp(rooms.journal.left);
  return outbox;
}

class LeashOutbox implements Outbox {
  readonly #rooms: OutboxRooms;
  readonly #queue: Waiting[] = [];
  /** How many entries of each ceremony have not been answered. */
  readonly #untold = new Map<string, number>();
  readonly #finished = new Set<string>();
  #isRunning = false;
  #isBroken = false;

  constructor(rooms: OutboxRooms) {
    this.#rooms = rooms;
  }

  /** From an agent that was started anew: the burst they were part of is over, for nobody is at the card any more. */
  takeUp(left: readonly JournalEntry[]): void {
    for (const entry of left) void this.#add({ entry, kept: Promise.resolve() });
    for (const { ceremony } of left) this.finish(ceremony);
    if (left.length > 0) this.#rooms.log.warn({ reports: left.length }, "journal.taken_up");
  }

  leaveWill(entry: JournalEntry): Promise<void> {
    return this.#rooms.journal.keep({ ...entry, isWill: true });
  }

  tell(entry: JournalEntry, onBroken: () => void): Promise<UnlockProgress | undefined> {
    const answer = this.#add({ entry, kept: this.#rooms.journal.keep(entry), onBroken });
    if (this.#isBroken) onBroken();
    return answer;
  }

  finish(ceremony: string): void {
    this.#finished.add(ceremony);
    this.#forgetIfTold(ceremony);
  }

  #add(
    order: Pick<Waiting, "entry" | "kept"> & Partial<Pick<Waiting, "onBroken">>,
  ): Promise<UnlockProgress | undefined> {
    const { ceremony } = order.entry;
    this.#untold.set(ceremony, (this.#untold.get(ceremony) ?? 0) + 1);
    return new Promise((answer) => {
      this.#queue.push({ onBroken: () => undefined, ...order, answer, times: 0 });
      void this.#run();
    });
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0])
      if (await this.#isDone(next)) this.#queue.shift();
    this.#isRunning = false;
  }

  /** One attempt at one report. False: it stays first, and is told again when the leash is back. */
  async #isDone(waiting: Waiting): Promise<boolean> {
    const { leash } = this.#rooms;
    await waiting.kept;
    if (leash.state.state !== "up") await this.#untilUp();
    try {
      const progress = await send(leash, waiting.entry);
      this.#isBroken = false;
      this.#settle(waiting, progress);
      return true;
    } catch (error) {
      if (error instanceof LeashLost) {
        this.#break();
        if (leash.state.state === "up") await this.#after(AGAIN.unansweredMs);
        return false;
      }
      this.#refused(waiting, error);
      return true;
    }
  }

  #untilUp(): Promise<void> {
    this.#break();
    return this.#rooms.leash.whenUp();
  }

  #break(): void {
    this.#isBroken = true;
    for (const { onBroken } of this.#queue) onBroken();
  }

  /** A server in trouble may be asked again later; any other no is final. */
  #refused(waiting: Waiting, error: unknown): void {
    const { log, timers } = this.#rooms;
    const code = error instanceof Refusal ? error.code : "failed";
    log.warn({ code, call: waiting.entry.call, times: waiting.times }, "report.refused");
    if (code !== "internal") {
      this.#settle(waiting, undefined);
      return;
    }
    waiting.answer(undefined);
    waiting.times += 1;
    if (waiting.times > AGAIN.troubledTimes) return;
    timers.after(AGAIN.troubledMs, () => {
      this.#queue.push(waiting);
      void this.#run();
    });
  }

  #settle({ entry, answer }: Waiting, progress: UnlockProgress | undefined): void {
    answer(progress);
    const { ceremony } = entry;
    this.#untold.set(ceremony, (this.#untold.get(ceremony) ?? 1) - 1);
    this.#forgetIfTold(ceremony);
  }

  #forgetIfTold(ceremony: string): void {
    if (!this.#finished.has(ceremony) || (this.#untold.get(ceremony) ?? 0) > 0) return;
    this.#finished.delete(ceremony);
    this.#untold.delete(ceremony);
    void this.#rooms.journal.forget(ceremony);
  }

  #after(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.#rooms.timers.after(milliseconds, resolve));
  }
}

function send(leash: Pick<Leash, "call">, { call, body }: JournalEntry): Promise<UnlockProgress> {
  // Rows of one table; TypeScript cannot see that each body goes with its own call.
  switch (call) {
    case "unlock_report":
      return leash.call(call, body);
    case "unlock_prove":
      return leash.call(call, body);
    case "unlock_lost":
      return leash.call(call, body);
    case "change_report":
      return leash.call(call, body);
    case "change_prove":
      return leash.call(call, body);
    case "change_lost":
      return leash.call(call, body);
  }
}
