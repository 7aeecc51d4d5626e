import { createCipheriv, createDecipheriv } from "node:crypto";
import { ALGORITHMS, type CipherAlgorithm } from "@lanyard/piv";
import { CryptoError } from "./errors.ts";

// biome-ignore format: the columns are the documentation
const NODE_NAMES: Readonly<Record<CipherAlgorithm, string>> = {
  "3des": "des-ede3-ecb",
  aes128: "aes-128-ecb",
  aes192: "aes-192-ecb",
  aes256: "aes-256-ecb",
};

/**
 * Encrypts exactly one block: no chaining, no padding.
 *
 * @throws {CryptoError} `crypto/bad_key` when key or block has the wrong length
 */
export function encryptBlock(
  algorithm: CipherAlgorithm,
  key: Uint8Array,
  block: Uint8Array,
): Uint8Array {
  checkLengths(algorithm, key, block);
  const cipher = createCipheriv(NODE_NAMES[algorithm], key, null).setAutoPadding(false);
  return joined(cipher.update(block), cipher.final());
}

/**
 * Decrypts exactly one block.
 *
 * @throws {CryptoError} `crypto/bad_key` when key or block has the wrong length
 */
export function decryptBlock(
  algorithm: CipherAlgorithm,
  key: Uint8Array,
  block: Uint8Array,
): Uint8Array {
  checkLengths(algorithm, key, block);
  const decipher = createDecipheriv(NODE_NAMES[algorithm], key, null).setAutoPadding(false);
  return joined(decipher.update(block), decipher.final());
}

function checkLengths(algorithm: CipherAlgorithm, key: Uint8Array, block: Uint8Array): void {
  const { keyBytes, blockBytes } = ALGORITHMS[algorithm];
  if (key.length !== keyBytes || block.length !== blockBytes)
    throw new CryptoError("crypto/bad_key", `${algorithm} takes other lengths.`);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
