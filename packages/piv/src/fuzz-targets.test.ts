import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fuzzTargets } from "./fuzz-targets.ts";

const RUNS = 2000;

/** A valid sample with a few bytes changed, cut off or put in, or bytes of no kind at all. */
function hostileBytes(samples: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const edits = fc.array(fc.record({ at: fc.nat(), byte: fc.nat(255), cut: fc.nat(3) }), {
    maxLength: 6,
  });
  const mutated = fc.tuple(fc.constantFrom(...samples), edits).map(([sample, changes]) => {
    const bytes = [...sample];
    for (const { at, byte, cut } of changes) bytes.splice(at % (bytes.length + 1), cut, byte);
    return Uint8Array.from(bytes);
  });
  return fc.oneof(mutated, mutated, fc.uint8Array({ maxLength: 400 }));
}

describe("hostile bytes end in a value or a typed error, soon", () => {
  test.each(Object.entries(fuzzTargets))("%s", async (_, { samples, run }) => {
    for (const sample of samples) await run(sample);
    await fc.assert(
      fc.asyncProperty(hostileBytes(samples), async (bytes) => {
        const start = performance.now();
        await run(bytes);
        expect(performance.now() - start).toBeLessThan(1000);
      }),
      { numRuns: RUNS },
    );
  });
});
