/** One line for the person who runs the benchmarks. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** The value below which this share of all values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** How often `reference` goes into `subject`, at the median and at the 95th percentile. */
export function ratio(subject: readonly number[], reference: readonly number[]): string {
  const at = (share: number) => (quantile(subject, share) / quantile(reference, share)).toFixed(2);
  return `median ${at(0.5)}  p95 ${at(0.95)}`;
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
