import { createHash } from "node:crypto";
import {
  type CardStanding,
  cardStanding,
  certificateIn,
  type Desk,
  type Records,
  type Session,
  type Smartcard,
  type Visit,
} from "@lanyard/identity";
import { Refusal, type RefusalCode, type RequestOf, webEidValue } from "@lanyard/wire";
import { record } from "../audit/record.ts";
import { isSignedBy } from "../certificates/signatures.ts";
import type { Core } from "../core.ts";
import type { DeskOnLeash } from "../leash/desk-calls.ts";
import { hashOf, newCookieValue, newNonce } from "../random.ts";
import { isIn, type SessionService } from "../sessions/session.service.ts";
import type { VisitService } from "../visits/visit.service.ts";

/** Signing in by smartcard: the card proves itself to the agent's pinned server, the browser collects the session. */
export interface SignInService {
  /** The address at the agent to send the browser to. */
  start(browser: string): Promise<string>;
  /**
   * The operator's card signed the nonce.
   *
   * @throws {Refusal} the card's or the person's own reason, or that of the visit
   */
  prove(desk: DeskOnLeash, request: RequestOf<"sign_in">): Promise<{ readonly returnCode: string }>;
  /** The browser is back with a completed visit: the new session's cookie value. `undefined`: the card has gone meanwhile. */
  collect(visit: Visit): Promise<string | undefined>;
}

/** Told whenever a card's 9A key signed something new, whoever asked: it may settle what was uncertain. */
export type OnCardSigned = (records: Records, card: Smartcard, at: Date) => Promise<void>;

interface Rooms {
  readonly visits: VisitService;
  readonly sessions: SessionService;
  readonly onCardSigned: OnCardSigned;
  /** Begun and not waited for. */
  onSignedIn(session: Session): Promise<void>;
}

/** A card that may not be used says why, in one word; `issued_locked` has no passcode yet. */
const STANDING_REFUSALS: Readonly<Record<CardStanding, RefusalCode | undefined>> = {
  in_date: undefined,
  issued_locked: "card_locked",
  expired: "card_expired",
  cancelled: "card_cancelled",
  cleared: "card_cancelled",
  revoked: "card_cancelled",
};

export function createSignInService(core: Core, rooms: Rooms): SignInService {
  return {
    start: (browser) => rooms.visits.start({ purpose: "sign_in", browser, nonce: newNonce() }),
    prove: async (desk, request) => {
      const visit = await rooms.visits.bound(desk, request.visit);
      if (visit.purpose !== "sign_in" || visit.nonce === undefined)
        throw new Refusal("visit_unknown");
      const card = await recordingRefusal(
        core,
        desk,
        recogniseOperator(core, request, visit.nonce),
      );
      const refusal = await core.store.transaction((records) => judge(core, records, card, rooms));
      if (refusal !== undefined) {
        await recordRefusal(core, desk, card, refusal);
        throw new Refusal(refusal);
      }
      const returnCode = await rooms.visits.prove(visit.id, {
        careId: card.careId,
        cardSerial: card.serial,
        insertion: request.insertion,
        leashId: desk.leashId,
      });
      return { returnCode };
    },
    collect: (visit) => collect(core, rooms, visit),
  };
}

/** Signature, key on record, chain: in that order of trust, none of them by the card's own word. */
async function recogniseOperator(
  core: Core,
  request: RequestOf<"sign_in">,
  nonce: string,
): Promise<Smartcard> {
  const { token } = request;
  const verified = core.trust.verify(Buffer.from(token.unverifiedCertificate, "base64"));
  if (verified === undefined) throw new Refusal("card_not_genuine");
  const hash = token.algorithm === "ES384" ? "sha384" : "sha256";
  const value = webEidValue(core.config.origin, nonce, (bytes) =>
    createHash(hash).update(bytes).digest(),
  );
  const signature = { algorithm: token.algorithm, value: token.signature };
  if (!isSignedBy(verified.publicKey, value, signature)) throw new Refusal("signature_invalid");
  const card = await core.store.transaction((records) => records.cards.findByKey(verified.keyHash));
  if (card === undefined) throw new Refusal("card_unknown");
  const isTheAuthenticationKey = certificateIn(card, "9A")?.keyHash === verified.keyHash;
  if (!isTheAuthenticationKey) throw new Refusal("signature_invalid");
  if (card.careId !== verified.careId || card.serial !== verified.cardSerial)
    throw new Refusal("card_not_genuine");
  return card;
}

