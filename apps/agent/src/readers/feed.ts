interface Link<Value> {
  readonly value: Value;
  /** What follows; `undefined` once the feed has ended. */
  readonly next: Promise<Link<Value> | undefined>;
}

interface Pending<Value> {
  readonly promise: Promise<Link<Value> | undefined>;
  readonly resolve: (link: Link<Value> | undefined) => void;
}

/**
 * One value that changes, for any number of watchers. Values form a chain that each watcher walks at its own pace, so
 * a slow one misses nothing, and what all have passed is garbage.
 */
export class Feed<Value> {
  #latest: Link<Value> | undefined;
  #pending: Pending<Value> = pending();

  publish(value: Value): void {
    const before = this.#pending;
    const after = pending<Value>();
    const link = { value, next: after.promise };
    this.#latest = link;
    this.#pending = after;
    before.resolve(link);
  }

  /** Ends every watch, after what was published. */
  end(): void {
    this.#pending.resolve(undefined);
  }

  /** The latest value, or the first one once there is one, then each that follows. */
  async *watch(signal: AbortSignal): AsyncIterableIterator<Value> {
    let link = this.#latest ?? (await unlessAborted(this.#pending.promise, signal));
    while (link !== undefined && !signal.aborted) {
      yield link.value;
      link = await unlessAborted(link.next, signal);
    }
  }
}

function pending<Value>(): Pending<Value> {
  let resolve: Pending<Value>["resolve"] = () => undefined;
  const promise = new Promise<Link<Value> | undefined>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** `undefined` as soon as `signal` is aborted. Leaves nothing on the signal, which may live for long. */
function unlessAborted<Value>(
  promise: Promise<Value | undefined>,
  signal: AbortSignal,
): Promise<Value | undefined> {
  return new Promise((resolve) => {
    const stop = () => resolve(undefined);
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, { once: true });
    promise.then((value) => {
      signal.removeEventListener("abort", stop);
      resolve(value);
    }, stop);
  });
}
