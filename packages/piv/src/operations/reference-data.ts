import type { Secret } from "@lanyard/bytes";
import { statusError } from "../commands/answer.ts";
import type { CommandApdu } from "../commands/apdu.ts";
import type { Exchange } from "../commands/exchange.ts";
import {
  changePasscodeCommand,
  changePukCommand,
  isSendablePasscode,
  resetRetryCounterCommand,
  resetVerificationCommand,
  verifyCommand,
  verifyStatusCommand,
} from "../commands/reference-data.ts";
import { statusEffect, statusName, triesLeftFrom } from "../constants/status-words.ts";

/** How the passcode stands, asked without spending a try. */
export type VerificationStatus =
  | { readonly state: "verified" }
  | { readonly state: "tries_left"; readonly tries: number }
  | { readonly state: "blocked" };

/** How a try at the passcode ended. */
export type VerifyOutcome =
  | { readonly ok: true }
  /** One try was spent. `triesLeft` is `undefined` on cards that do not say. */
  | { readonly ok: false; readonly reason: "wrong"; readonly triesLeft: number | undefined }
  /** No tries are left, before this one or because of it. */
  | { readonly ok: false; readonly reason: "blocked" }
  /** It cannot be this card's passcode; no try was spent. */
  | { readonly ok: false; readonly reason: "bad_format" };

/** How a change of passcode or PUK ended. `unknown` means both: it may have been done and it may not. */
export interface ReferenceDataOutcome {
  readonly statusWord: number;
  readonly effect: "applied" | "not_applied" | "unknown";
  /** Tries left for what was wrong: the old passcode, or the PUK. */
  readonly triesLeft?: number;
  /** True when what was asked for has no tries left. */
  readonly blocked?: true;
}

/**
 * Reads how the passcode stands [PIV-2 §3.2.1]. Costs no try.
 *
 * @throws {CardError} `card/unexpected_status` | `card/unsupported` | `card/security_status`
 */
export async function readVerificationStatus(exchange: Exchange): Promise<VerificationStatus> {
  const { statusWord } = await exchange(verifyStatusCommand());
  if (statusName(statusWord) === "ok") return { state: "verified" };
  if (isBlocked(statusWord)) return { state: "blocked" };
  const tries = triesLeftFrom(statusWord);
  if (tries === undefined) throw statusError(statusWord, "VERIFY");
  return { state: "tries_left", tries };
}

/**
 * Proves that the holder knows the passcode [PIV-2 §3.2.1]. A wrong one costs one try, so it is sent once, and what
 * cannot be a passcode is not sent at all.
 *
 * @throws {CardError} `card/unexpected_status` | `card/unsupported` | `card/security_status`
 */
export async function verifyPasscode(exchange: Exchange, passcode: Secret): Promise<VerifyOutcome> {
  if (!isSendablePasscode(passcode)) return { ok: false, reason: "bad_format" };
  const statusWord = await sendSecret(exchange, verifyCommand(passcode));
  if (isBlocked(statusWord)) return { ok: false, reason: "blocked" };
  switch (statusName(statusWord)) {
    case "ok":
      return { ok: true };
    case "wrong_reference_data":
    case "verification_failed":
      return { ok: false, reason: "wrong", triesLeft: triesLeftFrom(statusWord) };
    case "incorrect_data":
      return { ok: false, reason: "bad_format" };
    default:
      throw statusError(statusWord, "VERIFY");
  }
}

/**
 * Takes the verified state back; the tries stay as they are [PIV-2 §3.2.1].
 *
 * @throws {CardError} `card/unexpected_status` | `card/unsupported` | `card/security_status`
 */
export async function resetVerification(exchange: Exchange): Promise<void> {
  const { statusWord } = await exchange(resetVerificationCommand());
  if (statusName(statusWord) !== "ok") throw statusError(statusWord, "VERIFY");
}

/**
 * Sets a new passcode by the old one [PIV-2 §3.2.2]. Sent once.
 *
 * @throws {CardError} `card/bad_argument` before anything is sent
 */
export async function changePasscode(
  exchange: Exchange,
  current: Secret,
  replacement: Secret,
): Promise<ReferenceDataOutcome> {
  const command = changePasscodeCommand(current, replacement);
  return referenceDataOutcome(await sendSecret(exchange, command));
}

/**
 * Sets a new PUK by the old one [PIV-2 §3.2.2]. Sent once. A card need not have this.
 *
 * @throws {CardError} `card/bad_argument` before anything is sent
 */
export async function changePuk(
  exchange: Exchange,
  current: Secret,
  replacement: Secret,
): Promise<ReferenceDataOutcome> {
  const command = changePukCommand(current, replacement);
  return referenceDataOutcome(await sendSecret(exchange, command));
}

/**
 * Sets a new passcode by the PUK [PIV-2 §3.2.3]. Sent once. "Applied" does not prove that the card had been blocked,
 * nor that the passcode is usable: verify and sign afterwards.
 *
 * @throws {CardError} `card/bad_argument` before anything is sent
 */
export async function resetRetryCounter(
  exchange: Exchange,
  puk: Secret,
  replacement: Secret,
): Promise<ReferenceDataOutcome> {
  const command = resetRetryCounterCommand(puk, replacement);
  return referenceDataOutcome(await sendSecret(exchange, command));
}

/** What may be concluded from the word that answered a change of passcode or PUK. */
export function referenceDataOutcome(statusWord: number): ReferenceDataOutcome {
  const effect = statusEffect(statusWord);
  const triesLeft = triesLeftFrom(statusWord);
  return {
    statusWord,
    // "More" and "wrong length" are no ends, and nothing is sent again to reach one.
    effect: effect === "more" || effect === "wrong_length" ? "unknown" : effect,
    ...(triesLeft !== undefined && { triesLeft }),
    ...(isBlocked(statusWord) && { blocked: true }),
  };
}

function isBlocked(statusWord: number): boolean {
  return (
    statusName(statusWord) === "authentication_method_blocked" || triesLeftFrom(statusWord) === 0
  );
}

async function sendSecret(exchange: Exchange, command: CommandApdu): Promise<number> {
  try {
    return (await exchange(command)).statusWord;
  } finally {
    command.data.fill(0);
  }
}
