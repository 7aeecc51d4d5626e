import type { Hash } from "../tree.ts";

/** RFC 6962's own recursive definitions, as they stand there: slow, and plainly right. */
export function naiveRoot(hash: Hash, leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (only === undefined) return hash(new Uint8Array());
  if (leaves.length === 1) return hash(Buffer.concat([Uint8Array.of(0), only]));
  const k = largestPowerOfTwoBelow(leaves.length);
  const halves = [naiveRoot(hash, leaves.slice(0, k)), naiveRoot(hash, leaves.slice(k))];
  return hash(Buffer.concat([Uint8Array.of(1), ...halves]));
}

/** PATH(m, D[n]) */
export function naiveInclusion(
  hash: Hash,
  m: number,
  leaves: readonly Uint8Array[],
): readonly Uint8Array[] {
  if (leaves.length <= 1) return [];
  const k = largestPowerOfTwoBelow(leaves.length);
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
  return m < k
    ? [...naiveInclusion(hash, m, left), naiveRoot(hash, right)]
    : [...naiveInclusion(hash, m - k, right), naiveRoot(hash, left)];
}

/** PROOF(m, D[n]), for 0 < m < n */
export function naiveConsistency(
  hash: Hash,
  m: number,
  leaves: readonly Uint8Array[],
): readonly Uint8Array[] {
  return subproof(hash, m, { leaves, isWhole: true });
}

function subproof(
  hash: Hash,
  m: number,
  { leaves, isWhole }: { readonly leaves: readonly Uint8Array[]; readonly isWhole: boolean },
): readonly Uint8Array[] {
  if (m === leaves.length) return isWhole ? [] : [naiveRoot(hash, leaves)];
  const k = largestPowerOfTwoBelow(leaves.length);
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
  return m <= k
    ? [...subproof(hash, m, { leaves: left, isWhole }), naiveRoot(hash, right)]
    : [...subproof(hash, m - k, { leaves: right, isWhole: false }), naiveRoot(hash, left)];
}

function largestPowerOfTwoBelow(n: number): number {
  return 2 ** Math.floor(Math.log2(n - 1));
}
