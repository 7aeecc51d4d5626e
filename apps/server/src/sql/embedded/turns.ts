/** First come, first served, one at a time: PGlite is a single session that many must share. */
export class Turns {
  #last: Promise<void> = Promise.resolve();

  /** Waits for the turn and returns how to give it up. */
  async take(): Promise<() => void> {
    const before = this.#last;
    let giveUp = () => {};
    this.#last = new Promise((resolve) => {
      giveUp = resolve;
    });
    await before;
    return giveUp;
  }

  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    const giveUp = await this.take();
    try {
      return await work();
    } finally {
      giveUp();
    }
  }
}
