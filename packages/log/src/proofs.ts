import { bytesEqual } from "@lanyard/bytes";
import { LogError } from "./errors.ts";
import { type Hash, type LeafRange, nodeHash, splitOf } from "./tree.ts";

/**
 * [RFC6962 §2.1.1] Whose hashes prove that a leaf is in a tree of `size`, from the leaf up. Fill in each range's hash
 * by {@link coverOf} and {@link rangeHash}.
 *
 * @throws {LogError} `log/size_invalid`
 */
export function inclusionRanges(index: number, size: number): readonly LeafRange[] {
  if (!isCount(index) || !isCount(size) || index >= size) throw badSize();
  return path(index, { from: 0, to: size });
}

function path(index: number, { from, to }: LeafRange): readonly LeafRange[] {
  if (to - from === 1) return [];
  const middle = from + splitOf(to - from);
  return index < middle
    ? [...path(index, { from, to: middle }), { from: middle, to }]
    : [...path(index, { from: middle, to }), { from, to: middle }];
}

/**
 * [RFC6962 §2.1.2] Whose hashes prove that a tree of `first` leaves is the beginning of one of `second`. Nothing needs
 * proof of an empty beginning or of the same tree.
 *
 * @throws {LogError} `log/size_invalid`
 */
export function consistencyRanges(first: number, second: number): readonly LeafRange[] {
  if (!isCount(first) || !isCount(second) || first > second) throw badSize();
  if (first === 0 || first === second) return [];
  return subproof(first, { from: 0, to: second }, true);
}

function subproof(first: number, { from, to }: LeafRange, isKnown: boolean): readonly LeafRange[] {
  if (first === to) return isKnown ? [] : [{ from, to }];
  const middle = from + splitOf(to - from);
  return first <= middle
    ? [...subproof(first, { from, to: middle }, isKnown), { from: middle, to }]
    : [...subproof(first, { from: middle, to }, false), { from, to: middle }];
}

export interface InclusionClaim {
  readonly index: number;
  readonly size: number;
  readonly leaf: Uint8Array;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** [RFC9162 §2.1.3.2] Whether the tree of this size and root has this leaf hash at this index. */
export function isIncluded(hash: Hash, claim: InclusionClaim): boolean {
  const { index, size, leaf, root, proof } = claim;
  if (!isCount(index) || !isCount(size) || index >= size) return false;
  let [node, last] = [index, size - 1];
  let seen = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      seen = nodeHash(hash, sibling, seen);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, half(last)];
    } else {
      seen = nodeHash(hash, seen, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && bytesEqual(seen, root);
}

/** A tree's size and root. */
export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

export interface ConsistencyClaim {
  readonly first: TreeHead;
  readonly second: TreeHead;
  readonly proof: readonly Uint8Array[];
}

/** [RFC9162 §2.1.4.2] Whether the second tree is the first with leaves added at its end, and nothing else. */
export function isConsistent(hash: Hash, { first, second, proof }: ConsistencyClaim): boolean {
  if (!isCount(first.size) || !isCount(second.size) || first.size > second.size) return false;
  if (first.size === second.size) return proof.length === 0 && bytesEqual(first.root, second.root);
  if (first.size === 0) return proof.length === 0 && bytesEqual(first.root, hash(new Uint8Array()));
  return climb(hash, { first, second, proof });
}

function climb(hash: Hash, { first, second, proof }: ConsistencyClaim): boolean {
  const [start, ...siblings] = isPowerOfTwo(first.size) ? [first.root, ...proof] : proof;
  if (start === undefined) return false;
  let [node, last] = [first.size - 1, second.size - 1];
  while (node % 2 === 1) [node, last] = [half(node), half(last)];
  let [old, grown] = [start, start];
  for (const sibling of siblings) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      old = nodeHash(hash, sibling, old);
      grown = nodeHash(hash, sibling, grown);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, half(last)];
    } else {
      grown = nodeHash(hash, grown, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  // A proof for a smaller second tree ends before the top: hash-tree 0.1.0 did not look.
  return last === 0 && bytesEqual(old, first.root) && bytesEqual(grown, second.root);
}

function half(count: number): number {
  return Math.floor(count / 2);
}

function isPowerOfTwo(count: number): boolean {
  return count === 1 || splitOf(count) * 2 === count;
}

function isCount(count: number): boolean {
  return Number.isSafeInteger(count) && count >= 0;
}

function badSize(): LogError {
  return new LogError("log/size_invalid", "Not a leaf or a size that this tree can have.");
}
