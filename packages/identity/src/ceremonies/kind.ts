import type { Ceremony } from "../ports.ts";
import type { PukRegisters } from "../registers.ts";
import type { CardProfile } from "../smartcard.ts";

/** What a phase means to whoever looks in from outside, whatever kind of ceremony it is. */
export type PhaseStanding =
  /** Under way, and the card is as it was: an end leaves nothing to repair. */
  | "open"
  /** Under way, and the card may have changed: silence becomes doubt, and is never called an abort. */
  | "released"
  /** Nobody knows what the card did. A later signature of the card settles it. */
  | "uncertain"
  /** Ended for a reason that is told, and the card is as it was. */
  | "aborted"
  | "over";

/** Why any ceremony may end without success, or be in doubt. A kind adds its own. */
export const END_REASONS = [
  "operator_card_removed",
  "holder_card_removed",
  "session_ended",
  "cancelled",
  "timed_out",
  "replaced",
  "agent_gone",
  "answer_lost",
  "proof_missing",
  "proof_invalid",
] as const;

export type EndReason = (typeof END_REASONS)[number];

/** What happens to a ceremony from outside. Every kind's table has these columns. */
export type CommonEvent =
  | { readonly type: "abort"; readonly reason: EndReason }
  /** Silence, removal, a status word that may mean either: nobody knows what the card did. */
  | { readonly type: "lost"; readonly reason: EndReason }
  /** A later valid 9A signature of the same card. `releasedSince`: another ceremony may have changed it meanwhile. */
  | { readonly type: "signed_later"; readonly releasedSince: boolean };

/** What one kind of ceremony is made of. */
export interface CeremonyTypes {
  readonly state: { readonly phase: string; readonly reason: string | undefined };
  readonly event: { readonly type: string };
  /** What must be done after a commit. */
  readonly command: { readonly type: string };
  /** What the server remembers beside the state: nonces above all. */
  readonly notes: object;
}

/** A ceremony and the card it is about, as both were before the event. */
export interface CeremonyContext<Types extends CeremonyTypes = CeremonyTypes> {
  readonly ceremony: Types["state"];
  readonly registers: PukRegisters;
  readonly profile: CardProfile;
  /** Another ceremony may have changed the card after this one did. Only reports that come late ask for it. */
  readonly releasedSince?: boolean;
}

export interface CeremonyOutcome<Types extends CeremonyTypes = CeremonyTypes> {
  readonly ceremony: Types["state"];
  /** Only from a kind that moves the card's PUK. */
  readonly registers?: PukRegisters;
  readonly commands: readonly Types["command"][];
  /** The PC of this desk knows the card's PUK: it is to be changed at any other. */
  readonly rotationDue?: boolean;
}

/** One kind of ceremony: its table, and all that those who serve every kind alike must know of it. */
export interface CeremonyKind<Types extends CeremonyTypes = CeremonyTypes> {
  /** Its name in the records. Never changes meaning. */
  readonly kind: string;
  /** Every phase there is. */
  readonly phases: Readonly<Record<Types["state"]["phase"], PhaseStanding>>;
  /** How long it may stay open before it is aborted, and released before it is in doubt. */
  readonly times: { readonly openMs: number; readonly releasedMs: number };
  /** Decides one event; `undefined` when it is out of order and must change nothing. */
  step(
    context: CeremonyContext<Types>,
    event: Types["event"] | CommonEvent,
  ): CeremonyOutcome<Types> | undefined;
  /** Whether it ever came so far that the card may have changed. */
  hasReleased(state: Types["state"]): boolean;
}

/** DESIGN 4: fifteen minutes to be authorised, sixty seconds from release to UNCERTAIN. */
export const CEREMONY_TIMES = { openMs: 15 * 60_000, releasedMs: 60_000 } as const;

/** How a ceremony of this kind stands. A phase that the kind does not have is none of its ceremonies'. */
export function standingOf<Types extends CeremonyTypes>(
  kind: CeremonyKind<Types>,
  state: Types["state"],
): PhaseStanding {
  const phases: Readonly<Record<string, PhaseStanding>> = kind.phases;
  return phases[state.phase] ?? "over";
}

/** Not yet over: it keeps its desk and its card to itself. */
export function isUnderWay(standing: PhaseStanding): boolean {
  return standing === "open" || standing === "released";
}

/** The store reads a ceremony by its own kind's schema, so its kind's name tells its types. */
export function isOfKind<Types extends CeremonyTypes>(
  kind: CeremonyKind<Types>,
  ceremony: Ceremony | undefined,
): ceremony is Ceremony<Types> {
  return ceremony?.kind === kind.kind;
}
