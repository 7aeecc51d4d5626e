import { expect, test } from "vitest";
import { turns } from "./pool-turns.ts";

test("no more than the given number work at once, in the order they came; a failure frees its turn", async () => {
  const lane = turns(2);
  const started: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const work = (name: string) =>
    lane.take(() => {
      started.push(name);
      return new Promise<string>((resolve, reject) =>
        ends.set(name, (error) => (error ? reject(error) : resolve(name))),
      );
    });
  const all = ["a", "b", "c", "d"].map(work);
  expect(started).toEqual(["a", "b"]);
  ends.get("b")?.(new Error("b failed"));
  await expect(all[1]).rejects.toThrow("b failed");
  await settled();
  expect(started).toEqual(["a", "b", "c"]);
  ends.get("a")?.();
  ends.get("c")?.();
  await settled();
  expect(started).toEqual(["a", "b", "c", "d"]);
  ends.get("d")?.();
  expect(await Promise.all([all[0], all[2], all[3]])).toEqual(["a", "c", "d"]);
});

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
