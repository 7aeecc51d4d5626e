import { type CardSeed, certificateIn, type PukOf, type Smartcard } from "@lanyard/identity";

/** The cipher of every card's own management key: its 32 bytes are one HMAC-SHA-256. */
export const MANAGEMENT_ALGORITHM = "aes256";

/** What a card's secrets are derived from, out of its records. */
export function secretsOf(
  card: Pick<Smartcard, "careId" | "issuanceId" | "certificates">,
  seed: CardSeed,
): PukOf {
  const { careId, issuanceId } = card;
  const cardKeyHash = certificateIn(card, "9E")?.keyHash ?? "";
  return { ...seed, careId, issuanceId, cardKeyHash };
}
