import { encodeTlv, findTlv } from "@lanyard/bytes";
import { ALGORITHMS, type EcAlgorithm, type SignatureAlgorithm } from "../constants/algorithms.ts";
import { CLASS_PLAIN, INSTRUCTIONS } from "../constants/instructions.ts";
import { SLOTS, type Slot } from "../constants/key-references.ts";
import { malformed, objectsIn, onlyObject } from "./answer.ts";
import { type CommandApdu, SHORT_EXPECTED_BYTES } from "./apdu.ts";

const CONTROL_TEMPLATE = 0xac;
const PUBLIC_KEY_TEMPLATE = 0x7f49;
const TAG = { algorithm: 0x80, modulus: 0x81, exponent: 0x82, point: 0x86 } as const;
const EXPONENT_BYTES_MAX = 8;

/** A public key as a card gives it, checked for shape and size only. */
export type PublicKey =
  | { readonly algorithm: EcAlgorithm /** 04, x, y */; readonly point: Uint8Array }
  | { readonly algorithm: "rsa2048"; readonly modulus: Uint8Array; readonly exponent: Uint8Array };

/** GENERATE ASYMMETRIC KEY PAIR: replaces the slot's key [PIV-2 §3.3.2]. Wants the card-management key first. */
export function generateKeyCommand(slot: Slot, algorithm: SignatureAlgorithm): CommandApdu {
  const identifier = new Uint8Array([ALGORITHMS[algorithm].id]);
  return {
    cla: CLASS_PLAIN,
    ins: INSTRUCTIONS.generateAsymmetricKeyPair,
    p1: 0x00,
    p2: SLOTS[slot].reference,
    data: encodeTlv(CONTROL_TEMPLATE, encodeTlv(TAG.algorithm, identifier)),
    expectedBytes: SHORT_EXPECTED_BYTES,
  };
}

/**
 * Reads the public key of the pair [PIV-2 §3.3.2, Table 11].
 *
 * @throws {CardError} `card/malformed_answer` when it is not a key of this algorithm
 */
export function parseGeneratedKey(algorithm: SignatureAlgorithm, data: Uint8Array): PublicKey {
  const what = "public key";
  const fields = objectsIn(onlyObject(data, PUBLIC_KEY_TEMPLATE, what), what);
  if (algorithm !== "rsa2048") {
    const point = findTlv(fields, TAG.point);
    if (point?.length !== 1 + 2 * ALGORITHMS[algorithm].fieldBytes || point[0] !== 0x04)
      throw malformed(what);
    return { algorithm, point: point.slice() };
  }
  const modulus = findTlv(fields, TAG.modulus);
  const exponent = findTlv(fields, TAG.exponent);
  if (modulus?.length !== ALGORITHMS.rsa2048.modulusBytes || ((modulus[0] ?? 0) & 0x80) === 0)
    throw malformed(what);
  if (!exponent || exponent.length < 1 || exponent.length > EXPONENT_BYTES_MAX)
    throw malformed(what);
  return { algorithm, modulus: modulus.slice(), exponent: exponent.slice() };
}

/**
 * Writes the template {@link parseGeneratedKey} reads: what a card answers.
 */
export function encodePublicKey(key: PublicKey): Uint8Array {
  if (key.algorithm !== "rsa2048")
    return encodeTlv(PUBLIC_KEY_TEMPLATE, encodeTlv(TAG.point, key.point));
  return encodeTlv(
    PUBLIC_KEY_TEMPLATE,
    encodeTlv(TAG.modulus, key.modulus),
    encodeTlv(TAG.exponent, key.exponent),
  );
}
