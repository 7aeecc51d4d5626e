import fc from "fast-check";
import { describe, test } from "vitest";
import { fuzzTargets } from "./fuzz-targets.ts";

describe("hostile bytes end in a value or a typed error", () => {
  test.each(Object.entries(fuzzTargets))("%s", async (_, { samples, run }) => {
    const changed = fc
      .tuple(fc.constantFrom(...samples), fc.nat(), fc.nat(255))
      .map(([sample, at, byte]) => sample.with(at % sample.length, byte));
    await fc.assert(
      fc.asyncProperty(fc.oneof(changed, fc.uint8Array({ maxLength: 64 })), async (bytes) => {
        await run(bytes);
      }),
      { numRuns: 2000 },
    );
  });
});
