import type { Secret } from "@lanyard/bytes";
import { CardError, isCardLost, type VerifyOutcome } from "@lanyard/piv";
import {
  type CardSignature,
  type RequestOf,
  statements,
  type UnlockProgress,
  type UnlockTask,
} from "@lanyard/wire";
import { signStatement } from "../desk/card-key.ts";
import type { CardHands, HeldCard } from "../desk/held-card.ts";
import { callOnceMore } from "../leash/call-once-more.ts";
import type { Rooms } from "../rooms.ts";
import type { SealingKey } from "./sealed-puks.ts";

export interface AuthoriseOrder {
  readonly task: UnlockTask;
  readonly operatorCard: HeldCard;
  readonly sealingKey: SealingKey;
  /** The operator's own passcode, where it is asked for. Spent on one VERIFY. */
  readonly operatorPasscode: Secret | undefined;
}

export type Authorised =
  | { readonly ok: true; readonly slot: "9A" | "9C"; readonly signature: CardSignature }
  /** 6982: the card wants the passcode again. Asked of the operator, never retried by ourselves. */
  | { readonly ok: false; readonly reason: "wants_passcode" }
  | { readonly ok: false; readonly reason: "card_gone" }
  | Extract<VerifyOutcome, { ok: false }>;

/** The operator's card signs for this very unlock and this very key of ours. One VERIFY at most. */
export async function signAuthorisation(order: AuthoriseOrder): Promise<Authorised> {
  try {
    return await order.operatorCard.use((hands) =>
      hands.session.transaction(() => signWith(hands, order)),
    );
  } catch (error) {
    if (!(error instanceof CardError)) throw error;
    if (error.code === "card/security_status") return { ok: false, reason: "wants_passcode" };
    if (isCardLost(error)) return { ok: false, reason: "card_gone" };
    throw error;
  }
}

async function signWith(hands: CardHands, order: AuthoriseOrder): Promise<Authorised> {
  const { task, sealingKey, operatorPasscode } = order;
  const isEachTime = task.authorise === "passcode";
  // 9C wants the passcode immediately before: its certificate is read first.
  const key = await hands.key(isEachTime ? "9c" : "9a");
  if (operatorPasscode !== undefined) {
    const outcome = await hands.piv.verify(operatorPasscode);
    if (!outcome.ok) return outcome;
  }
  const statement = statements.unlockAuthorise({
    ceremony: task.ceremony,
    careId: task.holder.careId,
    keyHash: task.keyHash,
    ephemeralKey: sealingKey.publicKey,
    evidence: task.evidence,
    nonce: task.authoriseNonce,
  });
  const signature = await signStatement(hands.piv, isEachTime ? "9c" : "9a", { key, statement });
  return { ok: true, slot: isEachTime ? "9C" : "9A", signature };
}

/**
 * Asks for the release. If the reply is lost, it is asked for once more, with the same key: the server then seals the
 * same PUKs anew.
 *
 * @throws {Refusal} | {LeashLost}
 */
export function askRelease(
  rooms: Pick<Rooms, "leash" | "timers">,
  request: RequestOf<"unlock_authorise">,
): Promise<UnlockProgress> {
  return callOnceMore(rooms, () => rooms.leash.call("unlock_authorise", request));
}
