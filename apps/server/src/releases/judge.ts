import {
  type CardSeed,
  candidates,
  cardStanding,
  certificateIn,
  isOfKind,
  mayPerform,
  organisationPath,
  type Person,
  parseRole,
  type Records,
  type Smartcard,
} from "@lanyard/identity";
import { statements } from "@lanyard/wire";
import { UNLOCK, type UnlockCeremony } from "../ceremonies/unlock-kind.ts";
import { isSignedBy } from "../certificates/signatures.ts";
import type { Trust, VerifiedCertificate } from "../certificates/trust.ts";
import type { Config } from "../config.ts";
import { permissionSettings } from "../http/visitor.ts";
import type { SealRefusal } from "./messages.ts";
import { proofsIn, type ReleaseProofs } from "./proofs.ts";

/** Everything that one release rests on, as this process read it itself. */
export interface ReleaseCase {
  readonly ceremony: UnlockCeremony;
  readonly card: Smartcard;
  readonly seed: CardSeed;
  readonly proofs: ReleaseProofs;
  readonly operatorCard: Smartcard;
  readonly operator: Person;
  readonly isEntitled: boolean;
}

/** What the judge brings itself, and takes from no request. */
export interface JudgeParts {
  readonly trust: Trust;
  readonly config: Pick<
    Config,
    "origin" | "authorise" | "unlockScope" | "administratorsSeeManageTab"
  >;
  now(): Date;
}

export type Found = { readonly ok: true; readonly found: ReleaseCase } | Refused;
export interface Refused {
  readonly ok: false;
  readonly reason: SealRefusal;
}

/** Reads the case from the database, in one transaction; a request brings nothing but the ceremony's id. */
export async function readCase(records: Records, id: string, parts: JudgeParts): Promise<Found> {
  const ceremony = await records.ceremonies.find(id);
  if (!isOfKind(UNLOCK, ceremony)) return { ok: false, reason: "ceremony_unknown" };
  const card = await records.cards.find(ceremony.cardSerial);
  const seed = await records.cards.seedOf(ceremony.cardSerial);
  const operator = await records.people.find(ceremony.operator);
  if (card === undefined || seed === undefined || operator === undefined)
    return { ok: false, reason: "ceremony_unknown" };
  const proofs = proofsIn(await records.audit.ofCeremony(id));
  const operatorCard = proofs && (await records.cards.find(proofs.operatorCard));
  if (proofs === undefined || operatorCard === undefined)
    return { ok: false, reason: "not_on_record" };
  const isEntitled = await mayOperatorUnlock(records, { operator, holder: card.careId }, parts);
  return {
    ok: true,
    found: { ceremony, card, seed, proofs, operatorCard, operator, isEntitled },
  };
}

async function mayOperatorUnlock(
  records: Records,
  { operator, holder }: { readonly operator: Person; readonly holder: Person["careId"] },
  { config, now }: JudgeParts,
): Promise<boolean> {
  const person = await records.people.find(holder);
  if (person === undefined || operator.status === "closed") return false;
  const roles = (await records.people.rolesOf(operator.careId, now())).flatMap((held) => {
    const role = parseRole(held.role);
    return role === undefined ? [] : [{ role, organisationCode: held.organisationCode }];
  });
  const organisations = await records.people.organisations();
  return mayPerform("unlock", { roles }, permissionSettings(config), {
    organisationPaths: [organisationPath(person.organisationCode, organisations)],
    isActor: operator.careId === holder,
  }).allowed;
}

type Check = (found: ReleaseCase, parts: JudgeParts) => boolean;

/** In this order: what was committed, then who the card is, then who asked for it. The first that fails is the reason. */
// biome-ignore format: one line per proof
const CHECKS: readonly (readonly [SealRefusal, Check])[] = [
  ["not_released",          isReleased],
  ["stale",                 isFresh],
  ["not_on_record",         isOnRecord],
  ["registers_differ",      agreesWithRegisters],
  ["card_not_proven",       isCardProven],
  ["card_not_in_use",       ({ card }, { now }) => ["in_date", "issued_locked"].includes(cardStanding(card, now()))],
  ["operator_not_entitled", isOperatorEntitled],
  ["not_authorised",        isAuthorised],
];

/** Checks every proof anew, whoever says that it has been checked. `undefined`: nothing is wrong with it. */
export function judge(found: ReleaseCase, parts: JudgeParts): SealRefusal | undefined {
  return CHECKS.find(([, holds]) => !holds(found, parts))?.[0];
}

