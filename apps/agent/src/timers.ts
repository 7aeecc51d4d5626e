/** Time, as an argument: tests turn the clock by hand. */
export interface Timers {
  /** Milliseconds that only go forward. */
  now(): number;
  /** Calls `run` once after so many milliseconds; the function returned cancels that. */
  after(milliseconds: number, run: () => void): () => void;
}

/** The system's own. A waiting timer does not keep the process alive. */
export const systemTimers: Timers = {
  now: () => performance.now(),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Waits for `promise`, but not longer than that; `undefined` when time ran out first. */
export function within<Value>(
  timers: Timers,
  milliseconds: number,
  promise: Promise<Value>,
): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    const cancel = timers.after(milliseconds, () => resolve(undefined));
    promise.then(resolve, reject).finally(cancel);
  });
}
