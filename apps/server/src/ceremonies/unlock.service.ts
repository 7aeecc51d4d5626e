import {
  beginUnlock,
  type CardPasscodeState,
  type Ceremony,
  cardStanding,
  certificateIn,
  type EvidenceKind,
  isOfKind,
  type Session,
  type Smartcard,
} from "@lanyard/identity";
import { record } from "../audit/record.ts";
import type { Core } from "../core.ts";
import { newNonce } from "../random.ts";
import type { VisitService } from "../visits/visit.service.ts";
import type { CeremonyService } from "./ceremony.service.ts";
import { heedHint } from "./hint.ts";
import {
  type CardRefusal,
  findHolderInsertion,
  isOwnCard,
  type ProvenCard,
  proveHolderCard,
  releaseCard,
} from "./holder-card.ts";
import { commitStep, stepIn } from "./runner.ts";
import { UNLOCK, type UnlockCeremony } from "./unlock-kind.ts";

interface Rooms {
  readonly visits: VisitService;
  readonly ceremonies: CeremonyService;
}

/** The operator's side of an unlock: everything up to the agent's page. */
export class UnlockService {
  readonly #core: Core;
  readonly #rooms: Rooms;

  constructor(core: Core, rooms: Rooms) {
    this.#core = core;
    this.#rooms = rooms;
  }

  /** Reads the holder's card by way of its own proof. `expectedSerial`: the device chosen by search. */
  start(session: Session, expectedSerial?: string): Promise<{ readonly id: string } | CardRefusal> {
    const { ceremonies } = this.#rooms;
    return start(this.#core, session, { expectedSerial, ceremonies });
  }

  /** The operator's own ceremony, whatever its phase. */
  async find(session: Session, id: string): Promise<UnlockCeremony | undefined> {
    const ceremony = await this.#core.store.transaction((records) => records.ceremonies.find(id));
    if (!isOfKind(UNLOCK, ceremony)) return undefined;
    return ceremony.operator === session.careId ? ceremony : undefined;
  }

  /** "This is the person", and by what evidence. `false`: too late. */
  async confirm(session: Session, id: string, evidence: EvidenceKind): Promise<boolean> {
    if (!(await this.#isOf(session, id))) return false;
    const entry = { action: "unlock.confirmed", details: { evidence } } as const;
    const event = { type: "person_confirmed", evidence } as const;
    return (await commitStep(this.#core, { kind: UNLOCK, id, event, entry })) !== undefined;
  }

  /** Unlock chosen: the address at the agent where the passcode is typed. `undefined`: not from here, not now. */
  async choose(session: Session, id: string, browser: string): Promise<string | undefined> {
    if (!(await this.#isOf(session, id))) return undefined;
    const chosen = await this.#core.store.transaction(async (records) => {
      const ceremony = await records.ceremonies.lock(id);
      const card = ceremony && (await records.cards.find(ceremony.cardSerial));
      if (card === undefined || !mayBeUnlocked(card, this.#core.now())) return undefined;
      const event = { type: "operation_chosen" } as const;
      const entry = { action: "unlock.chosen" } as const;
      return stepIn(this.#core, records, { kind: UNLOCK, id, event, entry });
    });
    if (chosen === undefined) return undefined;
    const { ceremony } = chosen;
    const { visits } = this.#rooms;
    return visits.start({ purpose: "ceremony", browser, sessionId: session.id, ceremony });
  }

  async #isOf(session: Session, id: string): Promise<boolean> {
    return (await this.find(session, id))?.sessionId === session.id;
  }
}

/** In date, or issued and waiting for its first passcode: the cards an unlock is for. */
export function mayBeUnlocked(card: Smartcard, now: Date): boolean {
  return ["in_date", "issued_locked"].includes(cardStanding(card, now));
}

interface Starting {
  readonly expectedSerial: string | undefined;
  readonly ceremonies: CeremonyService;
}

async function start(
  core: Core,
  session: Session,
  { expectedSerial, ceremonies }: Starting,
): Promise<{ readonly id: string } | CardRefusal> {
  const link = await core.links.find(session.deskId);
  const found = findHolderInsertion(link?.view, session.insertion);
  if ("reason" in found) return found;
  if (link === undefined) return { reason: "agent_not_running" };
  const open = await core.store.transaction((records) =>
    records.ceremonies.openAtDesk(session.deskId),
  );
  if (open !== undefined) {
    // A repeated POST answers as the first did.
    if (isSameStart(open, session, { ...found, expectedSerial })) return { id: open.id };
    if (ceremonies.standing(open) === "released") return { reason: "ceremony_running" };
    await ceremonies.abort(open, "replaced");
  }
  const proven = await proveHolderCard(core, link, found.insertion);
  if ("reason" in proven) return refuse(core, session, proven);
  const refusal = judge(session, proven, expectedSerial);
  if (refusal === undefined) return begin(core, session, { proven, expectedSerial, ceremonies });
  releaseCard(core, session.deskId, proven.ceremony);
  return refuse(core, session, refusal, proven.card);
}

function isSameStart(
  open: Ceremony,
  session: Session,
  wanted: { readonly insertion: string; readonly expectedSerial: string | undefined },
): boolean {
  return (
    isOfKind(UNLOCK, open) &&
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
  { proven, expectedSerial, ceremonies }: Beginning,
): Promise<{ readonly id: string } | CardRefusal> {
  const { card, ceremony: id } = proven;
  const elsewhere = await core.store.transaction((records) =>
    records.ceremonies.openOfCard(card.serial),
  );
  if (elsewhere !== undefined && ceremonies.standing(elsewhere) === "released") {
    releaseCard(core, session.deskId, id);
    return { reason: "ceremony_running" };
  }
  if (elsewhere !== undefined) await ceremonies.abort(elsewhere, "replaced");
  const ceremony = newCeremony(core, session, { proven, expectedSerial });
  await core.store.transaction(async (records) => {
    await records.ceremonies.add(ceremony);
    const { serial } = card;
    const finding = await heedHint(core, records, { serial, hint: proven.hint });
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
        ...finding,
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
): UnlockCeremony {
  const now = core.now();
  return {
    id: proven.ceremony,
    kind: UNLOCK.kind,
    state: beginUnlock(passcodeState(proven)),
    cardSerial: proven.card.serial,
    holder: proven.card.careId,
    operator: session.careId,
    deskId: session.deskId,
    sessionId: session.id,
    insertion: proven.insertion,
    expectedSerial,
    startedAt: now,
    deadline: new Date(now.getTime() + UNLOCK.times.openMs),
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
