import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fuzzTargets } from "./fuzz-targets.ts";

describe("hostile bytes end in a value or a typed error", () => {
  test.each(Object.entries(fuzzTargets))("%s", async (_, { samples, run }) => {
    for (const sample of samples) await run(sample);
    const changed = fc
      .tuple(fc.constantFrom(...samples), fc.nat(), fc.nat(255))
      .map(([sample, at, byte]) => sample.with(at % sample.length, byte));
    await fc.assert(
      fc.asyncProperty(fc.oneof(changed, fc.uint8Array({ maxLength: 200 })), async (bytes) => {
        await run(bytes);
      }),
      { numRuns: 2000 },
    );
  });

  test("an error of another kind is not swallowed", () => {
    const notBytes: Uint8Array = Object.create(null);
    expect(() => fuzzTargets["leash"]?.run(notBytes)).toThrow(TypeError);
  });
});
