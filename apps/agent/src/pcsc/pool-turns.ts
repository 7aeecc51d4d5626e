/** Hands out a fixed number of turns, first come first served. */
export interface Turns {
  /** Runs `work` when a turn is free; the turn is free again when `work` is done, however it ends. */
  take<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** At most `count` pieces of work at a time. */
export function turns(count: number): Turns {
  let free = count;
  const waiting: (() => void)[] = [];
  return {
    async take(work) {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next === undefined) free += 1;
        else next();
      }
    },
  };
}
