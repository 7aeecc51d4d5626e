import type { CardSession } from "@lanyard/piv";

/** `mute`: something is in the reader but does not answer, like a card put in upside down. */
export type SlotState = "empty" | "card" | "mute";

export interface ReaderSlot {
  /** The reader's name as the PC gives it; unique at one moment. */
  readonly name: string;
  readonly state: SlotState;
  /**
   * Random, and new each time a card is put in: a card that was taken out and put back has another one, also when
   * that was too quick for an "empty" to be seen. Undefined exactly when the slot is empty.
   */
  readonly insertion: string | undefined;
}

export interface ReadersState {
  /** `down`: the PC's smartcard service cannot be reached, so nobody knows what is in the readers. `slots` is empty then. */
  readonly service: "up" | "down";
  readonly slots: readonly ReaderSlot[];
}

/** The readers of this PC. One driver serves the whole process; who made it closes it. */
export interface ReaderDriver {
  /**
   * The state now, then every change, in order, until `signal` or `close` ends it. Never throws: a lost service is
   * reported as `down`, and as `up` once it is back. After a lost service every insertion is a new one. Changes that
   * follow each other within one look are told as one.
   */
  watch(signal: AbortSignal): AsyncIterable<ReadersState>;
  /**
   * Connects to the card of this insertion, exclusively: no other program can use it until the session is closed.
   *
   * @throws {ReaderError} `reader/insertion_over` | `reader/card_in_use` | `reader/card_mute` | `reader/service_down` |
   * `reader/failed` | `reader/closed`
   */
  connect(readerName: string, insertion: string): Promise<CardSession>;
  /** Ends every watch and every session that is still open. Idempotent. */
  close(): Promise<void>;
}

/** Why a card cannot be connected to, by stable code. */
export type ReaderErrorCode =
  /** That card is no longer in that reader: taken out, perhaps put back since, or the reader is gone. */
  | "reader/insertion_over"
  /** Another program, or another session of ours, holds the card. */
  | "reader/card_in_use"
  /** Something is in the reader, but it does not answer. */
  | "reader/card_mute"
  | "reader/service_down"
  /** The reader, or its driver, failed in another way. */
  | "reader/failed"
  /** The driver was closed. */
  | "reader/closed";

/** Thrown when a card cannot be connected to. Nothing was sent to the card. */
export class ReaderError extends Error {
  override readonly name = "ReaderError";
  readonly code: ReaderErrorCode;

  constructor(code: ReaderErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.code = code;
  }
}
