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
  /** The card has room for the hint: it is written before the PUK is changed, or it would be a lie for a moment. */
  readonly hint: boolean;
}

export type BurstPhase =
  | "recheck"
  | "reset"
  | "await_release"
  | "hint_challenge"
  | "await_hint"
  | "hint_write"
  | "await_next"
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
  /** Another PUK came: the other candidate, or the one to rotate to (`canRotate`). */
  | { readonly type: "released"; readonly canRotate: boolean }
  /** The server answered the card's challenge and gave the hint; or it did not. The PUK to rotate to may have come too. */
  | { readonly type: "hinted"; readonly canRotate: boolean }
  | { readonly type: "not_hinted"; readonly canRotate: boolean };

/** What is known when the first release is in hand: whether the PUK to rotate to came along. */
export type BurstStart = Pick<Burst, "pukChangeable" | "canRotate" | "hint">;

export function beginBurst(start: BurstStart): Burst {
  return { phase: "recheck", ...start };
}

/** The next step, or `stopped`: then every secret is wiped and nothing more is sent to the card. */
export function stepBurst(burst: Burst, event: BurstEvent): Burst {
  return decide(BURST, burst, event) ?? { ...burst, phase: "stopped" };
}

/**
 * An answer that is not in the row stops the burst. Whatever becomes of the hint, the unlock goes on; but a server that
 * gives none may have lost the release in a fail-over, and then the PUK stays as it is.
 */
// biome-ignore format: the columns are the documentation
const BURST: Table<Burst, BurstEvent, Burst> = {
  recheck:        { same_card: go("reset") },
  reset:          { applied: afterReset, not_applied: go("await_release") },
  await_release:  { released: again },
  hint_challenge: { applied: go("await_hint"), not_applied: toRotation, unknown: toRotation },
  await_hint:     { hinted: toHint, not_hinted: go("power_cycle") },
  hint_write:     { applied: toRotation, not_applied: toRotation, unknown: toRotation },
  await_next:     { released: again, unknown: go("power_cycle") },
  rotate:         { applied: go("power_cycle"), not_applied: go("power_cycle"), unknown: go("power_cycle") },
  power_cycle:    { applied: go("recheck_after") },
  recheck_after:  { same_card: go("verify") },
  verify:         { applied: go("sign") },
  sign:           { applied: go("done") },
  done:           {},
  stopped:        {},
};

function go(phase: BurstPhase): (burst: Burst) => Burst {
  return (burst) => ({ ...burst, phase });
}

/** The passcode is set. A card that cannot rotate goes on to its proof; on any other the hint comes first. */
function afterReset(burst: Burst): Burst {
  if (!burst.pukChangeable) return { ...burst, phase: "power_cycle" };
  return burst.hint ? { ...burst, phase: "hint_challenge" } : toRotation(burst);
}

/** Rotate if we hold the next PUK, else wait for it. If it never comes, the passcode is proven all the same. */
function toRotation(burst: Burst): Burst {
  return { ...burst, phase: burst.canRotate ? "rotate" : "await_next" };
}

function toHint(burst: Burst, { canRotate }: { readonly canRotate: boolean }): Burst {
  return { ...burst, phase: "hint_write", canRotate: burst.canRotate || canRotate };
}

/** A second release: the other candidate to try (`canRotate` false), or the PUK to rotate to (true). */
function again(burst: Burst, event: { readonly canRotate: boolean }): Burst {
  return { ...burst, canRotate: event.canRotate, phase: event.canRotate ? "rotate" : "recheck" };
}
