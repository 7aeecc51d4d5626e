import { concatBytes } from "@lanyard/bytes";
import { LogError } from "./errors.ts";

/** SHA-256, given by the caller: this floor computes nothing by itself. */
export type Hash = (bytes: Uint8Array) => Uint8Array;

/** A complete subtree: `2 ** level` leaves, the `index`-th such from the left. A leaf's hash is level 0. */
export interface NodePlace {
  readonly level: number;
  readonly index: number;
}

export interface TreeNode extends NodePlace {
  readonly hash: Uint8Array;
}

/** Leaves `from` up to, not including, `to`. */
export interface LeafRange {
  readonly from: number;
  readonly to: number;
}

/** Where a tree may grow on: its size, and the hashes of {@link coverOf} all its leaves. */
export interface Frontier {
  readonly size: number;
  readonly hashes: readonly Uint8Array[];
}

export const EMPTY: Frontier = { size: 0, hashes: [] };

const LEAF_PREFIX = Uint8Array.of(0x00);
const NODE_PREFIX = Uint8Array.of(0x01);

/** [RFC6962 §2.1] The prefix keeps a leaf from ever passing for a node. */
export function leafHash(hash: Hash, leaf: Uint8Array): Uint8Array {
  return hash(concatBytes(LEAF_PREFIX, leaf));
}

/** [RFC6962 §2.1] */
export function nodeHash(hash: Hash, left: Uint8Array, right: Uint8Array): Uint8Array {
  return hash(concatBytes(NODE_PREFIX, left, right));
}

/** Adds one leaf. `completed`: every subtree that it makes complete, its own hash first; one or two on average. */
export function appendLeaf(
  hash: Hash,
  { size, hashes }: Frontier,
  leaf: Uint8Array,
): { readonly frontier: Frontier; readonly completed: readonly TreeNode[] } {
  const completed: TreeNode[] = [{ level: 0, index: size, hash: leaf }];
  const left = [...hashes];
  let node = leaf;
  let index = size;
  for (let level = 1; index % 2 === 1; level += 1) {
    node = nodeHash(hash, left.pop() ?? node, node);
    index = (index - 1) / 2;
    completed.push({ level, index, hash: node });
  }
  return { frontier: { size: size + 1, hashes: [...left, node] }, completed };
}

/** [RFC6962 §2.1] The tree's hash; of an empty tree, the hash of nothing. */
export function rootOf(hash: Hash, { hashes }: Frontier): Uint8Array {
  return fold(hash, hashes) ?? hash(new Uint8Array());
}

/** The fewest complete subtrees that make up a range of leaves, from the left. At most two for each level. */
export function coverOf({ from, to }: LeafRange): readonly NodePlace[] {
  const places: NodePlace[] = [];
  let start = from;
  while (start < to) {
    let level = 0;
    while (start % 2 ** (level + 1) === 0 && start + 2 ** (level + 1) <= to) level += 1;
    places.push({ level, index: start / 2 ** level });
    start += 2 ** level;
  }
  return places;
}

/**
 * The hash of a range that a proof names, from the hashes of its cover.
 *
 * @throws {LogError} `log/node_missing`
 */
export function rangeHash(hash: Hash, cover: readonly Uint8Array[]): Uint8Array {
  const whole = fold(hash, cover);
  if (whole === undefined) throw new LogError("log/node_missing", "A range without leaves.");
  return whole;
}

/** Joined from the right: the smaller subtrees are the deeper ones. */
function fold(hash: Hash, hashes: readonly Uint8Array[]): Uint8Array | undefined {
  return hashes.reduceRight<Uint8Array | undefined>(
    (right, left) => (right === undefined ? left : nodeHash(hash, left, right)),
    undefined,
  );
}

/** The largest power of two smaller than `count`, which is two or more: where [RFC6962 §2.1] splits a tree. */
export function splitOf(count: number): number {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}
