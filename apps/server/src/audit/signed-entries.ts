import { X509Certificate } from "node:crypto";
import { BytesError } from "@lanyard/bytes";
import type { AuditEntry, CertificateSlot } from "@lanyard/identity";
import { type CardSignature, cardSignature, statements } from "@lanyard/wire";
import { isSignedBy } from "../certificates/signatures.ts";
import type { Trust } from "../certificates/trust.ts";

/** What an entry says that a card signed, rebuilt from the entry alone. */
export interface SignedEntry {
  readonly whose: "operator" | "holder";
  readonly careId: string;
  readonly cardSerial: string;
  readonly slot: CertificateSlot;
  /** The fields of the statement, in its order, as an outsider needs them to repeat it. */
  readonly fields: Readonly<Record<string, string>>;
  readonly message: Uint8Array;
  readonly signature: CardSignature;
}

type Text = (detail: string) => string;
type Claim = Pick<SignedEntry, "whose" | "careId" | "cardSerial" | "slot" | "fields" | "message">;

/** Which entries carry a signature, and over what: the statements are `wire`'s own. */
const SIGNED: Readonly<Record<string, (entry: AuditEntry, text: Text) => Claim>> = {
  "card.proven": (entry, text) => {
    const fields = {
      origin: text("origin"),
      ceremony: known(entry.ceremonyId),
      keyHash: text("keyHash"),
      nonce: text("nonce"),
    };
    return { ...ofHolder(entry, "9E"), fields, message: statements.cardProof(fields) };
  },
  "unlock.released": (entry, text) => {
    const fields = {
      ceremony: known(entry.ceremonyId),
      careId: known(entry.holder),
      keyHash: text("keyHash"),
      ephemeralKey: text("ephemeralKey"),
      evidence: text("evidence"),
      nonce: text("nonce"),
    };
    const ephemeralKey = Buffer.from(fields.ephemeralKey, "base64");
    return {
      whose: "operator",
      careId: known(entry.actor),
      cardSerial: text("operatorCard"),
      slot: slotOf(text("slot")),
      fields,
      message: statements.unlockAuthorise({ ...fields, ephemeralKey }),
    };
  },
  "unlock.verified": (entry, text) => {
    const fields = {
      origin: text("origin"),
      ceremony: known(entry.ceremonyId),
      careId: known(entry.holder),
      nonce: text("nonce"),
    };
    return { ...ofHolder(entry, "9A"), fields, message: statements.unlockDone(fields) };
  },
};

/** Something that an entry of its kind always has is not in it. */
class NotWhole extends Error {
  override readonly name = "NotWhole";
}

/** `undefined`: entries of this kind carry no signature. `"not_whole"`: this one should, and does not. */
export function signedEntry(entry: AuditEntry): SignedEntry | "not_whole" | undefined {
  const claim = Object.hasOwn(SIGNED, entry.action) ? SIGNED[entry.action] : undefined;
  if (claim === undefined) return undefined;
  const text: Text = (detail) => {
    const value = Object.hasOwn(entry.details, detail) ? entry.details[detail] : undefined;
    return known(typeof value === "string" ? value : undefined);
  };
  try {
    const signature = { algorithm: text("algorithm"), value: text("signature") };
    return { ...claim(entry, text), signature: cardSignature.parse(signature) };
  } catch (error) {
    if (error instanceof NotWhole || error instanceof BytesError || isZodError(error))
      return "not_whole";
    throw error;
  }
}

function isZodError(error: unknown): boolean {
  return error instanceof Error && error.name === "ZodError";
}

function known(text: string | undefined): string {
  if (text === undefined) throw new NotWhole();
  return text;
}

function slotOf(text: string): "9A" | "9C" {
  if (text !== "9A" && text !== "9C") throw new NotWhole();
  return text;
}

function ofHolder(entry: AuditEntry, slot: CertificateSlot) {
  return {
    whose: "holder",
    careId: known(entry.holder),
    cardSerial: known(entry.cardSerial),
    slot,
  } as const;
}

/** Why a signature proves nothing. */
export const SIGNATURE_FAULTS = {
  no_certificate: "the certificate of the card that signed is not here",
  untrusted: "the certificate was not issued by an authority that is trusted",
  another_card: "the certificate is another card's, or for another use",
  not_in_force: "the certificate was not in force on that day",
  wrong: "the signature is not over what the entry says",
} as const;

export type SignatureFault = keyof typeof SIGNATURE_FAULTS;

/** Holds a signature against the certificate of the card that is said to have made it; `undefined`: it stands. */
export function faultOf(
  signed: SignedEntry,
  { at }: AuditEntry,
  { certificate, trust }: { readonly certificate: Uint8Array | undefined; readonly trust: Trust },
): SignatureFault | undefined {
  if (certificate === undefined) return "no_certificate";
  const verified = trust.verify(certificate);
  if (verified === undefined) return "untrusted";
  const isTheirs = verified.careId === signed.careId && verified.cardSerial === signed.cardSerial;
  if (!isTheirs || !isFor(certificate, signed.slot)) return "another_card";
  const time = Date.parse(at);
  if (!(verified.notBefore.getTime() <= time && time <= verified.notAfter.getTime()))
    return "not_in_force";
  return isSignedBy(verified.publicKey, signed.message, signed.signature) ? undefined : "wrong";
}

/** id-PIV-cardAuth [FIPS201 §4.2.2]: the one key of a card that signs without a passcode. */
const CARD_AUTHENTICATION = "2.16.840.1.101.3.6.8";

/** A signature that needed no passcode never passes for one that did, nor the other way round. */
function isFor(certificate: Uint8Array, slot: CertificateSlot): boolean {
  const uses = new X509Certificate(certificate).keyUsage ?? [];
  return uses.includes(CARD_AUTHENTICATION) === (slot === "9E");
}
