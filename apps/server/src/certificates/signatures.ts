import { type KeyObject, verify } from "node:crypto";
import type { CardSignature } from "@lanyard/wire";

/** One row an algorithm: the key it needs, and the hash it signs. */
const ALGORITHMS = {
  ES256: { keyType: "ec", curve: "prime256v1", hash: "sha256" },
  ES384: { keyType: "ec", curve: "secp384r1", hash: "sha384" },
  RS256: { keyType: "rsa", curve: undefined, hash: "sha256" },
} as const;

/**
 * Whether `signature` was made over `message` by the holder of `key`. Synchronous on purpose: on the loop it is
 * cheaper than a trip through the thread pool. Never throws for hostile bytes.
 */
export function isSignedBy(key: KeyObject, message: Uint8Array, signature: CardSignature): boolean {
  const { keyType, curve, hash } = ALGORITHMS[signature.algorithm];
  if (key.asymmetricKeyType !== keyType) return false;
  if (curve !== undefined && key.asymmetricKeyDetails?.namedCurve !== curve) return false;
  const value = Buffer.from(signature.value, "base64");
  return verify(hash, message, { key, dsaEncoding: "ieee-p1363" }, value);
}
