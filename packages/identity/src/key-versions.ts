import type { PukRegisters } from "./registers.ts";

/**
 * Which master key version a PUK is derived under. A new version reaches a card lazily: the first index that is
 * released after it came is of that version, and stays so for ever, for the card may hold it. So the list only grows,
 * and it grows in the commit that raises `hi`.
 */
export interface KeyVersions {
  /** The version at issuance: of PUK 0, and of all up to the first change. */
  readonly keyVersion: number;
  /** Rising in both numbers. */
  readonly keyVersionChanges: readonly KeyVersionChange[];
}

/** From PUK index `from` on: this version. */
export interface KeyVersionChange {
  readonly from: number;
  readonly version: number;
}

/** The version that the PUK with this index is of. */
export function keyVersionOf(versions: KeyVersions, index: number): number {
  const change = versions.keyVersionChanges.findLast(({ from }) => from <= index);
  return change?.version ?? versions.keyVersion;
}

/**
 * The versions that a card's candidates {n..hi} need, and the one index a supervisor let it be tried at: without these
 * keys it cannot be unlocked now.
 */
export function keyVersionsNeeded(
  versions: KeyVersions,
  { n, hi, granted = n }: Pick<PukRegisters, "n" | "hi" | "granted">,
): readonly number[] {
  return [...new Set([n, hi, granted].map((index) => keyVersionOf(versions, index)))];
}

/**
 * What must be written down when `hi` rises from `before` to `after`: the indices between are released for the first
 * time. `undefined`: nothing, for no index is new or there is no newer version. An older one than the card has is
 * never taken: a node that does not know the newest key yet changes nothing.
 */
export function keyVersionChange(
  versions: KeyVersions,
  { before, after }: { readonly before: number; readonly after: number },
  newest: number,
): KeyVersionChange | undefined {
  if (after <= before || newest <= keyVersionOf(versions, before)) return undefined;
  return { from: before + 1, version: newest };
}
