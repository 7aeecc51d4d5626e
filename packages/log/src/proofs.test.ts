import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { consistencyRanges, inclusionRanges, isConsistent, isIncluded } from "./proofs.ts";
import { grow, hash, hashesOf, leavesOf } from "./testing/grow.ts";
import { naiveConsistency, naiveInclusion, naiveRoot } from "./testing/naive.ts";
import { leafHash } from "./tree.ts";

const LEAVES = leavesOf(80);
const ROOTS = Array.from({ length: 81 }, (_, size) => naiveRoot(hash, LEAVES.slice(0, size)));
const GROWN = grow(LEAVES);

function head(size: number) {
  return { size, root: ROOTS[size] ?? new Uint8Array() };
}

function inclusion(index: number, size: number) {
  const leaf = leafHash(hash, LEAVES[index] ?? new Uint8Array());
  return { index, ...head(size), leaf, proof: hashesOf(GROWN, inclusionRanges(index, size)) };
}

function consistency(first: number, second: number) {
  const proof = hashesOf(GROWN, consistencyRanges(first, second));
  return { first: head(first), second: head(second), proof };
}

/** One byte of one hash is another. */
function damaged(proof: readonly Uint8Array[], at: number): readonly Uint8Array[] {
  return proof.map((part, index) =>
    index === at ? part.with(at % 32, (part[at % 32] ?? 0) ^ 1) : part,
  );
}

const twoSizes = fc
  .tuple(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 1, max: 80 }))
  .map(([one, two]) => [Math.min(one, two), Math.max(one, two)] as const);

describe("[RFC6962 §2.1.1] inclusion", () => {
  test("every leaf of every size: the proof is the definition's, and it holds", () => {
    for (let size = 1; size <= 40; size += 1)
      for (let index = 0; index < size; index += 1) {
        const claim = inclusion(index, size);
        expect(claim.proof).toEqual(naiveInclusion(hash, index, LEAVES.slice(0, size)));
        expect(isIncluded(hash, claim)).toBe(true);
      }
  });

  test("no other leaf, index, root or proof passes", () => {
    fc.assert(
      fc.property(twoSizes, fc.nat(79), fc.nat(6), ([one, size], other, at) => {
        const index = one - 1;
        const claim = inclusion(index, size);
        const leaf = leafHash(hash, Buffer.from("another"));
        expect(isIncluded(hash, { ...claim, leaf })).toBe(false);
        expect(isIncluded(hash, { ...claim, root: leaf })).toBe(false);
        if (other !== index) expect(isIncluded(hash, { ...claim, index: other })).toBe(false);
        if (at < claim.proof.length)
          expect(isIncluded(hash, { ...claim, proof: damaged(claim.proof, at) })).toBe(false);
        expect(isIncluded(hash, { ...claim, proof: [...claim.proof, leaf] })).toBe(false);
        if (size > 1)
          expect(isIncluded(hash, { ...claim, proof: claim.proof.slice(0, -1) })).toBe(false);
      }),
    );
  });

  test.each([
    [-1, 3],
    [3, 3],
    [0, 0],
    [0.5, 3],
    [0, Number.NaN],
    [0, 2 ** 53],
  ])("leaf %d of %d is none: refused, not proven", (index, size) => {
    expect(() => inclusionRanges(index, size)).toThrowError(
      expect.objectContaining({ code: "log/size_invalid" }),
    );
    const claim = { ...inclusion(0, 1), index, size };
    expect(isIncluded(hash, claim)).toBe(false);
  });

  test("of a log as large as numbers go, a proof is 53 hashes at most", () => {
    const size = Number.MAX_SAFE_INTEGER;
    expect(inclusionRanges(0, size)).toHaveLength(53);
    expect(inclusionRanges(size - 1, size).length).toBeLessThanOrEqual(53);
  });
});

describe("[RFC6962 §2.1.2] consistency", () => {
  test("every pair of sizes: the proof is the definition's, and it holds", () => {
    for (let second = 1; second <= 40; second += 1)
      for (let first = 1; first <= second; first += 1) {
        const claim = consistency(first, second);
        if (first < second)
          expect(claim.proof).toEqual(naiveConsistency(hash, first, LEAVES.slice(0, second)));
        expect(isConsistent(hash, claim)).toBe(true);
      }
  });

  test("the empty log is the beginning of every log, and is nothing else", () => {
    expect(isConsistent(hash, consistency(0, 7))).toBe(true);
    const other = { ...consistency(0, 7), first: { size: 0, root: head(1).root } };
    expect(isConsistent(hash, other)).toBe(false);
    expect(isConsistent(hash, { ...consistency(0, 7), proof: [head(1).root] })).toBe(false);
  });

  test("no other root, order or proof passes", () => {
    fc.assert(
      fc.property(twoSizes, fc.nat(6), ([one, two], at) => {
        const claim = consistency(one, two);
        const wrong = leafHash(hash, Buffer.from("another"));
        const { first, second, proof } = claim;
        expect(isConsistent(hash, { ...claim, first: { ...first, root: wrong } })).toBe(false);
        expect(isConsistent(hash, { ...claim, second: { ...second, root: wrong } })).toBe(false);
        if (at < proof.length)
          expect(isConsistent(hash, { ...claim, proof: damaged(proof, at) })).toBe(false);
        expect(isConsistent(hash, { ...claim, proof: [...proof, wrong] })).toBe(false);
        if (one === two) return;
        expect(isConsistent(hash, { first: second, second: first, proof })).toBe(false);
        expect(isConsistent(hash, { ...claim, proof: proof.slice(0, -1) })).toBe(false);
      }),
    );
  });

  test("a log with another history is not the one that grew", () => {
    const forked = [...LEAVES.slice(0, 9), Buffer.from("forked"), ...LEAVES.slice(10)];
    for (let second = 11; second <= 30; second += 1) {
      const claim = consistency(10, second);
      const root = naiveRoot(hash, forked.slice(0, second));
      const proof = naiveConsistency(hash, 10, forked.slice(0, second));
      expect(isConsistent(hash, { ...claim, second: { size: second, root }, proof })).toBe(false);
    }
  });

  test("hash-tree 0.1.0: a proof that ends below the top of the second tree is refused", () => {
    const { first, second, proof } = consistency(1, 2);
    for (const size of [3, 4, 5, 1000, 2 ** 40])
      expect(isConsistent(hash, { first, second: { ...second, size }, proof })).toBe(false);
    fc.assert(
      fc.property(twoSizes, fc.integer({ min: 1, max: 20 }), ([one, two], levels) => {
        if (one === two) return;
        const claim = consistency(one, two);
        const size = two * 2 ** levels + 1;
        const grown = { ...claim, second: { ...claim.second, size } };
        expect(isConsistent(hash, grown)).toBe(false);
      }),
    );
  });

  test.each([
    [-1, 3],
    [4, 3],
    [1.5, 3],
    [1, Number.POSITIVE_INFINITY],
  ])("from %d to %d there is no proof", (one, two) => {
    expect(() => consistencyRanges(one, two)).toThrowError(
      expect.objectContaining({ code: "log/size_invalid" }),
    );
    const claim = { first: { ...head(1), size: one }, second: { ...head(1), size: two } };
    expect(isConsistent(hash, { ...claim, proof: [] })).toBe(false);
  });
});
