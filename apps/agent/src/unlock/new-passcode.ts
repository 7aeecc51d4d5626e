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
import { UNLOCK_FIELDS } from "../pages/unlock.tsx";
import { WORDS } from "../pages/words.ts";
import type { Notice } from "../visits/visit-memory.ts";

/**
 * What this holder may choose on this card.
 *
 * @throws {Refusal} `protocol_unsupported` when the server names a rule this agent does not know
 */
export function policyFor({ policy }: Pick<UnlockTask, "policy">): PasscodePolicy {
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
export function whatIsWrong(task: UnlockTask, { passcode, again }: TypedTwice): Notice | undefined {
  const { unlock: words } = WORDS;
  const { passcode: field, again: againField } = UNLOCK_FIELDS;
  if (passcode.length === 0) return { text: words.empty, field };
  const { names, dateOfBirth: dob, numbers, codes } = task.tokens;
  const verdict = checkPasscode(passcode.reveal(), policyFor(task), { names, dob, numbers, codes });
  if (!verdict.ok) return { text: verdict.message, field };
  if (again.length === 0) return { text: words.emptyAgain, field: againField };
  if (!bytesEqual(passcode.reveal(), again.reveal()))
    return { text: PASSCODE_MISMATCH, field: againField };
  return undefined;
}