function isReleased({ ceremony }: ReleaseCase): boolean {
  return UNLOCK.phases[ceremony.state.phase] === "released" && indicesOf(ceremony).length > 0;
}

/** Two who read one clock hear it a little apart. */
export const CLOCK_TOLERANCE_MS = 5_000;

/** Neither over time, nor given more of it than a release ever has. */
function isFresh({ ceremony }: ReleaseCase, { now }: JudgeParts): boolean {
  const left = ceremony.deadline.getTime() - now().getTime();
  const age = now().getTime() - ceremony.startedAt.getTime();
  const { openMs, releasedMs } = UNLOCK.times;
  const isOverdue = left < -CLOCK_TOLERANCE_MS || age > openMs + releasedMs + CLOCK_TOLERANCE_MS;
  const isFromTheFuture = left > releasedMs + CLOCK_TOLERANCE_MS || age < -CLOCK_TOLERANCE_MS;
  return !isOverdue && !isFromTheFuture;
}

function isOnRecord({ ceremony, proofs }: ReleaseCase): boolean {
  return proofs.operator === ceremony.operator && proofs.cardSerial === ceremony.cardSerial;
}

/**
 * Only what the committed registers allow {n..hi}, and only if the record says the same of them. For a frozen card also the
 * one index that a supervisor let it be tried at: the registers have it as the last one tried.
 */
function agreesWithRegisters({ ceremony, card, proofs }: ReleaseCase): boolean {
  const { n, hi, frozen, tried } = card.registers;
  const granted = frozen && tried === n - 1 ? [tried] : [];
  const allowed = [...candidates(card.registers), ...granted];
  const onRecord = proofs.registers.n === n && proofs.registers.hi === hi;
  return onRecord && indicesOf(ceremony).every((index) => allowed.includes(index));
}

/** The PUKs to seal: the one to try and the one to rotate to; after PIN_SET only that. */
export function orderOf({ state }: UnlockCeremony) {
  const candidate = state.phase === "pin_set" ? undefined : state.candidate;
  return { candidate, next: state.next };
}

function indicesOf(ceremony: UnlockCeremony): readonly number[] {
  const { candidate, next } = orderOf(ceremony);
  return [candidate, next].filter((index) => index !== undefined);
}

/** 9E signed N1 of this very ceremony: genuine, and here. */
function isCardProven({ ceremony, card, proofs }: ReleaseCase, parts: JudgeParts): boolean {
  const verified = certified(card, "9E", parts);
  if (verified === undefined || ceremony.holder !== card.careId) return false;
  const message = statements.cardProof({
    origin: parts.config.origin,
    ceremony: ceremony.id,
    keyHash: verified.keyHash,
    nonce: ceremony.notes.proofNonce,
  });
  return isSignedBy(verified.publicKey, message, proofs.cardProof);
}

function isOperatorEntitled(found: ReleaseCase, { now }: JudgeParts): boolean {
  const { operatorCard, ceremony, isEntitled } = found;
  const isTheirs = operatorCard.careId === ceremony.operator;
  return isEntitled && isTheirs && cardStanding(operatorCard, now()) === "in_date";
}

/** The operator's card signed for this unlock, this card, this evidence, and this key of the agent. */
function isAuthorised(found: ReleaseCase, parts: JudgeParts): boolean {
  const { ceremony, card, operatorCard, proofs } = found;
  const slot = parts.config.authorise === "passcode" ? "9C" : "9A";
  const verified = certified(operatorCard, slot, parts);
  const { evidence } = ceremony.state;
  const { ephemeralKey, authoriseNonce } = ceremony.notes;
  if (verified === undefined || evidence === undefined || ephemeralKey === undefined) return false;
  const message = statements.unlockAuthorise({
    ceremony: ceremony.id,
    careId: ceremony.holder,
    keyHash: certificateIn(card, "9E")?.keyHash ?? "",
    ephemeralKey: Buffer.from(ephemeralKey, "base64"),
    evidence,
    nonce: authoriseNonce,
  });
  return isSignedBy(verified.publicKey, message, proofs.authorisation);
}

/** The card's certificate by our own trust file, and only if it names this person, this card and the key on record. */
export function certified(
  card: Smartcard,
  slot: "9A" | "9C" | "9E",
  { trust }: JudgeParts,
): VerifiedCertificate | undefined {
  const certificate = certificateIn(card, slot);
  const verified = certificate && trust.verify(certificate.der);
  const isTheirs =
    verified?.keyHash === certificate?.keyHash &&
    verified?.careId === card.careId &&
    verified.cardSerial === card.serial;
  return isTheirs ? verified : undefined;
}
