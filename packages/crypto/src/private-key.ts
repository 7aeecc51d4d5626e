import { createPrivateKey, type KeyObject } from "node:crypto";
import { ALGORITHMS, type EcAlgorithm } from "@lanyard/piv";
import { CryptoError } from "./errors.ts";

/** The names RFC 7518 and OpenSSL have for a curve. */
// biome-ignore format: the columns are the documentation
export const CURVE_NAMES: Readonly<Record<EcAlgorithm, { readonly jwk: string; readonly openssl: string }>> = {
  p256: { jwk: "P-256", openssl: "prime256v1" },
  p384: { jwk: "P-384", openssl: "secp384r1" },
};

/** @throws {CryptoError} `crypto/bad_key` */
export function privateKeyFromPkcs8(pkcs8: Uint8Array): KeyObject {
  try {
    return createPrivateKey({ key: Buffer.from(pkcs8), format: "der", type: "pkcs8" });
  } catch (cause) {
    throw new CryptoError("crypto/bad_key", "Expected a PKCS#8 private key.", { cause });
  }
}

/**
 * The secret number of an EC key, in the field's full width.
 *
 * @throws {CryptoError} `crypto/bad_key` when it is not a key of that curve
 */
export function ecScalar(algorithm: EcAlgorithm, pkcs8: Uint8Array): Uint8Array {
  const jwk = privateKeyFromPkcs8(pkcs8).export({ format: "jwk" });
  if (jwk.crv !== CURVE_NAMES[algorithm].jwk || jwk.d === undefined)
    throw new CryptoError("crypto/bad_key", `Expected a ${algorithm} private key.`);
  const scalar = new Uint8Array(ALGORITHMS[algorithm].fieldBytes);
  const digits = Buffer.from(jwk.d, "base64url");
  scalar.set(digits, scalar.length - digits.length);
  return scalar;
}
