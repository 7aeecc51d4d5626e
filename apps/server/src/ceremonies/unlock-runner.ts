import {
  type Ceremony,
  isReleased,
  type Records,
  type Smartcard,
  stepUnlock,
  type UnlockCommand,
  type UnlockEvent,
  type UnlockOutcome,
} from "@lanyard/identity";
import { type Fact, record } from "../audit/record.ts";
import type { Core } from "../core.ts";

/** DESIGN 4: fifteen minutes to be authorised, sixty seconds from release to UNCERTAIN. */
export const CEREMONY_TIMES = { authoriseMs: 15 * 60_000, finishMs: 60_000 } as const;

/** One step as it was committed: what to do now, and how things stand. */
export interface CommittedStep {
  readonly ceremony: Ceremony;
  readonly card: Smartcard;
  readonly commands: readonly UnlockCommand[];
}

/** What goes into the audit entry besides what the ceremony itself tells. */
export interface StepDetails {
  readonly action: Fact["action"];
  readonly details?: NonNullable<Fact["details"]>;
  /** Also remembered in the ceremony, from this commit on. */
  readonly ephemeralKey?: string;
}

/**
 * Runs one event through the unlock's table: state, registers and audit entry are one commit, and only then is
 * anything sent. The ceremony's row is locked before the card's, always in that order.
 *
 * Gives `undefined` when the event is out of order: then nothing was changed and nothing must be done.
 */
export function commitStep(
  core: Core,
  id: string,
  event: UnlockEvent,
  entry: StepDetails,
): Promise<CommittedStep | undefined> {
  return core.store.transaction((records) => stepIn(core, records, { id, event, entry }));
}

interface Step {
  readonly id: string;
  readonly event: UnlockEvent;
  readonly entry: StepDetails;
}

/** The same within a transaction that is open already. */
export async function stepIn(
  core: Core,
  records: Records,
  { id, event, entry }: Step,
): Promise<CommittedStep | undefined> {
  const ceremony = await records.ceremonies.lock(id);
  const card = ceremony && (await records.cards.lock(ceremony.cardSerial));
  if (ceremony === undefined || card === undefined) return undefined;
  const context = { ceremony: ceremony.state, registers: card.registers, profile: card.profile };
  const outcome = stepUnlock(context, event);
  if (outcome === undefined) return undefined;
  const after = await save(core, records, { ceremony, card, outcome, entry });
  return { ceremony: after, card, commands: outcome.commands };
}

interface Saving {
  readonly ceremony: Ceremony;
  readonly card: Smartcard;
  readonly outcome: UnlockOutcome;
  readonly entry: StepDetails;
}

async function save(
  core: Core,
  records: Records,
  { ceremony, card, outcome, entry }: Saving,
): Promise<Ceremony> {
  const now = core.now();
  const state = outcome.ceremony;
  const newlyReleased = isReleased(state.phase) && !isReleased(ceremony.state.phase);
  const after: Ceremony = {
    ...ceremony,
    state,
    deadline: newlyReleased ? new Date(now.getTime() + CEREMONY_TIMES.finishMs) : ceremony.deadline,
    notes: { ...ceremony.notes, ephemeralKey: entry.ephemeralKey ?? ceremony.notes.ephemeralKey },
  };
  await records.ceremonies.save(ceremony.id, after);
  await records.cards.saveRegisters(card.serial, outcome.registers, core.secrets.keyVersion);
  const { n, hi } = outcome.registers;
  await record(records, {
    action: actionOf(after, entry.action),
    at: now,
    actor: ceremony.operator,
    holder: ceremony.holder,
    cardSerial: card.serial,
    ceremonyId: ceremony.id,
    deskId: ceremony.deskId,
    details: {
      ...entry.details,
      phase: state.phase,
      n,
      hi,
      ...(state.reason && { reason: state.reason }),
    },
  });
  return after;
}

/** An end is recorded as that end, whichever event brought it. */
function actionOf(after: Ceremony, action: Fact["action"]): Fact["action"] {
  if (after.state.phase === "aborted") return "unlock.aborted";
  if (after.state.phase === "uncertain") return "unlock.uncertain";
  return action;
}
