import { concatBytes, encodeTlv, fromHex } from "@lanyard/bytes";
import { ALGORITHMS, type EcAlgorithm } from "../constants/algorithms.ts";
import { CardError } from "../errors.ts";
import { malformed, objectsIn, onlyObject } from "./answer.ts";

const SHA256_BYTES = 32;
/** DER of DigestInfo for SHA-256, up to the digest itself [RFC8017 §9.2]. */
const SHA256_DIGEST_INFO = "3031300d060960864801650304020105000420";
const SEQUENCE = 0x30;
const INTEGER = 0x02;

/**
 * The block an RSA-2048 key signs: EMSA-PKCS1-v1_5 over a SHA-256 digest [RFC8017 §9.2].
 *
 * @throws {CardError} `card/bad_argument` when the digest is not 32 bytes
 */
export function rsaPkcs1Padding(sha256Digest: Uint8Array): Uint8Array {
  if (sha256Digest.length !== SHA256_BYTES)
    throw new CardError("card/bad_argument", "A SHA-256 digest is 32 bytes.");
  const digestInfo = concatBytes(fromHex(SHA256_DIGEST_INFO), sha256Digest);
  const block = new Uint8Array(ALGORITHMS.rsa2048.modulusBytes).fill(0xff);
  const separator = block.length - digestInfo.length - 1;
  block[0] = 0x00;
  block[1] = 0x01;
  block[separator] = 0x00;
  block.set(digestInfo, separator + 1);
  return block;
}

/**
 * An ECDSA signature from the card's DER to r and s side by side, each as long as the field: the form web tokens use.
 *
 * @throws {CardError} `card/malformed_answer` when it is not DER of two positive integers that fit
 */
export function ecdsaRawFromDer(algorithm: EcAlgorithm, der: Uint8Array): Uint8Array {
  const what = "signature";
  const [r, s, ...others] = objectsIn(onlyObject(der, SEQUENCE, what), what);
  if (r?.tag !== INTEGER || s?.tag !== INTEGER || others.length > 0) throw malformed(what);
  const { fieldBytes } = ALGORITHMS[algorithm];
  return concatBytes(fixed(r.value, fieldBytes), fixed(s.value, fieldBytes));
}

/**
 * The reverse of {@link ecdsaRawFromDer}: what a card answers.
 *
 * @throws {CardError} `card/bad_argument` when it is not twice the field
 */
export function ecdsaDerFromRaw(algorithm: EcAlgorithm, raw: Uint8Array): Uint8Array {
  const { fieldBytes } = ALGORITHMS[algorithm];
  if (raw.length !== 2 * fieldBytes)
    throw new CardError("card/bad_argument", "A raw signature is r and s, each as the field.");
  const halves = [raw.subarray(0, fieldBytes), raw.subarray(fieldBytes)];
  return encodeTlv(SEQUENCE, ...halves.map((half) => encodeTlv(INTEGER, shortest(half))));
}

function fixed(integer: Uint8Array, fieldBytes: number): Uint8Array {
  const [first = 0x80, second = 0] = integer;
  const isPadded = first === 0 && integer.length > 1;
  if (first >= 0x80 || (isPadded && second < 0x80)) throw malformed("signature");
  const digits = isPadded ? integer.subarray(1) : integer;
  if (digits.length > fieldBytes) throw malformed("signature");
  const bytes = new Uint8Array(fieldBytes);
  bytes.set(digits, fieldBytes - digits.length);
  return bytes;
}

function shortest(digits: Uint8Array): Uint8Array {
  const first = digits.findIndex((digit) => digit !== 0);
  if (first < 0) return new Uint8Array([0]);
  const rest = digits.subarray(first);
  return (rest[0] ?? 0) >= 0x80 ? concatBytes(new Uint8Array([0]), rest) : rest;
}
