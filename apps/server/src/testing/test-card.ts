import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import {
  type CardCertificate,
  type CardProfile,
  type CareId,
  type CertificateSlot,
  freshRegisters,
  type Smartcard,
} from "@lanyard/identity";
import type { CardSignature } from "@lanyard/wire";
import type { CertificateAuthority } from "../certificates/authority.ts";
import { keyHashOf } from "../certificates/trust.ts";

/** A card as far as the server sees one: real keys, real certificates, signatures on demand. */
export interface TestCard {
  readonly record: Smartcard;
  /** DER in base64, as the agent sends it. */
  certificate(slot: CertificateSlot): string;
  sign(slot: CertificateSlot, message: Uint8Array): CardSignature;
}

export const PROFILE: CardProfile = {
  name: "care",
  passcodeRule: "alphanumeric-4-8",
  passcodeTries: 3,
  pukTries: 15,
  pukChangeable: true,
  pukTriesComeBack: false,
  hint: false,
};

export interface CardWish {
  readonly careId: CareId;
  readonly serial: string;
  readonly issuedAt: Date;
  readonly life?: Smartcard["life"];
  readonly profile?: Partial<CardProfile>;
  readonly registers?: Partial<Smartcard["registers"]>;
  readonly notAfter?: Date;
  /** The slots whose certificate was revoked. */
  readonly revoked?: readonly CertificateSlot[];
  /** What the certificates say, if not what the records say. */
  readonly certifiedAs?: { readonly careId: CareId; readonly cardSerial: string };
}

const SLOTS = ["9A", "9C", "9E"] as const;
const YEAR_MS = 365 * 86_400_000;

export async function makeCard(authority: CertificateAuthority, wish: CardWish): Promise<TestCard> {
  const keys = new Map<CertificateSlot, KeyObject>();
  const certificates: CardCertificate[] = [];
  for (const slot of SLOTS) {
    const pair = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    keys.set(slot, pair.privateKey);
    certificates.push(await certify(authority, wish, { slot, publicKey: pair.publicKey }));
  }
  const profile = { ...PROFILE, ...wish.profile };
  return {
    record: {
      serial: wish.serial,
      careId: wish.careId,
      issuanceId: randomBytes(16).toString("hex"),
      life: wish.life ?? "active",
      profile,
      certificates,
      issuedAt: wish.issuedAt,
      registers: { ...freshRegisters(profile.pukTries), ...wish.registers },
    },
    certificate: (slot) => base64(found(certificates.find((one) => one.slot === slot)).der),
    sign: (slot, message) => {
      const key = found(keys.get(slot));
      const value = sign("sha256", message, { key, dsaEncoding: "ieee-p1363" });
      return { algorithm: "ES256", value: base64(value) };
    },
  };
}

async function certify(
  authority: CertificateAuthority,
  wish: CardWish,
  { slot, publicKey }: { readonly slot: CertificateSlot; readonly publicKey: KeyObject },
): Promise<CardCertificate> {
  const notBefore = new Date(wish.issuedAt.getTime() - YEAR_MS);
  const notAfter = wish.notAfter ?? new Date(wish.issuedAt.getTime() + 3 * YEAR_MS);
  const names = wish.certifiedAs ?? { careId: wish.careId, cardSerial: wish.serial };
  const der = await authority.issue({ ...names, slot, publicKey, notBefore, notAfter });
  const revokedAt = wish.revoked?.includes(slot) === true ? wish.issuedAt : undefined;
  return { slot, der, keyHash: keyHashOf(publicKey), notBefore, notAfter, revokedAt };
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

export function found<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error("The test expected something to be there.");
  return value;
}
