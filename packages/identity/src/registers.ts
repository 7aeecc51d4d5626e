/**
 * Which PUK a card may hold. PUKs are derived by index and never stored; two numbers that only rise say which
 * indices are possible. That is all a crash, a lost answer or a second desk can make unsure.
 */
export interface PukRegisters {
  /** Lowest index the card may hold. */
  readonly n: number;
  /** Highest index that ever left the server. `n` or `n + 1`. */
  readonly hi: number;
  /** The index the card answered "wrong" to since it last answered "right", if any. */
  readonly refused: number | undefined;
  /** The index released last, so that an attempt without an answer is followed by the other candidate. */
  readonly tried: number | undefined;
  /**
   * PUK tries the card has left at least. Told by the card when it refuses, never guessed upwards; a release that may be
   * wrong counts as a try lost before it leaves, because the answer may never come.
   */
  readonly triesLeft: number;
  /** Both candidates were refused: somebody changed the PUK behind our back. A supervisor decides. */
  readonly frozen: boolean;
  /** The one index that a supervisor lets a frozen card be tried at, once. */
  readonly granted?: number | undefined;
  /** A PUK left the server and no rotation has been proven since. */
  readonly exposed: boolean;
}

/** What a card starts with when it is issued with PUK 0. */
export function freshRegisters(pukTries: number): PukRegisters {
  return {
    n: 0,
    hi: 0,
    refused: undefined,
    tried: undefined,
    triesLeft: pukTries,
    frozen: false,
    exposed: false,
  };
}

/** Rule R7: with one try left, only a supervisor may risk it. */
const TRIES_FLOOR = 1;

/** Rule R1: `{n..hi}`, one or two indices. */
export function candidates(registers: PukRegisters): readonly number[] {
  return registers.hi > registers.n ? [registers.n, registers.hi] : [registers.n];
}

export type Release =
  | {
      readonly ok: true;
      readonly registers: PukRegisters;
      /** The index to try now. */
      readonly candidate: number;
      /** The index to rotate to, when it may leave at once: only if the card's PUK was not in doubt. */
      readonly next: number | undefined;
    }
  | { readonly ok: false; readonly reason: "frozen" | "tries_floor" };

/**
 * Rules R3, R4, R7: chooses the index to release and gives the registers that must be durable before it leaves.
 * Two candidates: not the one known refused, else the one not tried last.
 */
export function prepareRelease(registers: PukRegisters, pukChangeable: boolean): Release {
  if (registers.granted !== undefined) return releaseGranted(registers, registers.granted);
  if (registers.frozen) return { ok: false, reason: "frozen" };
  if (registers.triesLeft <= TRIES_FLOOR) return { ok: false, reason: "tries_floor" };
  const candidate = chooseCandidate(registers);
  const next = pukChangeable && registers.hi === registers.n ? registers.n + 1 : undefined;
  return {
    ok: true,
    candidate,
    next,
    registers: {
      ...registers,
      hi: next ?? registers.hi,
      tried: candidate,
      triesLeft: registers.triesLeft - (isInDoubt(registers) ? 1 : 0),
      exposed: true,
    },
  };
}

/** Either candidate may be the right one: whichever is tried may cost a try. */
function isInDoubt({ n, hi, refused }: PukRegisters): boolean {
  return hi > n && refused === undefined;
}

/**
 * The card answered, and neither took nor refused the PUK: the passcode did not please it. No try is lost, and the same
 * candidate is the likelier one as before. `mayHaveCost`: it was counted as a try lost when it left.
 */
export function pukNotTried(
  registers: PukRegisters,
  c: number,
  mayHaveCost: boolean,
): PukRegisters {
  const other = candidates(registers).find((index) => index !== c);
  return {
    ...registers,
    tried: other,
    triesLeft: registers.triesLeft + (mayHaveCost ? 1 : 0),
  };
}

/** Where a supervisor may let a frozen card be tried: before what we believe, or after it. */
export type GrantedTry = "previous" | "next";

/**
 * A supervisor's word on a frozen card: one try at `n - 1`, for an agent may have lied about the change, or at `hi + 1`,
 * after a fail-over without a hint. `undefined`: the card is not frozen, or there is no such index.
 */
export function grantTry(registers: PukRegisters, which: GrantedTry): PukRegisters | undefined {
  const granted = which === "previous" ? registers.n - 1 : registers.hi + 1;
  return registers.frozen && granted >= 0 ? { ...registers, granted } : undefined;
}

