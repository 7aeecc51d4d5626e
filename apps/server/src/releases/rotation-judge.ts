import {
  type AuditRecord,
  type CardSeed,
  candidates,
  cardStanding,
  certificateIn,
  type Person,
  type PukRotation,
  type Records,
  type Smartcard,
} from "@lanyard/identity";
import { type CardSignature, statements } from "@lanyard/wire";
import { z } from "zod";
import { isSignedBy } from "../certificates/signatures.ts";
import { CLOCK_TOLERANCE_MS, certified, type JudgeParts } from "./judge.ts";
import type { SealRefusal } from "./messages.ts";

/** A second touch, and everything it rests on: the card's own user signed for it at their sign-in. */
export interface RotationCase {
  readonly rotation: PukRotation;
  readonly card: Smartcard;
  readonly seed: CardSeed;
  readonly user: Person;
  readonly proof: RotationProof | undefined;
}

interface RotationProof {
  readonly signature: CardSignature;
  readonly ephemeralKey: string;
  readonly cardSerial: string;
  readonly n: number;
  readonly hi: number;
}

/** From the sign-in to the PUK's change, with a slow reader. */
const LONGEST_MS = 60_000;

export async function readRotation(
  records: Records,
  id: string,
): Promise<RotationCase | undefined> {
  const rotation = await records.rotations.find(id);
  const card = rotation && (await records.cards.find(rotation.cardSerial));
  const seed = card && (await records.cards.seedOf(card.serial));
  const user = card && (await records.people.find(card.careId));
  if (rotation === undefined || card === undefined) return undefined;
  if (seed === undefined || user === undefined) return undefined;
  return { rotation, card, seed, user, proof: proofIn(await records.audit.ofCeremony(id)) };
}

const entry = z.object({
  action: z.literal("card.rotation_released"),
  cardSerial: z.string(),
  details: z.object({
    algorithm: z.enum(["ES256", "ES384", "RS256"]),
    signature: z.base64(),
    ephemeralKey: z.base64(),
    n: z.number(),
    hi: z.number(),
  }),
});

/** The entry of its release, if there is one and no more. */
function proofIn(entries: readonly AuditRecord[]): RotationProof | undefined {
  const [released, ...more] = entries.flatMap(
    ({ leaf }) => entry.safeParse(JSON.parse(Buffer.from(leaf).toString("utf8"))).data ?? [],
  );
  if (released === undefined || more.length > 0) return undefined;
  const { algorithm, signature: value, ephemeralKey, n, hi } = released.details;
  const { cardSerial } = released;
  return { signature: { algorithm, value }, ephemeralKey, cardSerial, n, hi };
}

type Check = (found: RotationCase, parts: JudgeParts) => boolean;

/** As for an unlock, without an operator: nobody but the card's user, with its passcode, is asked. */
// biome-ignore format: one line per proof
const CHECKS: readonly (readonly [SealRefusal, Check])[] = [
  ["not_released",          ({ rotation }) => rotation.state.phase === "released"],
  ["stale",                 isFresh],
  ["not_on_record",         ({ card, proof }) => proof?.cardSerial === card.serial],
  ["registers_differ",      agreesWithRegisters],
  ["card_not_in_use",       ({ card }, { now }) => cardStanding(card, now()) === "in_date"],
  ["operator_not_entitled", ({ user }) => user.status === "open"],
  ["not_authorised",        isSigned],
];

/** `undefined`: nothing is wrong with it. */
export function judgeRotation(found: RotationCase, parts: JudgeParts): SealRefusal | undefined {
  return CHECKS.find(([, holds]) => !holds(found, parts))?.[0];
}

function isFresh({ rotation }: RotationCase, { now }: JudgeParts): boolean {
  const age = now().getTime() - rotation.startedAt.getTime();
  return age >= -CLOCK_TOLERANCE_MS && age <= LONGEST_MS + CLOCK_TOLERANCE_MS;
}

function agreesWithRegisters({ rotation, card, proof }: RotationCase): boolean {
  const { n, hi } = card.registers;
  const allowed = candidates(card.registers);
  const { candidate, next } = rotation.state;
  const wanted = [candidate, next].filter((index) => index !== undefined);
  const onRecord = proof?.n === n && proof.hi === hi;
  return onRecord && wanted.length > 0 && wanted.every((index) => allowed.includes(index));
}

/** 9A signed, after its passcode, for this change of this card and this key of the agent. */
function isSigned({ rotation, card, proof }: RotationCase, parts: JudgeParts): boolean {
  const verified = certified(card, "9A", parts);
  if (verified === undefined || proof === undefined) return false;
  const message = statements.rotation({
    origin: parts.config.origin,
    rotation: rotation.id,
    nonce: rotation.nonce,
    keyHash: certificateIn(card, "9E")?.keyHash ?? "",
    ephemeralKey: Buffer.from(proof.ephemeralKey, "base64"),
  });
  return isSignedBy(verified.publicKey, message, proof.signature);
}
