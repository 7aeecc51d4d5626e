import {
  type Ceremony,
  type CeremonyOutcome,
  type CeremonyTypes,
  type CommonEvent,
  isOfKind,
  type PhaseStanding,
  type Records,
  type Smartcard,
  standingOf,
} from "@lanyard/identity";
import { type Fact, record } from "../audit/record.ts";
import type { Core } from "../core.ts";
import { notifyHolder } from "../notices/notify-holder.ts";
import type { NoticeKind } from "../notices/words.ts";
import type { StoredKind } from "./kind.ts";

/** One step as it was committed: what to do now, and how things stand. */
export interface CommittedStep<Types extends CeremonyTypes = CeremonyTypes> {
  readonly ceremony: Ceremony<Types>;
  /** As it was before the step. */
  readonly card: Smartcard;
  readonly commands: readonly Types["command"][];
}

/** What goes into the audit entry besides what the ceremony itself tells. */
export interface StepEntry<Types extends CeremonyTypes = CeremonyTypes> {
  readonly action: Fact["action"];
  readonly details?: NonNullable<Fact["details"]>;
  /** Remembered in the ceremony from this commit on. */
  readonly notes?: Partial<Types["notes"]>;
}

export interface Step<Types extends CeremonyTypes = CeremonyTypes> {
  readonly kind: StoredKind<Types>;
  /** The ceremony's. */
  readonly id: string;
  readonly event: Types["event"] | CommonEvent;
  readonly entry: StepEntry<Types>;
}

/** What a step needs of the server. */
export type StepCore = Pick<Core, "store" | "kinds" | "now" | "secrets"> & {
  readonly config: Pick<Core["config"], "origin" | "serviceDesk">;
};

/**
 * Runs one event through the table of the ceremony's kind: state, registers and audit entry are one commit, and only
 * then is anything sent. The ceremony's row is locked before the card's, always in that order.
 *
 * Gives `undefined` when the event is out of order, or the ceremony of another kind: then nothing was changed and
 * nothing must be done.
 */
export function commitStep<Types extends CeremonyTypes>(
  core: StepCore,
  step: Step<Types>,
): Promise<CommittedStep<Types> | undefined> {
  return core.store.transaction((records) => stepIn(core, records, step));
}

/** The same within a transaction that is open already. */
export async function stepIn<Types extends CeremonyTypes>(
  core: StepCore,
  records: Records,
  step: Step<Types>,
): Promise<CommittedStep<Types> | undefined> {
  const { kind, id, event, entry } = step;
  const ceremony = await records.ceremonies.lock(id);
  if (!isOfKind(kind, ceremony)) return undefined;
  const card = await records.cards.lock(ceremony.cardSerial);
  if (card === undefined) return undefined;
  const { registers, profile } = card;
  const isLate = standingOf(kind, ceremony.state) === "uncertain";
  const releasedSince = isLate && (await isReleasedSince(core, records, ceremony));
  const context = { ceremony: ceremony.state, registers, profile, releasedSince };
  const outcome = kind.step(context, event);
  if (outcome === undefined) return undefined;
  const after = await save(core, records, { kind, ceremony, card, outcome, entry });
  await tellHolder(core, records, { kind, before: ceremony, after });
  return { ceremony: after, card, commands: outcome.commands };
}

/** In the same transaction: what is told is what was committed. */
async function tellHolder<Types extends CeremonyTypes>(
  core: StepCore,
  records: Records,
  step: {
    readonly kind: StoredKind<Types>;
    readonly before: Ceremony<Types>;
    readonly after: Ceremony<Types>;
  },
): Promise<void> {
  const { phase } = step.after.state;
  const notices: Readonly<Record<string, NoticeKind | undefined>> = step.kind.notices;
  const kind = phase === step.before.state.phase ? undefined : notices[phase];
  if (kind !== undefined) await notifyHolder(core, records, { kind, ceremony: step.after });
}

/** How far back the ceremonies of one card are looked at. */
const LATEST = 20;

/** Whether another ceremony may have changed the card after this one: one at a time, so the later begun came later. */
async function isReleasedSince(
  { kinds }: Pick<StepCore, "kinds">,
  { ceremonies }: Records,
  { id, cardSerial }: Pick<Ceremony, "id" | "cardSerial">,
): Promise<boolean> {
  const latestFirst = await ceremonies.ofCard(cardSerial, LATEST);
  const since = latestFirst.findIndex((ceremony) => ceremony.id === id);
  // One that is no longer among the latest has been followed by many.
  if (since < 0) return true;
  return latestFirst
    .slice(0, since)
    .some((later) => kinds.some((kind) => isOfKind(kind, later) && kind.hasReleased(later.state)));
}

interface Saving<Types extends CeremonyTypes> {
  readonly kind: StoredKind<Types>;
  readonly ceremony: Ceremony<Types>;
  readonly card: Smartcard;
  readonly outcome: CeremonyOutcome<Types>;
  readonly entry: StepEntry<Types>;
}

async function save<Types extends CeremonyTypes>(
  core: StepCore,
  records: Records,
  { kind, ceremony, card, outcome, entry }: Saving<Types>,
): Promise<Ceremony<Types>> {
  const now = core.now();
  const { ceremony: state, registers } = outcome;
  const before = standingOf(kind, ceremony.state);
  const standing = standingOf(kind, state);
  const isNew = standing !== before;
  const after: Ceremony<Types> = {
    ...ceremony,
    state,
    deadline: (isNew && deadlineFrom(kind, standing, now)) || ceremony.deadline,
    notes: { ...ceremony.notes, ...entry.notes },
  };
  await records.ceremonies.save(ceremony.id, after);
  if (registers !== undefined)
    await records.cards.saveRegisters(card.serial, registers, core.secrets.keyVersion);
  if (outcome.rotationDue === true) await records.rotations.setDue(card.serial, ceremony.deskId);
  await record(records, {
    action: isNew ? actionOf(kind, { before, standing }, entry.action) : entry.action,
    at: now,
    actor: ceremony.operator,
    holder: ceremony.holder,
    cardSerial: card.serial,
    ceremonyId: ceremony.id,
    deskId: ceremony.deskId,
    details: {
      ...entry.details,
      phase: state.phase,
      ...(registers && { n: registers.n, hi: registers.hi }),
      ...(state.reason && { reason: state.reason }),
    },
  });
  return after;
}

/** When silence ends a ceremony that comes to stand like this now; what is over waits for nothing. */
export function deadlineFrom(
  { times }: Pick<StoredKind, "times">,
  standing: PhaseStanding,
  now: Date,
): Date | undefined {
  if (standing === "open") return new Date(now.getTime() + times.openMs);
  return standing === "released" ? new Date(now.getTime() + times.releasedMs) : undefined;
}

/** An end is recorded as that end, whichever event brought it; a report that came after it, as what it says. */
function actionOf(
  { actions }: Pick<StoredKind, "actions">,
  { before, standing }: { readonly before: PhaseStanding; readonly standing: PhaseStanding },
  action: Fact["action"],
): Fact["action"] {
  if (standing === "aborted" || standing === "uncertain") return actions[standing];
  return before === "uncertain" ? actions.settled : action;
}
