import { CardError, isCardLost } from "@lanyard/piv";
import { type ReaderDriver, ReaderError } from "../readers/readers.ts";
import type { PresentCard, Recognised } from "./desk-state.ts";
import { holdCard } from "./held-card.ts";

/**
 * Looks once at a card that was just put in: its 9E certificate, or that it is none of ours. Lets it go with a reset.
 * `undefined` when another program holds it, or it is gone again.
 */
export async function recogniseCard(
  driver: ReaderDriver,
  card: PresentCard,
): Promise<Recognised | undefined> {
  try {
    const held = await holdCard(driver, card);
    try {
      const key = await held.use((hands) => hands.key("9e"));
      return { state: "card", certificate: key.certificate };
    } finally {
      await held.close();
    }
  } catch (error) {
    return explain(error);
  }
}

function explain(error: unknown): Recognised | undefined {
  if (error instanceof ReaderError)
    return error.code === "reader/card_mute" ? { state: "mute" } : undefined;
  if (!(error instanceof CardError)) throw error;
  if (error.code === "card/transport") return { state: "mute" };
  return isCardLost(error) ? undefined : { state: "foreign" };
}
