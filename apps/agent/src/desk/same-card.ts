import { CardError, isCardLost } from "@lanyard/piv";
import { statements } from "@lanyard/wire";
import { isSignedBy, signStatement } from "./card-key.ts";
import type { CardHands } from "./held-card.ts";

/**
 * Lets the card prove with 9E, over our own fresh nonce, that it is the one with this key. False when it is another
 * card, or cannot.
 *
 * @throws {CardError} `card/removed` | `card/reset` | `card/transport`: no answer came
 */
export async function isSameCard(
  hands: CardHands,
  keyHash: string,
  random: (bytes: number) => Uint8Array,
): Promise<boolean> {
  try {
    const key = await hands.key("9e");
    if (key.keyHash !== keyHash) return false;
    const statement = statements.sameCard({ nonce: random(32) });
    return isSignedBy(key, statement, await signStatement(hands.piv, "9e", { key, statement }));
  } catch (error) {
    if (!(error instanceof CardError) || isCardLost(error)) throw error;
    return false;
  }
}
