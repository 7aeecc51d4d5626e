import type { CipherAlgorithm, EcAlgorithm, PublicKey, SignatureAlgorithm } from "@lanyard/piv";

export interface GeneratedKey {
  /** PKCS#8 DER. It goes into the card's state and nowhere else. */
  readonly privateKey: Uint8Array;
  readonly publicKey: PublicKey;
}

/**
 * What a card's chip computes. `@lanyard/crypto` implements it. Private keys are the PKCS#8 bytes `generateKey` made;
 * "the card" refuses what comes back as `undefined`.
 */
export interface CardCrypto {
  randomBytes(count: number): Uint8Array;
  generateKey(algorithm: SignatureAlgorithm): Promise<GeneratedKey>;
  /** ECDSA over the digest exactly as given: no further hash. A DER signature. */
  signDigest(algorithm: EcAlgorithm, privateKey: Uint8Array, digest: Uint8Array): Uint8Array;
  /** The shared secret's x coordinate; `undefined` when `peerPoint` is not on the curve. */
  agree(
    algorithm: EcAlgorithm,
    privateKey: Uint8Array,
    peerPoint: Uint8Array,
  ): Uint8Array | undefined;
  /** The bare RSA private operation on one block; `undefined` when the block is not below the modulus. */
  rsaPrivate(privateKey: Uint8Array, block: Uint8Array): Uint8Array | undefined;
  /** One block, no chaining, no padding. */
  encryptBlock(algorithm: CipherAlgorithm, key: Uint8Array, block: Uint8Array): Uint8Array;
}
