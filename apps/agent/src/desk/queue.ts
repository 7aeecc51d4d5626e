/** One caller at a time, in order. One failure stops nobody else. */
export interface Queue {
  run<Result>(work: () => Promise<Result>): Promise<Result>;
}

export function openQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run: (work) => {
      const result = last.then(work);
      last = result.catch(() => undefined);
      return result;
    },
  };
}