/** Expiry, revocation, card state and person state are separate refusals. */
async function judge(
  core: Core,
  records: Records,
  card: Smartcard,
  rooms: Rooms,
): Promise<RefusalCode | undefined> {
  // The signature was valid whatever follows: it proves that the card works with a passcode its user knows.
  await rooms.onCardSigned(records, card, core.now());
  const person = await records.people.find(card.careId);
  if (person === undefined) return "card_unknown";
  return STANDING_REFUSALS[cardStanding(card, core.now())] ?? closed(person.status);
}

function closed(status: "open" | "closed"): RefusalCode | undefined {
  return status === "closed" ? "person_closed" : undefined;
}

/** A card that nobody here knows, or that lies about itself, is in the record too: only without a name. */
async function recordingRefusal(
  core: Core,
  desk: Desk,
  recognised: Promise<Smartcard>,
): Promise<Smartcard> {
  try {
    return await recognised;
  } catch (error) {
    if (error instanceof Refusal) await recordRefusal(core, desk, undefined, error.code);
    throw error;
  }
}

function recordRefusal(
  core: Core,
  desk: Desk,
  card: Smartcard | undefined,
  reason: RefusalCode,
): Promise<void> {
  return core.store.transaction((records) =>
    record(records, {
      action: "session.refused",
      at: core.now(),
      actor: card?.careId,
      cardSerial: card?.serial,
      deskId: desk.id,
      details: { reason },
    }),
  );
}

async function collect(core: Core, rooms: Rooms, visit: Visit): Promise<string | undefined> {
  const { result, deskId } = visit;
  if (result === undefined || "gaveUp" in result || deskId === undefined) return undefined;
  const cookie = newCookieValue();
  const id = hashOf(cookie);
  const now = core.now();
  const session: Session = {
    ...{ id, ...result, leashId: result.leashId, deskId },
    ...{ startedAt: now, lastSeenAt: now, provenAt: now },
    ...{ endedAt: undefined, endReason: undefined },
  };
  // The agent first: from the commit on, a round of any node may ask it for a proof of this session.
  if (!(await beginAtDesk(core, deskId, session))) return undefined;
  const before = await core.store.transaction(async (records) => {
    const desk = await records.desks.lock(deskId);
    if (desk === undefined || desk.revokedAt !== undefined) return undefined;
    const open = await records.sessions.openAtDesk(deskId);
    await records.sessions.add(session);
    await record(records, {
      action: "session.started",
      at: now,
      actor: result.careId,
      cardSerial: result.cardSerial,
      deskId,
      details: { session: id },
    });
    return open;
  });
  if (before === undefined) return undefined;
  await Promise.all(before.map((session) => rooms.sessions.end(session.id, "replaced")));
  // Pulled before there was a session to end: nobody would have heard of it.
  const link = await core.links.find(deskId);
  if (link === undefined || !isIn(link.view, result.insertion)) {
    await rooms.sessions.end(id, "card_removed");
    return undefined;
  }
  void rooms.onSignedIn(session);
  return cookie;
}

/** Whether the desk keeps the card connected for this session from now on. */
async function beginAtDesk(core: Core, deskId: string, session: Session): Promise<boolean> {
  try {
    const link = await core.links.need(deskId);
    await link.call("session_begin", { session: session.id, insertion: session.insertion });
    return true;
  } catch {
    return false;
  }
}
