import {
  beginUnlock,
  type CardPasscodeState,
  type Ceremony,
  cardStanding,
  certificateIn,
  type EvidenceKind,
  isReleased,
  type Records,
  type Session,
  type Smartcard,
  type UnlockEndReason,
} from "@lanyard/identity";
import { record } from "../audit/record.ts";
import type { Core } from "../core.ts";
import { newNonce } from "../random.ts";
import { isIn } from "../sessions/session.service.ts";
import type { VisitService } from "../visits/visit.service.ts";
import {
  type CardRefusal,
  findHolderInsertion,
  isOwnCard,
  type ProvenCard,
  proveHolderCard,
  releaseCard,
} from "./holder-card.ts";
import { CEREMONY_TIMES, commitStep, stepIn } from "./unlock-runner.ts";

/** The operator's side of an unlock: everything up to the agent's page, and every end that comes from outside. */
export class UnlockService {
  readonly #core: Core;
  readonly #visits: VisitService;

  constructor(core: Core, visits: VisitService) {
    this.#core = core;
    this.#visits = visits;
  }

  /** Reads the holder's card by way of its own proof. `expectedSerial`: the device chosen by search. */
  start(session: Session, expectedSerial?: string): Promise<{ readonly id: string } | CardRefusal> {
    const abort = (ceremony: Ceremony, reason: UnlockEndReason) => this.#abort(ceremony, reason);
    return start(this.#core, session, { expectedSerial, abort });
  }

  /** The operator's own ceremony, whatever its phase. */
  async find(session: Session, id: string): Promise<Ceremony | undefined> {
    const ceremony = await this.#core.store.transaction((records) => records.ceremonies.find(id));
    return ceremony?.operator === session.careId ? ceremony : undefined;
  }

  /** "This is the person", and by what evidence. `false`: too late. */
  async confirm(session: Session, id: string, evidence: EvidenceKind): Promise<boolean> {
    if (!(await this.#isOf(session, id))) return false;
    const entry = { action: "unlock.confirmed", details: { evidence } } as const;
    const event = { type: "person_confirmed", evidence } as const;
    return (await commitStep(this.#core, id, event, entry)) !== undefined;
  }

  /** Unlock chosen: the address at the agent where the passcode is typed. `undefined`: not from here, not now. */
  async choose(session: Session, id: string, browser: string): Promise<string | undefined> {
    if (!(await this.#isOf(session, id))) return undefined;
    const chosen = await this.#core.store.transaction(async (records) => {
      const ceremony = await records.ceremonies.lock(id);
      const card = ceremony && (await records.cards.find(ceremony.cardSerial));
      if (card === undefined || !mayBeUnlocked(card, this.#core.now())) return undefined;
      const event = { type: "operation_chosen" } as const;
      return stepIn(this.#core, records, { id, event, entry: { action: "unlock.chosen" } });
    });
    if (chosen === undefined) return undefined;
    const { ceremony } = chosen;
    return this.#visits.start({ purpose: "unlock", browser, sessionId: session.id, ceremony });
  }

  /** The session has ended: before release nothing is left to repair, after it the burst is finished all the same. */
  async abortOfSession(session: Session, reason: UnlockEndReason): Promise<void> {
    const ceremony = await this.#openAtDesk(session.deskId);
    if (ceremony?.sessionId === session.id) await this.#abort(ceremony, reason);
  }

  /** The desk's readers changed: the ceremony ends if its card has gone. */
  async checkDesk(deskId: string): Promise<void> {
    const ceremony = await this.#openAtDesk(deskId);
    if (ceremony === undefined) return;
    const view = this.#core.links.find(deskId)?.view;
    if (view !== undefined && isIn(view, ceremony.insertion)) return;
    await this.#abort(ceremony, "holder_card_removed");
  }

  /** Ends what has run out of time. */
  async checkAll(): Promise<void> {
    const late = await this.#core.store.transaction((records) =>
      records.ceremonies.overdue(this.#core.now(), 100),
    );
    for (const ceremony of late)
      if (isReleased(ceremony.state.phase)) await this.#doubt(ceremony);
      else await this.#abort(ceremony, "timed_out");
  }

  /** A card's 9A key signed something: what was uncertain about that card is settled. */
  settle(records: Records, card: Smartcard): Promise<void> {
    return settle(this.#core, records, card);
  }

  #openAtDesk(deskId: string): Promise<Ceremony | undefined> {
    return this.#core.store.transaction((records) => records.ceremonies.openAtDesk(deskId));
  }

  async #isOf(session: Session, id: string): Promise<boolean> {
    return (await this.find(session, id))?.sessionId === session.id;
  }

  async #abort(ceremony: Ceremony, reason: UnlockEndReason): Promise<void> {
    const event = { type: "abort", reason } as const;
    const step = await commitStep(this.#core, ceremony.id, event, { action: "unlock.aborted" });
    if (step !== undefined) releaseCard(this.#core, ceremony.deskId, ceremony.id);
  }

  async #doubt(ceremony: Ceremony): Promise<void> {
    const event = { type: "lost", reason: "agent_gone" } as const;
    await commitStep(this.#core, ceremony.id, event, { action: "unlock.uncertain" });
    releaseCard(this.#core, ceremony.deskId, ceremony.id);
  }
}

/** In date, or issued and waiting for its first passcode: the cards an unlock is for. */
export function mayBeUnlocked(card: Smartcard, now: Date): boolean {
  return ["in_date", "issued_locked"].includes(cardStanding(card, now));
}

interface Starting {
  readonly expectedSerial: string | undefined;
  abort(ceremony: Ceremony, reason: UnlockEndReason): Promise<void>;
}

async function start(
  core: Core,
  session: Session,
  { expectedSerial, abort }: Starting,
): Promise<{ readonly id: string } | CardRefusal> {
  const link = core.links.find(session.deskId);
  const found = findHolderInsertion(link?.view, session.insertion);
  if ("reason" in found) return found;
  if (link === undefined) return { reason: "agent_not_running" };
  const open = await core.store.transaction((records) =>
    records.ceremonies.openAtDesk(session.deskId),
  );
  if (open !== undefined) {
    // A repeated POST answers as the first did.
    if (isSameStart(open, session, { ...found, expectedSerial })) return { id: open.id };
    if (isReleased(open.state.phase)) return { reason: "ceremony_running" };
    await abort(open, "replaced");
  }
  const proven = await proveHolderCard(core, link, found.insertion);
  if ("reason" in proven) return refuse(core, session, proven);
  const refusal = judge(session, proven, expectedSerial);
  if (refusal === undefined) return begin(core, session, { proven, expectedSerial, abort });
  releaseCard(core, session.deskId, proven.ceremony);
  return refuse(core, session, refusal, proven.card);
}

function isSameStart(
  open: Ceremony,
  session: Session,
  wanted: { readonly insertion: string; readonly expectedSerial: string | undefined },
): boolean {
  return (
    open.sessionId === session.id &&
    open.insertion === wanted.insertion &&
    open.expectedSerial === wanted.expectedSerial
  );
}

function judge(
  session: Session,
  { card }: ProvenCard,
  expectedSerial: string | undefined,
): CardRefusal | undefined {
  if (expectedSerial !== undefined && expectedSerial !== card.serial)
    return { reason: "another_card", expected: expectedSerial, found: card.serial };
  return isOwnCard(session, card) ? { reason: "own_card" } : undefined;
}

async function refuse(
  core: Core,
  session: Session,
  refusal: CardRefusal,
  card?: Smartcard,
): Promise<CardRefusal> {
  await core.store.transaction((records) =>
    record(records, {
      action: "card.refused",
      at: core.now(),
      actor: session.careId,
      holder: card?.careId,
      cardSerial: card?.serial,
      deskId: session.deskId,
      details: { ...refusal },
    }),
  );
  return refusal;
}

interface Beginning extends Starting {
  readonly proven: ProvenCard;
}

/** One open ceremony per card: one that is open elsewhere gives way, unless its PUK has been released. */
async function begin(
  core: Core,
  session: Session,
  { proven, expectedSerial, abort }: Beginning,
): Promise<{ readonly id: string } | CardRefusal> {
  const { card, ceremony: id } = proven;
  const elsewhere = await core.store.transaction((records) =>
    records.ceremonies.openOfCard(card.serial),
  );
  if (elsewhere !== undefined && isReleased(elsewhere.state.phase)) {
    releaseCard(core, session.deskId, id);
    return { reason: "ceremony_running" };
  }
  if (elsewhere !== undefined) await abort(elsewhere, "replaced");
  const ceremony = newCeremony(core, session, { proven, expectedSerial });
  await core.store.transaction(async (records) => {
    await records.ceremonies.add(ceremony);
    await record(records, {
      action: "card.proven",
      at: ceremony.startedAt,
      actor: session.careId,
      holder: card.careId,
      cardSerial: card.serial,
      ceremonyId: id,
      deskId: session.deskId,
      details: {
        passcode: proven.passcode.state,
        origin: core.config.origin,
        keyHash: certificateIn(card, "9E")?.keyHash ?? "",
        nonce: proven.proofNonce,
        algorithm: proven.signature.algorithm,
        signature: proven.signature.value,
      },
    });
  });
  return { id };
}

function newCeremony(
  core: Core,
  session: Session,
  { proven, expectedSerial }: Pick<Beginning, "proven" | "expectedSerial">,
): Ceremony {
  const now = core.now();
  return {
    id: proven.ceremony,
    kind: "unlock",
    state: beginUnlock(passcodeState(proven)),
    cardSerial: proven.card.serial,
    holder: proven.card.careId,
    operator: session.careId,
    deskId: session.deskId,
    sessionId: session.id,
    insertion: proven.insertion,
    expectedSerial,
    startedAt: now,
    deadline: new Date(now.getTime() + CEREMONY_TIMES.authoriseMs),
    notes: {
      proofNonce: proven.proofNonce,
      authoriseNonce: newNonce(),
      doneNonce: newNonce(),
      ephemeralKey: undefined,
    },
  };
}

function passcodeState({ passcode }: ProvenCard): CardPasscodeState {
  return passcode.state === "tries_left" ? { triesLeft: passcode.triesLeft } : passcode.state;
}

/** How far back unfinished unlocks of one card are looked for. */
const SETTLE_LIMIT = 20;

async function settle(core: Core, records: Records, card: Smartcard): Promise<void> {
  const latestFirst = await records.ceremonies.ofCard(card.serial, SETTLE_LIMIT);
  for (const [index, ceremony] of latestFirst.entries()) {
    if (ceremony.state.phase !== "uncertain") continue;
    const releasedSince = latestFirst
      .slice(0, index)
      .some((later) => later.state.candidate !== undefined);
    const event = { type: "signed_later", releasedSince } as const;
    await stepIn(core, records, { id: ceremony.id, event, entry: { action: "unlock.settled" } });
  }
}
