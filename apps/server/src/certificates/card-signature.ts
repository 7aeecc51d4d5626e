import { type CertificateSlot, certificateIn, type Smartcard } from "@lanyard/identity";
import type { CardSignature } from "@lanyard/wire";
import { isSignedBy } from "./signatures.ts";
import type { Trust } from "./trust.ts";

export interface CardStatement {
  readonly slot: CertificateSlot;
  readonly message: Uint8Array;
  readonly signature: CardSignature;
}

/**
 * Whether the card on record made this signature with the key of this slot. Its certificate must chain to an authority
 * we trust; dates, revocation and state are told elsewhere, as refusals of their own. Never throws for hostile bytes.
 */
export function isSignedByCard(
  trust: Trust,
  card: Smartcard | undefined,
  { slot, message, signature }: CardStatement,
): boolean {
  const certificate = card && certificateIn(card, slot);
  const verified = certificate && trust.verify(certificate.der);
  return verified !== undefined && isSignedBy(verified.publicKey, message, signature);
}
