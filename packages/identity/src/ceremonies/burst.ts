import { decide, type Table } from "./machine.ts";

/**
 * What the agent does on the holder's card once PUKs were released: one thing at a time, each next step decided by
 * the answer to the last. Pure: the agent sends the APDUs and the reports.
 */
export interface Burst {
  readonly phase: BurstPhase;
  /** A rotation is wanted and the PUK for it is in hand. */
  readonly canRotate: boolean;
  /** The card's PUK can be changed at all. */
  readonly pukChangeable: boolean;
}

export type BurstPhase =
  | "recheck"
  | "reset"
  | "await_release"
  | "rotate"
  | "power_cycle"
  | "recheck_after"
  | "verify"
  | "sign"
  | "done"
  | "stopped";

export type BurstEvent =
  /** The card proved again with 9E that it is the one; or did not. */
  | { readonly type: "same_card" }
  | { readonly type: "applied" }
  | { readonly type: "not_applied" }
  /** No answer, or one that may mean either. */
  | { readonly type: "unknown" }
  | { readonly type: "released"; readonly canRotate: boolean };

/** The start: the releases in hand say whether the rotation PUK came along. */
export function beginBurst(pukChangeable: boolean, canRotate: boolean): Burst {
  return { phase: "recheck", canRotate, pukChangeable };
}

/** The next step, or `stopped`: then every secret is wiped and nothing more is sent to the card. */
export function stepBurst(burst: Burst, event: BurstEvent): Burst {
  return decide(BURST, burst, event) ?? { ...burst, phase: "stopped" };
}

/** An answer that is not in the row stops the burst. */
// biome-ignore format: the columns are the documentation
const BURST: Table<Burst, BurstEvent, Burst> = {
  recheck:       { same_card: go("reset") },
  reset:         { applied: afterReset, not_applied: go("await_release") },
  await_release: { released: again },
  rotate:        { applied: go("power_cycle"), not_applied: go("power_cycle"), unknown: go("power_cycle") },
  power_cycle:   { applied: go("recheck_after") },
  recheck_after: { same_card: go("verify") },
  verify:        { applied: go("sign") },
  sign:          { applied: go("done") },
  done:          {},
  stopped:       {},
};

function go(phase: BurstPhase): (burst: Burst) => Burst {
  return (burst) => ({ ...burst, phase });
}

/** The passcode is set. Rotate if we hold the next PUK, wait for it if the card can rotate, else go and prove. */
function afterReset(burst: Burst): Burst {
  if (!burst.pukChangeable) return { ...burst, phase: "power_cycle" };
  return { ...burst, phase: burst.canRotate ? "rotate" : "await_release" };
}

/** A second release: the other candidate to try (`canRotate` false), or the PUK to rotate to (true). */
function again(burst: Burst, event: { readonly canRotate: boolean }): Burst {
  return { ...burst, canRotate: event.canRotate, phase: event.canRotate ? "rotate" : "recheck" };
}
