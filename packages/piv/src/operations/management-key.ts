import { bytesEqual, type Secret } from "@lanyard/bytes";
import { dataOf, statusError } from "../commands/answer.ts";
import type { Exchange } from "../commands/exchange.ts";
import {
  challengeCommand,
  challengeResponseCommand,
  parseAuthenticationBlock,
  witnessCommand,
  witnessResponseCommand,
} from "../commands/general-authenticate.ts";
import { setManagementKeyCommand } from "../commands/set-management-key.ts";
import { ALGORITHMS, type CipherAlgorithm } from "../constants/algorithms.ts";
import { statusEffect, statusName } from "../constants/status-words.ts";
import { CardError } from "../errors.ts";
import type { ResponseApdu } from "../transport/card.ts";

/** One block through a block cipher, no chaining and no padding: 16 bytes for AES, 8 for 3DES. */
export interface BlockCipher {
  encryptBlock(algorithm: CipherAlgorithm, key: Uint8Array, block: Uint8Array): Uint8Array;
  decryptBlock(algorithm: CipherAlgorithm, key: Uint8Array, block: Uint8Array): Uint8Array;
}

/** The card-management key and what it takes to prove that we hold it. */
export interface ManagementKey {
  readonly algorithm: CipherAlgorithm;
  readonly key: Secret;
  readonly cipher: BlockCipher;
}

/** How proving the card-management key ended. */
export type ManagementKeyOutcome =
  | { readonly ok: true }
  /** The card did not take our proof: another key, or another algorithm. */
  | { readonly ok: false; readonly reason: "refused"; readonly statusWord: number }
  /** The card took our proof but could not give its own: it is not the card it should be. */
  | { readonly ok: false; readonly reason: "card_not_genuine" };

/**
 * Proves the card-management key to the card and lets the card prove it to us [PIV-2 A.2]. Prefer this to
 * {@link authenticateOneWay}.
 *
 * @throws {CardError} `card/bad_argument` when the key is not as long as the algorithm's | `card/malformed_answer` |
 * `card/unexpected_status` | `card/unsupported` | `card/security_status`
 */
export async function authenticateMutually(
  exchange: Exchange,
  management: ManagementKey,
  random: (bytes: number) => Uint8Array,
): Promise<ManagementKeyOutcome> {
  const { algorithm, cipher } = management;
  const key = keyOf(management);
  const { blockBytes } = ALGORITHMS[algorithm];
  const challenge = random(blockBytes);
  if (challenge.length !== blockBytes)
    throw new CardError("card/bad_argument", "The random source gave another number of bytes.");
  const asked = await exchange(witnessCommand(algorithm));
  if (isRefusal(asked)) return refused(asked);
  const sealed = parseAuthenticationBlock("witness", dataOf(asked, NAME), blockBytes);
  const witness = cipher.decryptBlock(algorithm, key, sealed);
  const answer = await exchange(witnessResponseCommand(algorithm, witness, challenge));
  if (isRefusal(answer)) return refused(answer);
  const response = parseAuthenticationBlock("response", dataOf(answer, NAME), blockBytes);
  const isGenuine = bytesEqual(response, cipher.encryptBlock(algorithm, key, challenge));
  return isGenuine ? { ok: true } : { ok: false, reason: "card_not_genuine" };
}

/**
 * Proves the card-management key to the card, which proves nothing in return [PIV-2 A.1].
 *
 * @throws {CardError} `card/bad_argument` when the key is not as long as the algorithm's | `card/malformed_answer` |
 * `card/unexpected_status` | `card/unsupported` | `card/security_status`
 */
export async function authenticateOneWay(
  exchange: Exchange,
  management: ManagementKey,
): Promise<ManagementKeyOutcome> {
  const { algorithm, cipher } = management;
  const key = keyOf(management);
  const asked = await exchange(challengeCommand(algorithm));
  if (isRefusal(asked)) return refused(asked);
  const response = cipher.encryptBlock(algorithm, key, challengeIn(asked, algorithm));
  return answerChallenge(exchange, algorithm, response);
}

/**
 * The card's challenge [PIV-2 A.1], for whoever has the key; `undefined` when the card gives none under this algorithm.
 * Any other command in between uses it up.
 *
 * @throws {CardError} `card/malformed_answer` | `card/unexpected_status` | `card/unsupported` | `card/security_status`
 */
export async function askChallenge(
  exchange: Exchange,
  algorithm: CipherAlgorithm,
): Promise<Uint8Array | undefined> {
  const asked = await exchange(challengeCommand(algorithm));
  return isRefusal(asked) ? undefined : challengeIn(asked, algorithm);
}

/**
 * Gives the encrypted challenge back.
 *
 * @throws {CardError} `card/unexpected_status` | `card/unsupported` | `card/security_status`
 */
export async function answerChallenge(
  exchange: Exchange,
  algorithm: CipherAlgorithm,
  response: Uint8Array,
): Promise<ManagementKeyOutcome> {
  const answer = await exchange(challengeResponseCommand(algorithm, response));
  if (isRefusal(answer)) return refused(answer);
  if (statusName(answer.statusWord) !== "ok") throw statusError(answer.statusWord, NAME);
  return { ok: true };
}

/**
 * Replaces the card-management key, by the command that makers of cards have in common [YUBICO-PIV]. Wants the present
 * one first.
 *
 * @throws {CardError} `card/bad_argument` when the key is not as long as the algorithm's | `card/security_status` |
 * `card/unexpected_status` | `card/unsupported`
 */
export async function setManagementKey(
  exchange: Exchange,
  management: Pick<ManagementKey, "algorithm" | "key">,
): Promise<void> {
  const command = setManagementKeyCommand(management.algorithm, keyOf(management));
  try {
    const { statusWord } = await exchange(command);
    if (statusName(statusWord) !== "ok") throw statusError(statusWord, "SET MANAGEMENT KEY");
  } finally {
    command.data?.fill(0);
  }
}

function challengeIn(asked: ResponseApdu, algorithm: CipherAlgorithm): Uint8Array {
  return parseAuthenticationBlock(
    "challenge",
    dataOf(asked, NAME),
    ALGORITHMS[algorithm].blockBytes,
  );
}

const NAME = "GENERAL AUTHENTICATE";

function keyOf({ algorithm, key }: Pick<ManagementKey, "algorithm" | "key">): Uint8Array {
  if (key.length !== ALGORITHMS[algorithm].keyBytes)
    throw new CardError("card/bad_argument", "The key is not as long as the algorithm wants.");
  return key.reveal();
}

function isRefusal({ statusWord }: ResponseApdu): boolean {
  return statusEffect(statusWord) === "not_applied";
}

function refused({ statusWord }: ResponseApdu): ManagementKeyOutcome {
  return { ok: false, reason: "refused", statusWord };
}
