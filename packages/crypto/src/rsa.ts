import { constants, privateDecrypt } from "node:crypto";
import { CryptoError } from "./errors.ts";
import { privateKeyFromPkcs8 } from "./private-key.ts";

/**
 * The bare RSA private operation: `block` to the private exponent. `undefined` when the block is not a number below
 * the modulus, in the modulus's width.
 *
 * @throws {CryptoError} `crypto/bad_key`
 */
export function rsaPrivate(privateKey: Uint8Array, block: Uint8Array): Uint8Array | undefined {
  const key = privateKeyFromPkcs8(privateKey);
  if (key.asymmetricKeyType !== "rsa")
    throw new CryptoError("crypto/bad_key", "Expected an RSA private key.");
  if (block.length * 8 !== key.asymmetricKeyDetails?.modulusLength) return undefined;
  try {
    return new Uint8Array(privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, block));
  } catch {
    return undefined;
  }
}
