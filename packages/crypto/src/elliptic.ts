import { createECDH } from "node:crypto";
import type { EcAlgorithm } from "@lanyard/piv";
import { p256, p384 } from "@noble/curves/nist.js";
import { CURVE_NAMES, ecScalar } from "./private-key.ts";

const CURVES = { p256, p384 } as const;

/**
 * ECDSA over a digest exactly as given, which node:crypto cannot do: it always hashes first. DER, and `s` is left as
 * it falls, as a card does it. A digest longer than the curve's order is cut, a shorter one is taken as a number.
 *
 * @throws {CryptoError} `crypto/bad_key`
 */
export function signDigest(
  algorithm: EcAlgorithm,
  privateKey: Uint8Array,
  digest: Uint8Array,
): Uint8Array {
  const secret = ecScalar(algorithm, privateKey);
  try {
    return CURVES[algorithm].sign(digest, secret, { prehash: false, lowS: false, format: "der" });
  } finally {
    secret.fill(0);
  }
}

/**
 * ECDH: the shared point's x coordinate, without any derivation. `undefined` when `peerPoint` (04, x, y) is not a
 * point of the curve.
 *
 * @throws {CryptoError} `crypto/bad_key`
 */
export function agree(
  algorithm: EcAlgorithm,
  privateKey: Uint8Array,
  peerPoint: Uint8Array,
): Uint8Array | undefined {
  const secret = ecScalar(algorithm, privateKey);
  const ecdh = createECDH(CURVE_NAMES[algorithm].openssl);
  ecdh.setPrivateKey(secret);
  secret.fill(0);
  if (peerPoint[0] !== 0x04) return undefined;
  try {
    return new Uint8Array(ecdh.computeSecret(peerPoint));
  } catch {
    return undefined;
  }
}
