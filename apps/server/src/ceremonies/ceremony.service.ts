import {
  type Ceremony,
  type CommonEvent,
  type EndReason,
  type PhaseStanding,
  type Records,
  type Session,
  type Smartcard,
  standingOf,
} from "@lanyard/identity";
import { isIn } from "../sessions/session.service.ts";
import { type FindsDesks, releaseCard } from "./holder-card.ts";
import type { StoredKind } from "./kind.ts";
import { commitStep, type StepCore, stepIn } from "./runner.ts";

/** How many overdue ceremonies one round ends, and how far back unfinished ones of one card are looked for. */
const LIMITS = { overdue: 100, settle: 20 } as const;

/** What this room needs of the server. */
export type CeremonyCore = StepCore & FindsDesks;

/** What happens to ceremonies from outside: time runs out, cards move, sessions end, a later signature settles. */
export class CeremonyService {
  readonly #core: CeremonyCore;

  constructor(core: CeremonyCore) {
    this.#core = core;
  }

  standing(ceremony: Ceremony): PhaseStanding {
    return standingOf(this.#kind(ceremony), ceremony.state);
  }

  /** Ends it, unless the card may have changed: then nothing happens here, and its own end is waited for. */
  async abort(ceremony: Ceremony, reason: EndReason): Promise<void> {
    const kind = this.#kind(ceremony);
    const event: CommonEvent = { type: "abort", reason };
    const entry = { action: kind.actions.aborted };
    const step = await commitStep(this.#core, { kind, id: ceremony.id, event, entry });
    if (step !== undefined) releaseCard(this.#core, ceremony.deskId, ceremony.id);
  }

  /** The agent gave its visit up: nothing was done to any card. */
  async abortById(id: string, reason: EndReason): Promise<void> {
    const ceremony = await this.#core.store.transaction((records) => records.ceremonies.find(id));
    if (ceremony !== undefined) await this.abort(ceremony, reason);
  }

  /** The session has ended: before release nothing is left to repair, after it the burst is finished all the same. */
  async abortOfSession(session: Session, reason: EndReason): Promise<void> {
    const ceremony = await this.#openAtDesk(session.deskId);
    if (ceremony?.sessionId === session.id) await this.abort(ceremony, reason);
  }

  /** The desk was shut out: what was not released ends; what was is in doubt, by its deadline. */
  async abortAtDesk(deskId: string, reason: EndReason): Promise<void> {
    const ceremony = await this.#openAtDesk(deskId);
    if (ceremony !== undefined) await this.abort(ceremony, reason);
  }

  /** The desk's readers changed: the ceremony ends if its card has gone. */
  async checkDesk(deskId: string): Promise<void> {
    const ceremony = await this.#openAtDesk(deskId);
    if (ceremony === undefined) return;
    const view = (await this.#core.links.find(deskId))?.view;
    if (view !== undefined && isIn(view, ceremony.insertion)) return;
    await this.abort(ceremony, "holder_card_removed");
  }

  /** Ends what has run out of time. */
  async checkAll(): Promise<void> {
    const late = await this.#core.store.transaction((records) =>
      records.ceremonies.overdue(this.#core.now(), LIMITS.overdue),
    );
    for (const ceremony of late)
      if (this.standing(ceremony) === "released") await this.#doubt(ceremony);
      else await this.abort(ceremony, "timed_out");
  }

  /** A card's 9A key signed something: what was uncertain about that card is settled. */
  async settle(records: Records, card: Smartcard): Promise<void> {
    const latestFirst = await records.ceremonies.ofCard(card.serial, LIMITS.settle);
    for (const [index, ceremony] of latestFirst.entries()) {
      if (this.standing(ceremony) !== "uncertain") continue;
      const kind = this.#kind(ceremony);
      const releasedSince = latestFirst
        .slice(0, index)
        .some((later) => this.#kind(later).hasReleased(later.state));
      const event: CommonEvent = { type: "signed_later", releasedSince };
      const entry = { action: kind.actions.settled };
      await stepIn(this.#core, records, { kind, id: ceremony.id, event, entry });
    }
  }

  #kind(ceremony: Ceremony): StoredKind {
    const kind = this.#core.kinds.find((one) => one.kind === ceremony.kind);
    // The store has let none of another kind in.
    if (kind === undefined) throw new TypeError("There is no ceremony of that kind.");
    return kind;
  }

  #openAtDesk(deskId: string): Promise<Ceremony | undefined> {
    return this.#core.store.transaction((records) => records.ceremonies.openAtDesk(deskId));
  }

  async #doubt(ceremony: Ceremony): Promise<void> {
    const kind = this.#kind(ceremony);
    const event: CommonEvent = { type: "lost", reason: "agent_gone" };
    const entry = { action: kind.actions.uncertain };
    await commitStep(this.#core, { kind, id: ceremony.id, event, entry });
    releaseCard(this.#core, ceremony.deskId, ceremony.id);
  }
}
