import { cardStanding, type Records, type Session, type SessionEndReason } from "@lanyard/identity";
import {
  type DeskView,
  LEASH_TIMES,
  LeashLost,
  Refusal,
  type RefusalCode,
  statements,
} from "@lanyard/wire";
import { record } from "../audit/record.ts";
import { isSignedByCard } from "../certificates/card-signature.ts";
import type { Core } from "../core.ts";
import type { DeskLink } from "../leash/links.ts";
import { newNonce } from "../random.ts";

/** [SP800-63B §2.3.3]: twelve hours in all, fifteen minutes without a request. */
export const SESSION_LIMITS = { absoluteMs: 12 * 3_600_000, idleMs: 15 * 60_000 } as const;

/** A request is written down at most this often: a page view should not cost a commit. */
const TOUCH_EVERY_MS = 10_000;

/** Told when a session has ended, at the node that ended it: what must follow is done once. */
type EndListener = (session: Session, reason: SessionEndReason) => void;

/** The sessions: each hangs on one card, in one insertion, at one desk. */
export class SessionService {
  readonly #core: Core;
  readonly #listeners = new Set<EndListener>();
  /** Who shows a session, by its id: told of its end at whichever node. */
  readonly #watchers = new Map<string, Set<() => void>>();

  constructor(core: Core) {
    this.#core = core;
    core.bus.listen((message) => {
      if (message.type === "session_ended") this.#gone(message.session);
      if (message.type === "missed") this.checkWatched().catch(this.#failed);
    });
  }

  /** The session if it still stands, now; one that has run out is ended here. */
  async current(id: string): Promise<Session | undefined> {
    const session = await this.#core.store.transaction(async (records) => {
      const found = await records.sessions.find(id);
      if (found === undefined || found.endedAt !== undefined) return undefined;
      const stale = this.#core.now().getTime() - found.lastSeenAt.getTime() > TOUCH_EVERY_MS;
      if (stale && this.#overdue(found) === undefined)
        await records.sessions.touch(id, { lastSeenAt: this.#core.now() });
      return found;
    });
    const reason = session && this.#overdue(session);
    if (session === undefined || reason === undefined) return session;
    await this.end(id, reason);
    return undefined;
  }

  /** Ends it once; the first reason stays. Tells the listeners, and the desk to let the card go. */
  async end(id: string, reason: SessionEndReason): Promise<void> {
    const session = await this.#core.store.transaction((records) =>
      this.#close(records, id, reason),
    );
    if (session === undefined) return;
    this.#core.bus.tell({ type: "session_ended", session: id });
    this.#core.log.info({ session: id.slice(0, 8), desk: session.deskId, reason }, "session.ended");
    for (const listener of this.#listeners) listener(session, reason);
    this.#gone(id);
    this.#core.links
      .find(session.deskId)
      .then((link) => link?.call("session_end", { session: id }))
      .catch(() => undefined);
  }

  /** One round over every open session: limits, silence, and a presence proof from each card whose leash ends here. */
  async checkAll(): Promise<void> {
    const sessions = await this.#core.store.transaction((records) => records.sessions.open());
    await Promise.all(sessions.map((session) => this.#check(session)));
  }

  /** Whether the session's card and account may be used today: either may be ended while somebody is signed in. */
  async mayGoOn(session: Session): Promise<boolean> {
    const found = await this.#core.store.transaction(async (records) => {
      const person = await records.people.find(session.careId);
      const card = await records.cards.find(session.cardSerial);
      return person && card && { person, card };
    });
    if (found === undefined || found.person.status === "closed") return false;
    return cardStanding(found.card, this.#core.now()) === "in_date";
  }

  /** A desk's readers changed: a session whose card is gone ends at once. */
  async checkDesk(deskId: string): Promise<void> {
    const view = this.#core.links.here(deskId)?.view;
    if (view === undefined || this.#core.config.removal === "ignore") return;
    const sessions = await this.#openAtDesk(deskId);
    const gone = sessions.filter((session) => !isIn(view, session.insertion));
    await Promise.all(gone.map((session) => this.end(session.id, "card_removed")));
  }

  /** Calls `onGone` when that session has ended, at this node or at another. */
  watch(id: string, onGone: () => void): () => void {
    const watchers = this.#watchers.get(id) ?? new Set();
    watchers.add(onGone);
    this.#watchers.set(id, watchers);
    return () => {
      watchers.delete(onGone);
      if (watchers.size === 0 && this.#watchers.get(id) === watchers) this.#watchers.delete(id);
    };
  }

  /** Looks every watched session up: word of its end may have been lost with the node that ended it. */
  async checkWatched(): Promise<void> {
    const ids = [...this.#watchers.keys()];
    const open = await this.#core.store.transaction(({ sessions }) => sessions.openAmong(ids));
    for (const id of ids) if (!open.has(id)) this.#gone(id);
  }

  onEnd(listener: EndListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  readonly #failed = (error: unknown): void =>
    this.#core.log.error({ err: error }, "session.check_failed");

  #gone(id: string): void {
    for (const onGone of this.#watchers.get(id) ?? []) onGone();
  }

  #openAtDesk(deskId: string): Promise<readonly Session[]> {
    return this.#core.store.transaction((records) => records.sessions.openAtDesk(deskId));
  }

  async #close(
    records: Records,
    id: string,
    reason: SessionEndReason,
  ): Promise<Session | undefined> {
    const at = this.#core.now();
    const session = await records.sessions.find(id);
    if (session === undefined || !(await records.sessions.end(id, at, reason))) return undefined;
    await record(records, {
      action: "session.ended",
      at,
      actor: session.careId,
      cardSerial: session.cardSerial,
      deskId: session.deskId,
      details: { session: id, reason },
    });
    return session;
  }

  #overdue(session: Session): SessionEndReason | undefined {
    const now = this.#core.now().getTime();
    if (now - session.startedAt.getTime() > SESSION_LIMITS.absoluteMs) return "absolute_limit";
    if (now - session.lastSeenAt.getTime() > SESSION_LIMITS.idleMs) return "idle";
    if (this.#core.config.removal === "ignore") return undefined;
    if (now - session.provenAt.getTime() > LEASH_TIMES.silenceMs) return "agent_silent";
    return undefined;
  }

  async #check(session: Session): Promise<void> {
    const reason = this.#overdue(session);
    if (reason !== undefined) return this.end(session.id, reason);
    const link = this.#core.links.here(session.deskId);
    const isIgnored = this.#core.config.removal === "ignore";
    // Whoever holds the leash looks after it; nobody does, and its silence ends it.
    if (link === undefined && !isIgnored) return;
    if (!(await this.mayGoOn(session))) return this.end(session.id, "card_ended");
    if (link === undefined || isIgnored) return;
    // 9A fails if the card lost power: the first proof over a leash is by it, whichever node holds that leash.
    const slot = session.leashId === link.leashId ? "9E" : "9A";
    const outcome = await provePresence(this.#core, session, { link, slot });
    if (outcome === "gone") return this.end(session.id, "card_removed");
    if (outcome === "refused") return this.end(session.id, "proof_failed");
    if (outcome === "silent") return;
    const change = { provenAt: this.#core.now(), leashId: link.leashId };
    await this.#core.store.transaction((records) => records.sessions.touch(session.id, change));
  }
}

/** What a refused proof says, when it says anything but "refused". */
const REFUSED_PROOFS: Readonly<Partial<Record<RefusalCode, "gone" | "silent">>> = {
  card_not_ready: "gone",
  card_busy: "silent",
};

/** Whether this insertion is still in one of the desk's readers. */
export function isIn(view: DeskView, insertion: string): boolean {
  return view.readers.some((reader) => reader.state !== "empty" && reader.insertion === insertion);
}

/**
 * `silent`: no answer, so nothing is known. `gone`: the card is out, and the desk's word of it is on its way.
 * `refused`: the card would not, or signed something else.
 */
async function provePresence(
  core: Core,
  session: Session,
  { link, slot }: { readonly link: DeskLink; readonly slot: "9A" | "9E" },
): Promise<"proven" | "refused" | "gone" | "silent"> {
  const nonce = newNonce();
  try {
    const { signature } = await link.call("presence", { session: session.id, nonce, slot });
    const card = await core.store.transaction((records) => records.cards.find(session.cardSerial));
    const message = statements.presence({ origin: core.config.origin, session: session.id, nonce });
    const isTheirs = isSignedByCard(core.trust, card, { slot, message, signature });
    return isTheirs ? "proven" : "refused";
  } catch (error) {
    if (error instanceof LeashLost) return "silent";
    if (error instanceof Refusal) return REFUSED_PROOFS[error.code] ?? "refused";
    throw error;
  }
}
