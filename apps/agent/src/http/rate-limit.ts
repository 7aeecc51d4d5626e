import type { Timers } from "../timers.ts";

/** A bucket that fills by itself: `take()` is false when it is empty. */
export interface RateLimit {
  /** True while something is left. Takes nothing. */
  hasRoom(): boolean;
  take(): void;
}

/** Guesses at visits: ten at once, then one every three seconds. A person starting again never meets it. */
export const UNKNOWN_VISITS = { burst: 10, refillMs: 3000 } as const;

export function openRateLimit(
  timers: Timers,
  limit: { readonly burst: number; readonly refillMs: number },
): RateLimit {
  let left: number = limit.burst;
  let countedAt = timers.now();
  const refill = (): void => {
    const now = timers.now();
    left = Math.min(limit.burst, left + (now - countedAt) / limit.refillMs);
    countedAt = now;
  };
  return {
    hasRoom: () => {
      refill();
      return left >= 1;
    },
    take: () => {
      refill();
      left = Math.max(0, left - 1);
    },
  };
}
