import { bytesEqual, type Secret } from "@lanyard/bytes";
import {
  type CardPasscodeRule,
  checkPasscode,
  effectivePolicy,
  PASSCODE_MISMATCH,
  type PasscodePolicy,
  parseSitePolicyName,
  SITE_POLICIES,
} from "@lanyard/identity";
import { Refusal, type UnlockTask } from "@lanyard/wire";
import { WORDS } from "../pages/words.ts";
import type { Notice } from "../visits/visit-memory.ts";

/** Passcodes are 4 to 8 characters here; anything else cannot be one and costs no try. */
export const PASSCODE_BYTES_MIN = 4;

type PasscodeTask = Pick<UnlockTask, "policy" | "tokens">;

/**
 * What this holder may choose on this card.
 *
 * @throws {Refusal} `protocol_unsupported` when the server names a rule this agent does not know
 */
export function policyFor({ policy }: Pick<PasscodeTask, "policy">): PasscodePolicy {
  const site = parseSitePolicyName(policy.site);
  if (site === undefined || !isCardRule(policy.cardRule)) throw new Refusal("protocol_unsupported");
  return effectivePolicy(SITE_POLICIES[site], policy.cardRule);
}

function isCardRule(name: string): name is CardPasscodeRule {
  return name === "alphanumeric-4-8" || name === "digits-6-8";
}

export interface TypedTwice {
  readonly passcode: Secret;
  readonly again: Secret;
}

/** The one thing to put right, or `undefined`: nothing has been done to any card yet. */
export function whatIsWrong(
  task: PasscodeTask,
  { passcode, again }: TypedTwice,
  { passcode: field, again: againField }: { readonly passcode: string; readonly again: string },
): Notice | undefined {
  const { unlock: words } = WORDS;
  if (passcode.length === 0) return { text: words.empty, field };
  const { names, dateOfBirth: dob, numbers, codes } = task.tokens;
  const verdict = checkPasscode(passcode.reveal(), policyFor(task), { names, dob, numbers, codes });
  if (!verdict.ok) return { text: verdict.message, field };
  if (again.length === 0) return { text: words.emptyAgain, field: againField };
  if (!bytesEqual(passcode.reveal(), again.reveal()))
    return { text: PASSCODE_MISMATCH, field: againField };
  return undefined;
}
