import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { CardSession } from "@lanyard/piv";
import { establishContext, type PcscContext, type ReaderStatus } from "../pcsc/context.ts";
import { type NativePcsc, openNativePcsc } from "../pcsc/native.ts";
import { isServiceLost, PcscError, type PcscErrorCode } from "../pcsc/return-codes.ts";
import { Feed } from "./feed.ts";
import { PcscSession } from "./pcsc-session.ts";
import {
  type ReaderDriver,
  ReaderError,
  type ReaderErrorCode,
  type ReadersState,
} from "./readers.ts";
import { NOTHING_SEEN, type ReadersEvent, reduceReaders, slotOf } from "./readers-memory.ts";

/**
 * How often the service is asked. Asking takes well under a millisecond of one pool thread and never waits, where a
 * blocking SCardGetStatusChange would hold one of libuv's four threads all day, and a worker thread costs 10 MB.
 */
const POLL_MS = 200;
/** A service that takes longer over one question has stopped. */
const HANG_MS = 5_000;
const RETRY_MS_MIN = 250;
const RETRY_MS_MAX = 2_000;

// biome-ignore format: the columns are the documentation
const REFUSALS: Partial<Record<PcscErrorCode, ReaderErrorCode>> = {
  "pcsc/sharing_violation":  "reader/card_in_use",
  "pcsc/no_card":            "reader/insertion_over",
  "pcsc/removed_card":       "reader/insertion_over",
  "pcsc/unknown_reader":     "reader/insertion_over",
  "pcsc/reader_unavailable": "reader/insertion_over",
  "pcsc/no_readers":         "reader/insertion_over",
  "pcsc/unresponsive_card":  "reader/card_mute",
  "pcsc/unpowered_card":     "reader/card_mute",
  "pcsc/protocol_mismatch":  "reader/card_mute",
};

/**
 * The readers that this PC's smartcard service knows. Starts looking at once; where there is no service, or not even
 * a PC/SC library, the state is `down` until there is.
 *
 * `onFault` hears of what only a log can use: why the service was lost, once each time.
 */
export function pcscReaders(
  options: { readonly onFault?: (error: unknown) => void } = {},
): ReaderDriver {
  const readers = new PcscReaders(options.onFault ?? (() => undefined));
  readers.start();
  return readers;
}

class PcscReaders implements ReaderDriver {
  readonly #feed = new Feed<ReadersState>();
  readonly #ended = new AbortController();
  readonly #sessions = new Set<PcscSession>();
  readonly #onFault: (error: unknown) => void;
  #memory = NOTHING_SEEN;
  #hasLooked = false;
  #native: NativePcsc | undefined;
  #looking: Promise<void> = Promise.resolve();
  #retryMs = RETRY_MS_MIN;

  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  start(): void {
    this.#looking = this.#look();
  }

  watch(signal: AbortSignal): AsyncIterable<ReadersState> {
    return this.#feed.watch(signal);
  }

