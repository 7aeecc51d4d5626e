import {
  type PukRegisters,
  prepareRotation,
  pukForeign,
  pukRefused,
  pukRotated,
} from "../registers.ts";
import { decide, type Table } from "./machine.ts";

/**
 * The second touch: after an unlock the PC it was done at knows the card's PUK, so the next sign-in at another desk changes
 * it once more. That cleans, and it finds out a PC that lied about the change. Pure, with the same discipline as an
 * unlock: registers and audit entry are committed before a PUK leaves.
 */
export interface Rotation {
  readonly phase: RotationPhase;
  /** Where the card was unlocked: named if the card does not hold the PUK it should. */
  readonly firstDesk: string;
  readonly candidate: number | undefined;
  readonly next: number | undefined;
  /** The records left no doubt about the card's PUK when this was released. */
  readonly isSure: boolean;
}

export type RotationPhase =
  | "asked"
  | "released"
  | "rotated"
  /** The card refused a PUK that it might not have held: nothing is wrong. */
  | "refused"
  /** It refused the only one it could hold. */
  | "incident"
  /** It would not, for another reason; nothing changed. */
  | "declined"
  /** Nobody knows: both candidates stay. */
  | "unanswered";

export type RotationEvent =
  /** The card itself signed for this change and this key of the agent's; the signature was verified. */
  | { readonly type: "authorised" }
  | { readonly type: "applied" }
  | { readonly type: "puk_refused"; readonly triesLeft: number }
  | { readonly type: "not_applied" }
  | { readonly type: "lost" };

export interface RotationContext {
  readonly rotation: Rotation;
  readonly registers: PukRegisters;
}

export interface RotationOutcome extends RotationContext {
  /** Whether the card's PUK is still to be changed at the next desk. */
  readonly isDue: boolean;
}

export function beginRotation(firstDesk: string): Rotation {
  return { phase: "asked", firstDesk, candidate: undefined, next: undefined, isSure: false };
}

/** Due at this desk: unlocked at another, and the registers allow a try. */
export function mayRotate(
  dueSince: string | undefined,
  desk: string,
  {
    registers,
    pukChangeable,
  }: { readonly registers: PukRegisters; readonly pukChangeable: boolean },
): boolean {
  if (dueSince === undefined || dueSince === desk || !pukChangeable) return false;
  return prepareRotation(registers).ok;
}

/** Decides one event; `undefined` when it is out of order and must change nothing. */
export function stepRotation(
  context: RotationContext,
  event: RotationEvent,
): RotationOutcome | undefined {
  return decide(ROTATION, { ...context, phase: context.rotation.phase }, event);
}

type Row = RotationContext & { readonly phase: RotationPhase };

/** One command that costs a try at most, ever: nothing leads back to `released`. */
// biome-ignore format: the columns are the documentation
const ROTATION: Table<Row, RotationEvent, RotationOutcome | undefined> = {
  asked:      { authorised: release, not_applied: end("declined"), lost: end("declined") },
  released:   { applied, puk_refused: refuse, not_applied: decline, lost: end("unanswered") },
  rotated:    {},
  refused:    {},
  incident:   {},
  declined:   {},
  unanswered: {},
};

function end(phase: RotationPhase): (row: Row) => RotationOutcome {
  return ({ rotation, registers }) => ({
    rotation: { ...rotation, phase },
    registers,
    isDue: true,
  });
}

function release(row: Row): RotationOutcome | undefined {
  const prepared = prepareRotation(row.registers);
  if (!prepared.ok) return undefined;
  const { candidate, next, isSure, registers } = prepared;
  const rotation = { ...row.rotation, phase: "released", candidate, next, isSure } as const;
  return { rotation, registers, isDue: true };
}

/** A try that was counted as lost when an unsure PUK left, and was not. */
function kept({ rotation, registers }: Row): PukRegisters {
  return { ...registers, triesLeft: registers.triesLeft + (rotation.isSure ? 0 : 1) };
}

function decline(row: Row): RotationOutcome {
  return end("declined")({ ...row, registers: kept(row) });
}

/** Out of doubt only, it is still due: the first desk knows this PUK too. */
function applied(row: Row): RotationOutcome {
  const { rotation, registers } = row;
  const { next = registers.hi, isSure } = rotation;
  return {
    rotation: { ...rotation, phase: "rotated" },
    registers: { ...pukRotated(kept(row), next), exposed: !isSure },
    isDue: !isSure,
  };
}

function refuse(
  { rotation, registers }: Row,
  { triesLeft }: { readonly triesLeft: number },
): RotationOutcome {
  const { candidate = registers.n, isSure } = rotation;
  return isSure
    ? {
        rotation: { ...rotation, phase: "incident" },
        registers: pukForeign(registers, candidate, triesLeft),
        isDue: false,
      }
    : {
        rotation: { ...rotation, phase: "refused" },
        registers: pukRefused(registers, candidate, triesLeft),
        isDue: true,
      };
}
