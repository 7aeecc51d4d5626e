/** What a client of the PostgreSQL protocol wants next: bytes to run as one piece, or to leave. */
export type FrontendBatch =
  | { readonly kind: "run"; readonly bytes: Uint8Array }
  | { readonly kind: "leave" };

const LENGTH_BYTES = 4;
const TYPE_BYTES = 1;
const TERMINATE = ascii("X");
/** Query, Sync and Flush: after each of these, and only then, the client waits for an answer. */
const ANSWERED = new Set([ascii("Q"), ascii("S"), ascii("H")]);

/**
 * Cuts a client's byte stream into the pieces PostgreSQL can run without another client between.
 *
 * The first message has no type byte (start-up); after it each is type, length, body. Parse, Bind,
 * Describe and Execute are kept back until the Sync, Flush or Query that asks for the answer.
 */
export class FrontendMessages {
  #unread: Buffer = Buffer.alloc(0);
  #batch: Buffer[] = [];
  #started = false;

  /** Takes what arrived and returns what is complete by now, in order. */
  push(chunk: Uint8Array): readonly FrontendBatch[] {
    this.#unread = Buffer.concat([this.#unread, chunk]);
    const complete: FrontendBatch[] = [];
    for (let message = this.#next(); message !== undefined; message = this.#next()) {
      const batch = this.#accept(message);
      if (batch !== undefined) complete.push(batch);
    }
    return complete;
  }

  #next(): Buffer | undefined {
    const head = this.#started ? TYPE_BYTES : 0;
    if (this.#unread.length < head + LENGTH_BYTES) return undefined;
    const end = head + this.#unread.readUInt32BE(head);
    if (this.#unread.length < end) return undefined;
    const message = this.#unread.subarray(0, end);
    this.#unread = this.#unread.subarray(end);
    return message;
  }

  #accept(message: Buffer): FrontendBatch | undefined {
    const type = message[0];
    if (this.#started && type === TERMINATE) return { kind: "leave" };
    this.#batch.push(message);
    if (this.#started && (type === undefined || !ANSWERED.has(type))) return undefined;
    this.#started = true;
    const bytes = new Uint8Array(Buffer.concat(this.#batch));
    this.#batch = [];
    return { kind: "run", bytes };
  }
}

/** A Query message: one statement as text. */
export function queryMessage(statement: string): Uint8Array {
  const text = Buffer.from(`${statement}\0`, "utf8");
  const head = Buffer.alloc(TYPE_BYTES + LENGTH_BYTES);
  head.write("Q", "ascii");
  head.writeUInt32BE(LENGTH_BYTES + text.length, TYPE_BYTES);
  return new Uint8Array(Buffer.concat([head, text]));
}

/** A Sync message: ends an extended query, also one that failed half-way. */
export function syncMessage(): Uint8Array {
  return Uint8Array.of(ascii("S"), 0, 0, 0, LENGTH_BYTES);
}

/** True when an answer ends in ReadyForQuery with no transaction open: others may have their turn. */
export function endsIdle(answer: Uint8Array): boolean {
  const idle = [ascii("Z"), 0, 0, 0, LENGTH_BYTES + 1, ascii("I")];
  const end = answer.subarray(-idle.length);
  return end.length === idle.length && idle.every((byte, index) => end[index] === byte);
}

function ascii(letter: string): number {
  return letter.charCodeAt(0);
}
