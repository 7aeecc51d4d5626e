import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { type CardSeed, certificateIn, type Smartcard } from "@lanyard/identity";
import { encodeRelease, releaseInfo, type SealedRelease } from "@lanyard/wire";
import type { Core } from "../core.ts";

/** [RFC9180]: base mode; what is sealed opens for one ceremony, one card and one step. */
const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});

export interface ReleaseOrder {
  readonly ceremony: string;
  readonly card: Smartcard;
  readonly seed: CardSeed;
  /** Raw X25519 public key, base64: the one the operator's card signed for. */
  readonly ephemeralKey: string;
  readonly candidate: number | undefined;
  readonly next: number | undefined;
}

/** Whether these bytes are a key that can be sealed to. Asked before anything is released. */
export async function isSealingKey(ephemeralKey: string): Promise<boolean> {
  try {
    await suite.kem.deserializePublicKey(Buffer.from(ephemeralKey, "base64"));
    return true;
  } catch {
    return false;
  }
}

/**
 * Derives the PUKs and seals them. Call it only after the commit of registers and audit entry (DESIGN 5, T:RELEASED).
 * One seal per context, by a fresh context each time.
 */
export async function sealRelease(
  core: Pick<Core, "secrets">,
  order: ReleaseOrder,
): Promise<SealedRelease> {
  const { card, seed, ceremony } = order;
  const keyHash = certificateIn(card, "9E")?.keyHash ?? "";
  const puk = (index: number | undefined) =>
    index === undefined
      ? undefined
      : core.secrets.derivePuk(
          {
            ...seed,
            careId: card.careId,
            cardKeyHash: keyHash,
            issuanceId: card.issuanceId,
          },
          index,
        );
  const [candidate, next] = await Promise.all([puk(order.candidate), puk(order.next)]);
  const step = candidate === undefined ? "second" : "first";
  const plain = encodeRelease({ candidate, next });
  try {
    const sealed = await suite.seal(
      {
        recipientPublicKey: await suite.kem.deserializePublicKey(
          Buffer.from(order.ephemeralKey, "base64"),
        ),
        info: releaseInfo({ ceremony, keyHash, step }),
      },
      plain,
    );
    return { step, enc: base64(sealed.enc), ciphertext: base64(sealed.ct) };
  } finally {
    plain.fill(0);
    candidate?.wipe();
    next?.wipe();
  }
}

function base64(bytes: ArrayBuffer): string {
  return Buffer.from(bytes).toString("base64");
}
