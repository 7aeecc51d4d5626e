import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fuzzTargets } from "./fuzz-targets.ts";

const RUNS = 1000;

/** Samples with a few bytes changed, cut off or put in, or bytes of no kind at all. */
function hostileBytes(samples: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const edits = fc.array(fc.record({ at: fc.nat(), byte: fc.nat(255), cut: fc.nat(3) }), {
    maxLength: 6,
  });
  const mutated = fc.tuple(fc.constantFrom(...samples), edits).map(([sample, changes]) => {
    const bytes = [...sample];
    for (const { at, byte, cut } of changes) bytes.splice(at % (bytes.length + 1), cut, byte);
    return Uint8Array.from(bytes);
  });
  return fc.oneof(mutated, mutated, fc.uint8Array({ maxLength: 600 }));
}

describe("[7816-4 §5.1] hostile bytes are answered, soon, and leave the card a card", () => {
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
