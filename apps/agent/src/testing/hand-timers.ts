import type { Timers } from "../timers.ts";

/** A clock that a test turns by hand. */
export interface HandTimers extends Timers {
  advance(milliseconds: number): void;
}

export function openHandTimers(): HandTimers {
  const waiting = new Set<{ readonly at: number; run(): void }>();
  let now = 0;
  return {
    now: () => now,
    after: (milliseconds, run) => {
      const timer = { at: now + milliseconds, run };
      waiting.add(timer);
      return () => {
        waiting.delete(timer);
      };
    },
    advance: (milliseconds) => {
      now += milliseconds;
      for (const timer of [...waiting].sort((left, right) => left.at - right.at)) {
        if (timer.at > now || !waiting.delete(timer)) continue;
        timer.run();
      }
    },
  };
}