/** That one PUK and no other, and the grant is used up by it. Also on the last try: that is what a supervisor is for. */
function releaseGranted(registers: PukRegisters, granted: number): Release {
  if (registers.triesLeft < TRIES_FLOOR) return { ok: false, reason: "tries_floor" };
  const hi = max(registers.hi, granted);
  return {
    ok: true,
    candidate: granted,
    next: undefined,
    registers: {
      ...registers,
      // Never more than two candidates: what lies below was refused, or the card would not be frozen.
      n: max(registers.n, hi - 1),
      hi,
      granted: undefined,
      tried: granted,
      exposed: true,
    },
  };
}

function chooseCandidate({ n, hi, refused, tried }: PukRegisters): number {
  const avoid = refused ?? tried;
  return avoid === n ? hi : n;
}

/**
 * Rule R2: the card answered 9000 to index `c`, so it holds `c` or, after the rotation that may follow, `c + 1`.
 * Right for late and repeated messages too.
 */
export function pukAccepted(
  registers: PukRegisters,
  c: number,
  profile: AcceptingProfile,
): PukRegisters {
  const n = max(registers.n, c);
  return {
    ...registers,
    n,
    hi: max(registers.hi, profile.pukChangeable ? c + 1 : c),
    refused: undefined,
    frozen: false,
    triesLeft: profile.pukTriesComeBack ? profile.pukTries : registers.triesLeft,
  };
}

interface AcceptingProfile {
  readonly pukChangeable: boolean;
  readonly pukTriesComeBack: boolean;
  readonly pukTries: number;
}

/** The card answered 63Cx (or 6983, no tries left) to index `c`. Refused twice over: frozen. */
export function pukRefused(registers: PukRegisters, c: number, triesLeft: number): PukRegisters {
  const others = candidates(registers).filter(
    (index) => index !== c && index !== registers.refused,
  );
  return {
    ...registers,
    refused: c,
    triesLeft: min(registers.triesLeft, triesLeft),
    frozen: registers.frozen || others.length === 0,
  };
}

/** The rotation to `index` is proven: 9000 to CHANGE REFERENCE DATA and the closing signature. */
export function pukRotated(registers: PukRegisters, index: number): PukRegisters {
  return {
    ...registers,
    n: max(registers.n, index),
    hi: max(registers.hi, index),
    refused: undefined,
    tried: undefined,
    exposed: false,
  };
}

export type PreparedRotation =
  | {
      readonly ok: true;
      readonly registers: PukRegisters;
      readonly candidate: number;
      readonly next: number;
      /** The records say that the card holds `candidate`, and nothing else: if it does not, somebody changed it. */
      readonly isSure: boolean;
    }
  | { readonly ok: false };

/**
 * Rules R3 and R7 for a change of the PUK without an unlock. In doubt between two it moves from the lower to the upper,
 * which left already: that ends the doubt, and the PUK after it may not leave before. One try at most, and never one of
 * the last two.
 */
export function prepareRotation(registers: PukRegisters): PreparedRotation {
  const { n, hi, refused, frozen, triesLeft } = registers;
  if (frozen || refused !== undefined || triesLeft <= TRIES_FLOOR + 1) return { ok: false };
  return {
    ok: true,
    candidate: n,
    next: n + 1,
    isSure: hi === n,
    registers: {
      ...registers,
      hi: max(hi, n + 1),
      tried: n,
      triesLeft: triesLeft - (hi > n ? 1 : 0),
      exposed: true,
    },
  };
}

/** The card refused the one PUK it could hold: somebody else's is on it. Only a supervisor may try further. */
export function pukForeign(registers: PukRegisters, c: number, triesLeft: number): PukRegisters {
  return { ...pukRefused(registers, c, triesLeft), frozen: true };
}

/**
 * The card carries our own counter, written before each CHANGE REFERENCE DATA: it had accepted index `hint`, so it holds
 * `hint` or `hint + 1`, whatever a lost commit or an old backup made us forget. A stale hint changes nothing.
 *
 * Believe only a hint whose MAC was checked: it lifts a freeze when it brings a candidate that was not refused.
 */
export function liftByHint(registers: PukRegisters, hint: number): PukRegisters {
  const n = max(registers.n, hint);
  const hi = max(registers.hi, hint + 1);
  if (n === registers.n && hi === registers.hi) return registers;
  return {
    ...registers,
    n,
    hi,
    refused: registers.refused === n ? n : undefined,
    // The hint is written for the change that follows it: nearly always the card went on to `hint + 1`.
    tried: n,
    frozen: false,
    exposed: true,
  };
}

function max(left: number, right: number): number {
  return left > right ? left : right;
}

function min(left: number, right: number): number {
  return left < right ? left : right;
}
