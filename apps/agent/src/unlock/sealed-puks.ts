import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { fromBase64, toBase64 } from "@lanyard/bytes";
import {
  decodeRelease,
  type ReleasedPuks,
  releaseInfo,
  type SealedRelease,
  type UnlockTask,
} from "@lanyard/wire";

/** HPKE base mode [RFC9180]: the same suite as the server's. */
const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});

/** One ceremony's key that PUKs are sealed to. Made for it, kept in memory, dropped with it. */
export interface SealingKey {
  /** Raw X25519 public key: what the operator's card signs. */
  readonly publicKey: Uint8Array;
  readonly publicKeyBase64: string;
  /** Opens one release of this ceremony and card. The caller wipes the PUKs. Throws when it was made for another. */
  open(release: SealedRelease): Promise<ReleasedPuks>;
}

export async function makeSealingKey(
  task: Pick<UnlockTask, "ceremony" | "keyHash">,
): Promise<SealingKey> {
  const pair = await suite.kem.generateKeyPair();
  const publicKey = new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey));
  return {
    publicKey,
    publicKeyBase64: toBase64(publicKey),
    open: async ({ step, enc, ciphertext }) => {
      const context = await suite.createRecipientContext({
        recipientKey: pair.privateKey,
        enc: exactly(fromBase64(enc)),
        info: exactly(releaseInfo({ ceremony: task.ceremony, keyHash: task.keyHash, step })),
      });
      const plain = new Uint8Array(await context.open(exactly(fromBase64(ciphertext))));
      try {
        return decodeRelease(plain);
      } finally {
        plain.fill(0);
      }
    },
  };
}

/** The library takes whole buffers only. */
function exactly(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return copy;
}
