import { BytesError } from "./errors.ts";

const HIDDEN = "[secret]";

/**
 * Bytes that cannot be printed by accident: text, JSON and inspection all show `[secret]`.
 * `reveal()` is the one way in, so one search finds every use. Call `wipe()` when done: it zeroes our
 * copy; what a runtime or a driver copied is not promised.
 */
export class Secret {
  readonly #bytes: Uint8Array;
  #wiped = false;

  /** Takes `bytes` over, does not copy: the caller's array is the one that is wiped. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get length(): number {
    return this.#bytes.length;
  }

  /** @throws {BytesError} `bytes/secret_wiped` after `wipe()` */
  reveal(): Uint8Array {
    if (this.#wiped) throw new BytesError("bytes/secret_wiped", "This secret was wiped.");
    return this.#bytes;
  }

  wipe(): void {
    this.#bytes.fill(0);
    this.#wiped = true;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  /** What Node's `util.inspect` and `console.log` call. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return HIDDEN;
  }
}