  async connect(readerName: string, insertion: string): Promise<CardSession> {
    await this.#firstLook();
    this.#checkPresent(readerName, insertion);
    // A session of ours whose card is out may still be letting go of the reader.
    await Promise.all(
      [...this.#sessions]
        .filter((session) => session.readerName === readerName && session.insertion !== insertion)
        .map((session) => session.close()),
    );
    const native = this.#checkPresent(readerName, insertion);
    try {
      return await this.#open(native, readerName, insertion);
    } catch (error) {
      throw refusal(error);
    }
  }

  async close(): Promise<void> {
    this.#ended.abort();
    await Promise.all([...this.#sessions].map((session) => session.close()));
    await Promise.race([this.#looking, pause(HANG_MS, undefined, { ref: false })]);
    this.#feed.end();
  }

  async #firstLook(): Promise<void> {
    if (this.#hasLooked) return;
    for await (const _state of this.#feed.watch(this.#ended.signal)) return;
  }

  #checkPresent(readerName: string, insertion: string): NativePcsc {
    if (this.#ended.signal.aborted)
      throw new ReaderError("reader/closed", "The readers were closed.");
    const { state } = this.#memory;
    if (state.service === "down" || this.#native === undefined)
      throw new ReaderError("reader/service_down", "The PC's smartcard service is not running.");
    const slot = slotOf(state, readerName, insertion);
    if (slot === undefined) throw insertionOver();
    if (slot.state === "mute")
      throw new ReaderError("reader/card_mute", "The card does not answer.");
    return this.#native;
  }

  async #open(native: NativePcsc, readerName: string, insertion: string): Promise<CardSession> {
    const eventCount = this.#memory.eventCounts.get(readerName) ?? -1;
    const context = await establishContext(native, "cards");
    try {
      const card = await context.connect(readerName);
      const session = new PcscSession({ card, context, readerName, insertion, eventCount });
      this.#keep(session);
      // The card may have been changed for another since the last look: the counter tells.
      const status = await context.reader(readerName).catch(() => undefined);
      if (status?.eventCount === eventCount && slotOf(this.#memory.state, readerName, insertion))
        return session;
      session.lose("removed", "seen");
      await session.close();
      throw insertionOver();
    } catch (error) {
      if (error instanceof PcscError) await context.release();
      throw error;
    }
  }

  #keep(session: PcscSession): void {
    this.#sessions.add(session);
    session.released.then(
      () => this.#sessions.delete(session),
      () => undefined,
    );
  }

  /** Looks until the end; after a lost service with another context, after longer and longer waits. */
  async #look(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      try {
        await this.#lookWithOneContext();
      } catch (error) {
        if (this.#memory.state.service === "up") this.#onFault(error);
        this.#accept({ kind: "service_lost" });
        await pauseUnless(signal, this.#retryMs);
        this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MS_MAX);
      }
    }
  }

  async #lookWithOneContext(): Promise<void> {
    const { signal } = this.#ended;
    this.#native ??= await openNativePcsc();
    const context = await establishContext(this.#native, "status");
    try {
      while (!signal.aborted) {
        const statuses = await this.#statuses(context);
        if (statuses !== undefined) this.#accept({ kind: "seen", slots: statuses.map(seen) });
        this.#retryMs = RETRY_MS_MIN;
        await pauseUnless(signal, POLL_MS);
      }
    } finally {
      await context.release();
    }
  }

  /** `undefined` when a reader went away in the middle of the question: ask again later. */
  async #statuses(context: PcscContext): Promise<readonly ReaderStatus[] | undefined> {
    const hang = setTimeout(() => this.#accept({ kind: "service_lost" }), HANG_MS);
    try {
      return await context.readers();
    } catch (error) {
      if (error instanceof PcscError && error.code === "pcsc/unknown_reader") return undefined;
      throw error;
    } finally {
      clearTimeout(hang);
    }
  }

  #accept(event: ReadersEvent): void {
    const before = this.#memory.state;
    this.#memory = reduceReaders(this.#memory, event);
    const { state } = this.#memory;
    for (const session of this.#sessions)
      if (slotOf(state, session.readerName, session.insertion) === undefined)
        session.lose("removed", event.kind === "seen" ? "seen" : "presumed");
    if (this.#hasLooked && state === before) return;
    this.#hasLooked = true;
    this.#feed.publish(state);
  }
}

function seen({ name, isPresent, isMute, eventCount }: ReaderStatus) {
  const state = !isPresent ? "empty" : isMute ? "mute" : "card";
  return { name, state, eventCount, freshInsertion: randomUUID() } as const;
}

function refusal(error: unknown): unknown {
  if (!(error instanceof PcscError)) return error;
  const code = isServiceLost(error) ? "reader/service_down" : REFUSALS[error.code];
  return new ReaderError(code ?? "reader/failed", "The card cannot be connected to.", {
    cause: error,
  });
}

function insertionOver(): ReaderError {
  return new ReaderError("reader/insertion_over", "That card is no longer in that reader.");
}

async function pauseUnless(signal: AbortSignal, durationMs: number): Promise<void> {
  await pause(durationMs, undefined, { signal }).catch(() => undefined);
}
