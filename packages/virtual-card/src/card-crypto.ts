import type { CipherAlgorithm, EcAlgorithm, SignatureAlgorithm } from "@lanyard/piv";

/** A public key in the parts that GENERATE ASYMMETRIC KEY PAIR answers with [PIV-2 §3.3.2]. */
export type GeneratedPublicKey =
  | { readonly kind: "ec" /** 04, x, y. */; readonly point: Uint8Array }
  | { readonly kind: "rsa"; readonly modulus: Uint8Array; readonly exponent: Uint8Array };

export interface GeneratedKey {
  /** PKCS#8 DER. It goes into the card's state and nowhere else. */
  readonly privateKey: Uint8Array;
  readonly publicKey: GeneratedPublicKey;
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
