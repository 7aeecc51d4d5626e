import { encodeTlv, findTlv } from "@lanyard/bytes";
import {
  ALGORITHMS,
  type AlgorithmName,
  type EcAlgorithm,
  type SignatureAlgorithm,
} from "../constants/algorithms.ts";
import { CLASS_PLAIN, INSTRUCTIONS } from "../constants/instructions.ts";
import { KEY_REFERENCES, SLOTS, type Slot } from "../constants/key-references.ts";
import { CardError } from "../errors.ts";
import { malformed, objectsIn, onlyObject } from "./answer.ts";
import { type CommandApdu, SHORT_EXPECTED_BYTES } from "./apdu.ts";
import { ecdsaRawFromDer } from "./signature-formats.ts";

const TEMPLATE = 0x7c;
const TAG = { witness: 0x80, challenge: 0x81, response: 0x82, exponentiation: 0x85 } as const;
const ASKED_FOR = new Uint8Array(0);

/** Bytes GENERAL AUTHENTICATE signs: the digest as long as the field, or the padded block as long as the modulus. */
export function signatureInputBytes(algorithm: SignatureAlgorithm): number {
  const row = ALGORITHMS[algorithm];
  return row.kind === "ec" ? row.fieldBytes : row.modulusBytes;
}

/**
 * GENERAL AUTHENTICATE that signs [PIV-2 §3.2.4, A.4]: a digest for EC keys, an already padded block for RSA.
 *
 * @throws {CardError} `card/bad_argument` when the input is not as long as the algorithm wants
 */
export function signCommand(
  slot: Slot,
  algorithm: SignatureAlgorithm,
  input: Uint8Array,
): CommandApdu {
  if (input.length !== signatureInputBytes(algorithm))
    throw new CardError("card/bad_argument", "The input is not as long as the algorithm wants.");
  return authenticate(algorithm, SLOTS[slot].reference, [
    encodeTlv(TAG.response, ASKED_FOR),
    encodeTlv(TAG.challenge, input),
  ]);
}

/**
 * The signature in the answer: DER for EC [SP800-78 §3.2], as long as the modulus for RSA. Its shape is checked, nothing
 * is verified.
 *
 * @throws {CardError} `card/malformed_answer`
 */
export function parseSignature(algorithm: SignatureAlgorithm, data: Uint8Array): Uint8Array {
  const signature = fieldOf(data, TAG.response).slice();
  if (algorithm !== "rsa2048") ecdsaRawFromDer(algorithm, signature);
  else if (signature.length !== ALGORITHMS.rsa2048.modulusBytes) throw malformed("signature");
  return signature;
}

/**
 * GENERAL AUTHENTICATE that agrees on a key (ECDH) with another party's uncompressed point [PIV-2 A.5].
 *
 * @throws {CardError} `card/bad_argument` when the point is not uncompressed or of another curve's size
 */
export function keyAgreementCommand(
  slot: Slot,
  algorithm: EcAlgorithm,
  theirPoint: Uint8Array,
): CommandApdu {
  if (theirPoint.length !== 1 + 2 * ALGORITHMS[algorithm].fieldBytes || theirPoint[0] !== 0x04)
    throw new CardError("card/bad_argument", "Expected an uncompressed point of this curve.");
  return authenticate(algorithm, SLOTS[slot].reference, [
    encodeTlv(TAG.response, ASKED_FOR),
    encodeTlv(TAG.exponentiation, theirPoint),
  ]);
}

/**
 * The agreed secret: the shared point's x coordinate. A copy.
 *
 * @throws {CardError} `card/malformed_answer`
 */
export function parseAgreedSecret(algorithm: EcAlgorithm, data: Uint8Array): Uint8Array {
  const secret = fieldOf(data, TAG.response);
  if (secret.length !== ALGORITHMS[algorithm].fieldBytes) throw malformed("agreed secret");
  return secret.slice();
}

/** Asks the card for a challenge to encrypt under the card-management key [PIV-2 A.1]. */
export function challengeCommand(algorithm: AlgorithmName): CommandApdu {
  return authenticate(algorithm, KEY_REFERENCES["9b"].reference, [
    encodeTlv(TAG.challenge, ASKED_FOR),
  ]);
}

/** Answers the card's challenge [PIV-2 A.1]. */
export function challengeResponseCommand(
  algorithm: AlgorithmName,
  response: Uint8Array,
): CommandApdu {
  const fields = [encodeTlv(TAG.response, response)];
  return {
    ...authenticate(algorithm, KEY_REFERENCES["9b"].reference, fields),
    expectedBytes: undefined,
  };
}

/** Asks the card for a witness, encrypted under the card-management key [PIV-2 A.2]. */
export function witnessCommand(algorithm: AlgorithmName): CommandApdu {
  return authenticate(algorithm, KEY_REFERENCES["9b"].reference, [
    encodeTlv(TAG.witness, ASKED_FOR),
  ]);
}

/** Gives the decrypted witness back and challenges the card in turn [PIV-2 A.2]. */
export function witnessResponseCommand(
  algorithm: AlgorithmName,
  witness: Uint8Array,
  challenge: Uint8Array,
): CommandApdu {
  return authenticate(algorithm, KEY_REFERENCES["9b"].reference, [
    encodeTlv(TAG.witness, witness),
    encodeTlv(TAG.challenge, challenge),
    encodeTlv(TAG.response, ASKED_FOR),
  ]);
}

/**
 * The witness, challenge or response in the card's answer, exactly `blockBytes` long. A copy.
 *
 * @throws {CardError} `card/malformed_answer`
 */
export function parseAuthenticationBlock(
  field: "witness" | "challenge" | "response",
  data: Uint8Array,
  blockBytes: number,
): Uint8Array {
  const value = fieldOf(data, TAG[field]);
  if (value.length !== blockBytes) throw malformed(field);
  return value.slice();
}

function authenticate(
  algorithm: AlgorithmName,
  reference: number,
  fields: readonly Uint8Array[],
): CommandApdu {
  return {
    cla: CLASS_PLAIN,
    ins: INSTRUCTIONS.generalAuthenticate,
    p1: ALGORITHMS[algorithm].id,
    p2: reference,
    data: encodeTlv(TEMPLATE, ...fields),
    expectedBytes: SHORT_EXPECTED_BYTES,
  };
}

function fieldOf(data: Uint8Array, tag: number): Uint8Array {
  const what = "dynamic authentication template";
  const value = findTlv(objectsIn(onlyObject(data, TEMPLATE, what), what), tag);
  if (value === undefined) throw malformed(what);
  return value;
}
