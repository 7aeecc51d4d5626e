import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type KeyVersions,
  keyVersionChange,
  keyVersionOf,
  keyVersionsNeeded,
} from "./key-versions.ts";
import {
  candidates,
  freshRegisters,
  type PukRegisters,
  prepareRelease,
  pukAccepted,
  pukRefused,
  pukRotated,
} from "./registers.ts";

const ISSUED: KeyVersions = { keyVersion: 1, keyVersionChanges: [] };
const PROFILE = { pukChangeable: true, pukTriesComeBack: true, pukTries: 15 };

function released(versions: KeyVersions, before: number, after: number, newest: number) {
  const change = keyVersionChange(versions, { before, after }, newest);
  if (change === undefined) return versions;
  return { ...versions, keyVersionChanges: [...versions.keyVersionChanges, change] };
}

describe("master key versions (unlock-protocol 2.4, lazy rotation)", () => {
  test("an index released after a new version came is of that version, those before it stay", () => {
    const moved = released(ISSUED, 3, 4, 2);
    expect([0, 3, 4, 9].map((index) => keyVersionOf(moved, index))).toEqual([1, 1, 2, 2]);
  });

  test("both candidates may be of different versions, and both are needed", () => {
    const moved = released(ISSUED, 3, 4, 2);
    expect(keyVersionsNeeded(moved, { n: 3, hi: 4 })).toEqual([1, 2]);
    expect(keyVersionsNeeded(moved, { n: 4, hi: 4 })).toEqual([2]);
    expect(keyVersionsNeeded(moved, { n: 4, hi: 5, granted: 3 })).toEqual([2, 1]);
  });

  test.each([
    ["the same index again", 4, 4, 2],
    ["a late, lower one", 4, 3, 2],
    ["the version it has", 4, 5, 1],
    ["an older version, of a node that does not know the newest", 4, 5, 0],
  ])("nothing is written down for %s", (_, before, after, newest) => {
    expect(keyVersionChange(ISSUED, { before, after }, newest)).toBeUndefined();
  });

  test("whatever a card goes through, an index once released never changes its version", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5), fc.nat(6)), { maxLength: 60 }), (steps) => {
        let registers: PukRegisters = freshRegisters(15);
        let versions = ISSUED;
        const seen = new Map([[0, 1]]);
        for (const [what, newest] of steps) {
          const after = step(registers, what);
          versions = released(versions, registers.hi, after.hi, newest);
          registers = after;
          for (const [index, version] of seen) expect(keyVersionOf(versions, index)).toBe(version);
          for (const index of candidates(registers)) seen.set(index, keyVersionOf(versions, index));
        }
      }),
    );
  });
});

/** One thing that can happen to registers, chosen by number; refusals are left out when they would freeze. */
function step(registers: PukRegisters, what: number): PukRegisters {
  const release = prepareRelease(registers, what % 2 === 0);
  if (what < 3) return release.ok ? release.registers : registers;
  if (what === 3) return pukAccepted(registers, registers.tried ?? registers.n, PROFILE);
  if (what === 4) return pukRotated(registers, registers.hi);
  return { ...pukRefused(registers, registers.n, 14), frozen: false, triesLeft: 15 };
}
