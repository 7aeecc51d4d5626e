import type { CareId } from "./person.ts";
import type { PukRegisters } from "./registers.ts";

/**
 * A card's life as the server knows it. "Locked" is not here: only the card knows its passcode tries.
 * "Expired" is not here either: it follows from the certificates' dates.
 */
export type CardLife = "issued_locked" | "active" | "cancelled" | "cleared";

/** Which passcodes the chip takes. Fixed at issuance, never announced by an agent. */
export type CardPasscodeRule = "alphanumeric-4-8" | "digits-6-8";

/** What a card model can do, from our own records [PIV-2 §3.2.2: changing the PUK is optional]. */
export interface CardProfile {
  readonly name: string;
  readonly passcodeRule: CardPasscodeRule;
  readonly passcodeTries: number;
  readonly pukTries: number;
  readonly pukChangeable: boolean;
  /** Whether a right PUK gives all PUK tries back. */
  readonly pukTriesComeBack: boolean;
  /** Whether the chip has room for our hint, see `hint.ts`. */
  readonly hint: boolean;
}

/** The two key pairs that Lanyard relies on, and the signing key that comes with them. */
export type CertificateSlot = "9A" | "9C" | "9E";

export interface CardCertificate {
  readonly slot: CertificateSlot;
  readonly der: Uint8Array;
  /** SHA-256 of the DER SubjectPublicKeyInfo, lower-case hex. */
  readonly keyHash: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly revokedAt: Date | undefined;
}

/** One physical card: a "device" on the pages. */
export interface Smartcard {
  /** Printed on the back, shown beside each device. */
  readonly serial: string;
  readonly careId: CareId;
  /** One number per personalisation of the chip, so that a cleared card shares no secret with its past. */
  readonly issuanceId: string;
  readonly life: CardLife;
  readonly profile: CardProfile;
  readonly certificates: readonly CardCertificate[];
  readonly issuedAt: Date;
  readonly registers: PukRegisters;
}

/** What the card may be used for today: its life and its dates in one word. */
export type CardStanding =
  | "in_date"
  | "issued_locked"
  | "expired"
  | "cancelled"
  | "cleared"
  | "revoked";

/** First match wins: cancelled is told before expired, because only one of them can be mended. */
export function cardStanding(card: Smartcard, now: Date): CardStanding {
  if (card.life === "cancelled" || card.life === "cleared") return card.life;
  if (card.certificates.some((certificate) => certificate.revokedAt !== undefined))
    return "revoked";
  if (!isInDate(card, now)) return "expired";
  return card.life === "issued_locked" ? "issued_locked" : "in_date";
}

/** In date: none of the card's certificates has expired, and it has some. */
export function isInDate(card: Smartcard, now: Date): boolean {
  const expiry = expiryOf(card);
  return expiry !== undefined && expiry > now;
}

/** The day the first of its certificates expires; `undefined` for a card without certificates. */
export function expiryOf(card: Smartcard): Date | undefined {
  return card.certificates
    .map((certificate) => certificate.notAfter)
    .reduce<Date | undefined>(
      (first, date) => (first === undefined || date < first ? date : first),
      undefined,
    );
}

/** The device to service: the latest issued one that is in date and neither cancelled nor revoked. */
export function latestInDate(cards: readonly Smartcard[], now: Date): Smartcard | undefined {
  return cards
    .filter((card) => ["in_date", "issued_locked"].includes(cardStanding(card, now)))
    .reduce<Smartcard | undefined>(
      (latest, card) => (latest === undefined || card.issuedAt > latest.issuedAt ? card : latest),
      undefined,
    );
}

/** The certificate in `slot`, if the card was issued with one. */
export function certificateIn(
  card: Pick<Smartcard, "certificates">,
  slot: CertificateSlot,
): CardCertificate | undefined {
  return card.certificates.find((certificate) => certificate.slot === slot);
}
