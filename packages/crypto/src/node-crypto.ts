import { createHash, randomBytes as nodeRandomBytes } from "node:crypto";
import type { BlockCipher } from "@lanyard/piv";
import type { CardCrypto } from "@lanyard/virtual-card";
import { decryptBlock, encryptBlock } from "./block-cipher.ts";
import { agree, signDigest } from "./elliptic.ts";
import { generateKey } from "./generate-key.ts";
import { rsaPrivate } from "./rsa.ts";

/** Bytes nobody can guess. */
export function randomBytes(count: number): Uint8Array {
  return new Uint8Array(nodeRandomBytes(count));
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(bytes).digest());
}

/** What a virtual card computes with. */
export const nodeCardCrypto: CardCrypto = {
  randomBytes,
  generateKey,
  signDigest,
  agree,
  rsaPrivate,
  encryptBlock,
};

/** What proves a card-management key. */
export const nodeBlockCipher: BlockCipher = { encryptBlock, decryptBlock };
