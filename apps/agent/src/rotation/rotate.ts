import { type Secret, toBase64 } from "@lanyard/bytes";
import { CardError, isCardLost, type ReferenceDataOutcome } from "@lanyard/piv";
import { Refusal, type ReplyOf, type RequestOf, statements } from "@lanyard/wire";
import { signStatement } from "../desk/card-key.ts";
import type { CardHands, HeldCard } from "../desk/held-card.ts";
import { isSameCard } from "../desk/same-card.ts";
import type { Leash } from "../leash/leash.ts";
import { MANAGEMENT_ALGORITHM, readHint, writeHint } from "../unlock/hint.ts";
import { makeSealingKey, type SealingKey } from "../unlock/sealed-puks.ts";

export interface RotationOrder {
  readonly request: RequestOf<"puk_rotate">;
  /** The card of the session. */
  readonly card: HeldCard;
  readonly leash: Pick<Leash, "call">;
  readonly serverOrigin: string;
  random(bytes: number): Uint8Array;
}

/**
 * Changes the PUK of a card whose user has just signed in: the card signs for it, the server releases both PUKs to a key of
 * ours, and CHANGE REFERENCE DATA is sent once. The card stays verified; nobody waits.
 *
 * @throws {Refusal} before anything was done to the card
 * @throws {CardError} `card/removed` | `card/reset` | `card/transport`, before the PUK was changed
 */
export async function rotatePuk(order: RotationOrder): Promise<ReplyOf<"puk_rotate">> {
  const { rotation, keyHash } = order.request;
  const sealingKey = await makeSealingKey({ ceremony: rotation, keyHash });
  return order.card.use(async (hands) => {
    if (!(await isSameCard(hands, keyHash, order.random))) throw new Refusal("card_not_ready");
    const released = await askRelease(hands, order, sealingKey);
    const puks = await sealingKey.open(released.release);
    try {
      const hint = released.hint && (await writeHint(hands.piv, released.hint));
      const changed = await change(hands, puks);
      return { ...changed, ...(hint && { hint: hint.statusWord }) };
    } finally {
      puks.candidate?.wipe();
      puks.next?.wipe();
    }
  });
}

/** The challenge is the last thing the card says before the hint is written: any command in between uses it up. */
async function askRelease(
  hands: CardHands,
  { request, leash, serverOrigin: origin }: RotationOrder,
  sealingKey: SealingKey,
): Promise<ReplyOf<"rotation_release">> {
  const { rotation, keyHash, nonce } = request;
  const { publicKey: ephemeralKey } = sealingKey;
  const statement = statements.rotation({ origin, rotation, keyHash, ephemeralKey, nonce });
  const key = await hands.key("9a");
  const signature = await signStatement(hands.piv, "9a", { key, statement });
  const shown = await readHint(hands.piv);
  const challenge = request.hint
    ? await hands.piv.askManagementChallenge(MANAGEMENT_ALGORITHM)
    : undefined;
  return leash.call("rotation_release", {
    ...{ rotation, signature, ephemeralKey: sealingKey.publicKeyBase64 },
    ...(challenge && { challenge: toBase64(challenge) }),
    ...(shown && { hint: toBase64(shown) }),
  });
}

/** From here the card may change: no answer is an answer too. */
async function change(
  hands: CardHands,
  {
    candidate,
    next,
  }: { readonly candidate: Secret | undefined; readonly next: Secret | undefined },
): Promise<{ readonly status: number; readonly lost: boolean }> {
  if (candidate === undefined || next === undefined) throw new Refusal("not_released");
  try {
    const { statusWord, effect }: ReferenceDataOutcome = await hands.piv.changePuk(candidate, next);
    return { status: statusWord, lost: effect === "unknown" };
  } catch (error) {
    if (error instanceof CardError && isCardLost(error)) return { status: 0, lost: true };
    throw error;
  }
}
