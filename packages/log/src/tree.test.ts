import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { grow, hash, leavesOf } from "./testing/grow.ts";
import { naiveRoot } from "./testing/naive.ts";
import { appendLeaf, coverOf, EMPTY, leafHash, nodeHash, rangeHash, rootOf } from "./tree.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** The eight leaves that the Certificate Transparency project's own tests grow a tree from, and its roots. */
const CT_LEAVES = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
];
const CT_ROOTS = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

describe("[RFC6962 §2.1] the tree", () => {
  test.each([...CT_ROOTS.entries()])("known root of %i leaves", (size, root) => {
    const leaves = CT_LEAVES.slice(0, size).map((leaf) => Buffer.from(leaf, "hex"));
    expect(hex(rootOf(hash, grow(leaves).frontier))).toBe(root);
  });

  test("grown leaf by leaf it is the tree of the definition, at every size", () => {
    const leaves = leavesOf(70);
    for (let size = 0; size <= leaves.length; size += 1) {
      const some = leaves.slice(0, size);
      expect(hex(rootOf(hash, grow(some).frontier))).toBe(hex(naiveRoot(hash, some)));
    }
  });

  test("a leaf made of a node's two hashes is not that node", () => {
    const [left, right] = [hash(Uint8Array.of(1)), hash(Uint8Array.of(2))];
    const both = Buffer.concat([left, right]);
    expect(hex(leafHash(hash, both))).not.toBe(hex(nodeHash(hash, left, right)));
    expect(hex(leafHash(hash, Buffer.concat([Uint8Array.of(1), both])))).not.toBe(
      hex(nodeHash(hash, left, right)),
    );
  });

  test("what a leaf completes is the hash of exactly those leaves", () => {
    const leaves = leavesOf(64);
    for (const { level, index, hash: made } of grow(leaves).nodes) {
      const span = 2 ** level;
      const under = leaves.slice(index * span, (index + 1) * span);
      expect(under).toHaveLength(span);
      expect(hex(made)).toBe(hex(naiveRoot(hash, under)));
    }
  });

  test("work for a leaf does not grow with the log: two hashes on average, whatever the size", () => {
    for (const size of [1_000, 30_000]) {
      let hashes = 0;
      const counting = (bytes: Uint8Array) => {
        hashes += 1;
        return bytes.length === 0 ? Uint8Array.of(0) : bytes.slice(0, 1);
      };
      let frontier = EMPTY;
      for (let index = 0; index < size; index += 1)
        ({ frontier } = appendLeaf(counting, frontier, Uint8Array.of(0)));
      expect(hashes).toBeLessThan(size);
    }
  });

  test("a range's cover is complete subtrees side by side, and hashes to the range", () => {
    const leaves = leavesOf(100);
    const { nodes } = grow(leaves);
    fc.assert(
      fc.property(fc.nat(99), fc.nat(100), (one, two) => {
        const [from, to] = [Math.min(one, two), Math.max(one, two)];
        const cover = coverOf({ from, to });
        let at = from;
        for (const { level, index } of cover) {
          expect(index * 2 ** level).toBe(at);
          at += 2 ** level;
        }
        expect(at).toBe(to);
        if (from !== 0 || to === 0) return;
        const hashes = cover.map(
          (place) =>
            nodes.find(({ level, index }) => level === place.level && index === place.index)
              ?.hash ?? expect.unreachable("a node is missing"),
        );
        expect(hex(rangeHash(hash, hashes))).toBe(hex(naiveRoot(hash, leaves.slice(0, to))));
      }),
    );
  });

  test("a range without leaves has no hash", () => {
    expect(() => rangeHash(hash, [])).toThrowError(
      expect.objectContaining({ code: "log/node_missing" }),
    );
  });

  test("the hash is SHA-256 of the caller", () => {
    expect(hex(rootOf(hash, EMPTY))).toBe(createHash("sha256").digest("hex"));
  });
});
