import { createPublicKey, type KeyObject, randomBytes } from "node:crypto";
import { Secret } from "@lanyard/bytes";
import {
  type CardCertificate,
  type CardProfile,
  type CardSecrets,
  type CardSeed,
  type CareId,
  type CertificateSlot,
  freshRegisters,
  type Smartcard,
} from "@lanyard/identity";
import {
  type Card,
  CardError,
  isCardLost,
  type ManagementKey,
  openPivSession,
  type PivSession,
  type PublicKey,
  type SignatureAlgorithm,
} from "@lanyard/piv";
import type { CertificateAuthority } from "../certificates/authority.ts";
import { keyHashOf } from "../certificates/trust.ts";
import { MANAGEMENT_ALGORITHM, secretsOf } from "../secrets/card-identity.ts";

export type IssuanceErrorCode =
  | "issuance/management_key_refused"
  | "issuance/management_key_kept"
  | "issuance/puk_refused"
  | "issuance/passcode_refused";

/** The card did not do its part; it is not to be handed out. */
export class IssuanceError extends Error {
  override readonly name = "IssuanceError";
  readonly code: IssuanceErrorCode;

  constructor(code: IssuanceErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export interface IssueOrder {
  readonly careId: CareId;
  readonly serial: string;
  readonly profile: CardProfile;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly issuedAt: Date;
  /** P-256 unless a slot is named here. */
  readonly algorithms?: Readonly<Partial<Record<CertificateSlot, SignatureAlgorithm>>>;
  /** The holder's first passcode; without it the card is issued locked, for an assisted unlock at the desk. */
  readonly passcode: Secret | undefined;
}

/** How the blank card came from its maker. */
export interface BlankCardKeys {
  readonly management: ManagementKey;
  readonly passcode: Secret;
  readonly puk: Secret;
  /** For cards whose PUK no command can change: the maker's own way of setting it. */
  installPuk?(puk: Secret): Promise<void>;
}

export interface IssuingParts {
  readonly authority: CertificateAuthority;
  readonly secrets: CardSecrets;
}

/** What the records must hold of the new card. */
export interface IssuedCard {
  readonly card: Smartcard;
  readonly seed: CardSeed;
}

const SLOTS = {
  "9A": "9a",
  "9C": "9c",
  "9E": "9e",
} as const satisfies Record<CertificateSlot, string>;

const SEED_BYTES = 32;

/**
 * Personalises a blank card: keys made on the card, certificates onto it, a management key of its own and PUK 0 in the
 * place of the maker's, the first passcode or none. No key ever leaves the card (DESIGN 3.3).
 *
 * @throws {IssuanceError} `issuance/management_key_refused` | `issuance/management_key_kept` | `issuance/puk_refused` |
 * `issuance/passcode_refused`
 */
export async function issueCard(
  card: Card,
  order: IssueOrder,
  parts: IssuingParts & { readonly blank: BlankCardKeys },
): Promise<IssuedCard> {
  const piv = await openPivSession(card);
  const proven = await piv.authenticateManagementKey(parts.blank.management, (bytes) =>
    randomBytes(bytes),
  );
  if (!proven.ok)
    throw new IssuanceError("issuance/management_key_refused", "The management key was refused.");
  const certificates = [
    await certify(piv, "9A", { order, parts }),
    await certify(piv, "9C", { order, parts }),
    await certify(piv, "9E", { order, parts }),
  ];
  const issuanceId = randomBytes(16).toString("hex");
  const seed: CardSeed = {
    seed: randomBytes(SEED_BYTES),
    keyVersion: parts.secrets.keyVersion,
    keyVersionChanges: [],
  };
  const issued: Smartcard = {
    serial: order.serial,
    careId: order.careId,
    issuanceId,
    life: order.passcode === undefined ? "issued_locked" : "active",
    profile: order.profile,
    certificates,
    issuedAt: order.issuedAt,
    registers: freshRegisters(order.profile.pukTries),
  };
  await installManagementKey(piv, issued, { seed, parts });
  await installPuk(piv, issued, { seed, parts });
  await installPasscode(piv, order, parts.blank);
  return { card: issued, seed };
}

interface Certifying {
  readonly order: IssueOrder;
  readonly parts: IssuingParts;
}

async function certify(
  piv: PivSession,
  slot: CertificateSlot,
  { order, parts }: Certifying,
): Promise<CardCertificate> {
  const reference = SLOTS[slot];
  const generated = await piv.generateKey(reference, order.algorithms?.[slot] ?? "p256");
  const publicKey = keyObjectOf(generated);
  const { careId, serial: cardSerial, notBefore, notAfter } = order;
  const request = { slot, careId, cardSerial, publicKey, notBefore, notAfter };
  const der = await parts.authority.issue(request);
  await piv.writeCertificate(reference, der);
  return { slot, der, keyHash: keyHashOf(publicKey), notBefore, notAfter, revokedAt: undefined };
}

interface Installing {
  readonly seed: CardSeed;
  readonly parts: { readonly blank: BlankCardKeys } & IssuingParts;
}

/**
 * A card still on its maker's management key is not issued: anybody could write to it. The new one is proven in both
 * directions before it is believed [PIV-2 A.2].
 */
async function installManagementKey(
  piv: PivSession,
  card: Smartcard,
  { seed, parts }: Installing,
): Promise<void> {
  const key = await parts.secrets.deriveManagementKey(secretsOf(card, seed));
  const { cipher } = parts.blank.management;
  const management = { algorithm: MANAGEMENT_ALGORITHM, key, cipher } as const;
  try {
    await piv.setManagementKey(management);
    const proven = await piv.authenticateManagementKey(management, (bytes) => randomBytes(bytes));
    if (proven.ok) return;
  } catch (error) {
    if (!(error instanceof CardError) || isCardLost(error)) throw error;
  } finally {
    key.wipe();
  }
  throw new IssuanceError(
    "issuance/management_key_kept",
    "The card kept its maker's management key.",
  );
}

/** A card still on its maker's PUK is not issued: anybody could unlock it. */
async function installPuk(
  piv: PivSession,
  card: Smartcard,
  { seed, parts }: Installing,
): Promise<void> {
  const puk = await parts.secrets.derivePuk(secretsOf(card, seed), 0);
  try {
    if (card.profile.pukChangeable) {
      const { effect } = await piv.changePuk(parts.blank.puk, puk);
      if (effect === "applied") return;
    } else if (parts.blank.installPuk !== undefined) return await parts.blank.installPuk(puk);
    throw new IssuanceError("issuance/puk_refused", "The card kept its maker's PUK.");
  } finally {
    puk.wipe();
  }
}

/** Without a first passcode the maker's is spent, so that nobody can use the card before its unlock. */
async function installPasscode(
  piv: PivSession,
  { passcode, profile }: IssueOrder,
  blank: BlankCardKeys,
): Promise<void> {
  if (passcode === undefined) return lock(piv, profile);
  const { effect } = await piv.changePasscode(blank.passcode, passcode);
  if (effect !== "applied")
    throw new IssuanceError("issuance/passcode_refused", "The card refused the first passcode.");
}

/** Uses all tries up with a random value of the right form. */
async function lock(piv: PivSession, { passcodeTries }: CardProfile): Promise<void> {
  for (let used = 0; used <= passcodeTries; used += 1) {
    const status = await piv.verifyStatus();
    if (status.state === "blocked") return;
    const wrong = new Secret(randomDigits(8));
    await piv.verify(wrong);
    wrong.wipe();
  }
  throw new IssuanceError("issuance/passcode_refused", "The card could not be locked.");
}

function randomDigits(count: number): Uint8Array {
  return Uint8Array.from(randomBytes(count), (byte) => 0x30 + (byte % 10));
}

/** The card's own public key as node:crypto's. */
function keyObjectOf(key: PublicKey): KeyObject {
  const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
  if (key.algorithm === "rsa2048")
    return createPublicKey({
      format: "jwk",
      key: { kty: "RSA", n: base64url(key.modulus), e: base64url(key.exponent) },
    });
  const half = (key.point.length - 1) / 2;
  return createPublicKey({
    format: "jwk",
    key: {
      kty: "EC",
      crv: key.algorithm === "p256" ? "P-256" : "P-384",
      x: base64url(key.point.subarray(1, 1 + half)),
      y: base64url(key.point.subarray(1 + half)),
    },
  });
}
