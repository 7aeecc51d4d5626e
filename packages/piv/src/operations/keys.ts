import { dataOf } from "../commands/answer.ts";
import type { Exchange } from "../commands/exchange.ts";
import {
  keyAgreementCommand,
  parseAgreedSecret,
  parseSignature,
  signCommand,
} from "../commands/general-authenticate.ts";
import { generateKeyCommand, type PublicKey, parseGeneratedKey } from "../commands/generate-key.ts";
import type { EcAlgorithm, SignatureAlgorithm } from "../constants/algorithms.ts";
import type { Slot } from "../constants/key-references.ts";

/** What is to be signed, with which key. */
export interface SignRequest {
  readonly slot: Slot;
  readonly algorithm: SignatureAlgorithm;
  /** The digest for EC, the padded block for RSA. */
  readonly input: Uint8Array;
}

/**
 * Signs with a slot's key [PIV-2 §3.2.4]. The signature comes back as the card gave it, not verified.
 *
 * @throws {CardError} `card/bad_argument` | `card/security_status` | `card/malformed_answer` | `card/unexpected_status` | `card/unsupported`
 */
export async function sign(exchange: Exchange, request: SignRequest): Promise<Uint8Array> {
  const { slot, algorithm, input } = request;
  const answer = await exchange(signCommand(slot, algorithm, input));
  return parseSignature(algorithm, dataOf(answer, "GENERAL AUTHENTICATE"));
}

/** Whose point to agree with, by which key. */
export interface AgreeRequest {
  readonly slot: Slot;
  readonly algorithm: EcAlgorithm;
  readonly theirPoint: Uint8Array;
}

/**
 * Agrees on a secret by ECDH [PIV-2 §3.2.4].
 *
 * @throws {CardError} `card/bad_argument` | `card/security_status` | `card/malformed_answer` | `card/unexpected_status` | `card/unsupported`
 */
export async function agree(exchange: Exchange, request: AgreeRequest): Promise<Uint8Array> {
  const { slot, algorithm, theirPoint } = request;
  const answer = await exchange(keyAgreementCommand(slot, algorithm, theirPoint));
  return parseAgreedSecret(algorithm, dataOf(answer, "GENERAL AUTHENTICATE"));
}

/**
 * Makes a new key pair in a slot, on the card; the old one is gone [PIV-2 §3.3.2].
 *
 * @throws {CardError} `card/security_status` before the management key | `card/malformed_answer` | `card/unexpected_status` | `card/unsupported`
 */
export async function generateKey(
  exchange: Exchange,
  slot: Slot,
  algorithm: SignatureAlgorithm,
): Promise<PublicKey> {
  const answer = await exchange(generateKeyCommand(slot, algorithm));
  return parseGeneratedKey(algorithm, dataOf(answer, "GENERATE ASYMMETRIC KEY PAIR"));
}
