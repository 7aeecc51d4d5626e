import type { CardSeed, Person, Records, Smartcard } from "@lanyard/identity";
import { type JudgeParts, judge, orderOf, readCase } from "./judge.ts";
import type { SealRefusal } from "./messages.ts";
import { judgeRotation, readRotation } from "./rotation-judge.ts";

/** What asks to be sealed, whichever kind it is: an unlock, or a second touch. */
export interface Claim {
  readonly id: string;
  readonly card: Smartcard;
  readonly seed: CardSeed;
  /** Who signed for it. */
  readonly signer: Person;
  readonly ephemeralKey: string;
  readonly candidate: number | undefined;
  readonly next: number | undefined;
  /** The first proof that does not hold. */
  readonly refusal: SealRefusal | undefined;
}

/** Reads and judges it; only the reason when there is not even something to judge. */
export async function readClaim(
  records: Records,
  id: string,
  parts: JudgeParts,
): Promise<Claim | SealRefusal> {
  const rotation = await readRotation(records, id);
  if (rotation !== undefined) {
    const { card, seed, user: signer, proof } = rotation;
    const { candidate, next } = rotation.rotation.state;
    const refusal = judgeRotation(rotation, parts);
    const ephemeralKey = proof?.ephemeralKey ?? "";
    return { id, card, seed, signer, ephemeralKey, candidate, next, refusal };
  }
  const read = await readCase(records, id, parts);
  if (!read.ok) return read.reason;
  const { ceremony, card, seed, operator: signer } = read.found;
  const { ephemeralKey = "" } = ceremony.notes;
  const refusal = judge(read.found, parts);
  return { id, card, seed, signer, ephemeralKey, refusal, ...orderOf(ceremony) };
}
