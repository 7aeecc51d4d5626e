import { createHash } from "node:crypto";
import {
  appendLeaf,
  coverOf,
  EMPTY,
  type Frontier,
  type LeafRange,
  leafHash,
  rangeHash,
  type TreeNode,
} from "../tree.ts";

export function hash(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(bytes).digest());
}

export function leavesOf(count: number): readonly Uint8Array[] {
  return Array.from({ length: count }, (_, index) => Buffer.from(`leaf ${index}`));
}

export interface Grown {
  readonly frontier: Frontier;
  readonly nodes: readonly TreeNode[];
}

export function grow(leaves: readonly Uint8Array[]): Grown {
  let frontier = EMPTY;
  const nodes: TreeNode[] = [];
  for (const leaf of leaves) {
    const grown = appendLeaf(hash, frontier, leafHash(hash, leaf));
    frontier = grown.frontier;
    nodes.push(...grown.completed);
  }
  return { frontier, nodes };
}

/** A proof's hashes, as a log fills them in from the nodes it stores. */
export function hashesOf({ nodes }: Grown, ranges: readonly LeafRange[]): readonly Uint8Array[] {
  const stored = new Map(nodes.map(({ level, index, hash: made }) => [`${level}/${index}`, made]));
  return ranges.map((range) => {
    const cover = coverOf(range).map(({ level, index }) => stored.get(`${level}/${index}`));
    return rangeHash(
      hash,
      cover.filter((node) => node !== undefined),
    );
  });
}
