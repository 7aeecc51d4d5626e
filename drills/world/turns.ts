/** Lets one of those who want to go on do so, by chance, and then whoever wants to by then: every order can happen. */
export interface Turns {
  /** Resolves when it is the caller's turn. */
  turn(): Promise<void>;
  /**
   * Runs all of them to their ends.
   *
   * @throws {Error} when nobody can go on and somebody has not ended: they wait for each other
   */
  run(actors: readonly Promise<unknown>[]): Promise<void>;
}

export function openTurns(random: () => number): Turns {
  const waiting: (() => void)[] = [];
  return {
    turn: () => new Promise((go) => waiting.push(go)),
    run: async (actors) => {
      let isOver = false;
      const over = Promise.all(actors).finally(() => {
        isOver = true;
      });
      // What goes wrong is told by the last line; until then it must not count as unheard.
      over.catch(() => undefined);
      for (;;) {
        await everythingSettled();
        if (isOver) break;
        const [go] = waiting.splice(Math.floor(random() * waiting.length), 1);
        if (go === undefined) throw new Error("Nobody can go on: they wait for each other.");
        go();
      }
      await over;
    },
  };
}

function everythingSettled(): Promise<void> {
  return new Promise((settled) => setImmediate(settled));
}
