/** Does `work` so many times, `width` at once, and gives what came of it. */
export async function inLanes<Result>(
  { times, width }: { readonly times: number; readonly width: number },
  work: () => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  let left = times;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      results.push(await work());
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return results;
}
