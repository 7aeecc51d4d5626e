import type { PasscodePolicy } from "./policy.ts";

/** Why a passcode is refused, in the order in which reasons are told. */
export const PASSCODE_REFUSALS = [
  "TOO_SHORT",
  "TOO_LONG",
  "BAD_CHAR",
  "REPEAT",
  "SEQUENCE",
  "KEYBOARD",
  "PERSONAL",
  "DATE",
  "CONTEXT",
  "COMMON",
] as const;

export type PasscodeRefusal = (typeof PASSCODE_REFUSALS)[number];

/** Exactly one reason, never the passcode nor the part of it that matched. */
export type PasscodeVerdict =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly code: PasscodeRefusal;
      readonly message: string;
      readonly hint?: string;
    };

/** Shown beside the entry, before anything is typed. */
const PASSCODE_GUIDANCE =
  "Tip: think of two unrelated things and mix a number in, such as three letters from one and three " +
  "digits from another. Do not write it on the card.";

/** {@link PASSCODE_GUIDANCE} for a rule that takes numbers only. */
const PASSCODE_GUIDANCE_DIGITS =
  "Tip: think of two numbers that have nothing to do with you or with each other, and join them. " +
  "Do not write it on the card.";

/** The two entries differ. Not a rule about passcodes, so it is no {@link PasscodeRefusal}. */
export const PASSCODE_MISMATCH = "The two entries are different. Type the new passcode again.";

/** The tip that fits the rule. */
export function passcodeGuidance(policy: PasscodePolicy): string {
  return policy.alphabet === "digits" ? PASSCODE_GUIDANCE_DIGITS : PASSCODE_GUIDANCE;
}

// biome-ignore format: one reason a row
const MESSAGES = {
  REPEAT:   "That repeats the same characters, like 9999 or 1212.",
  SEQUENCE: "That follows a simple order, like 1234 or abc1. Choose something less regular.",
  KEYBOARD: "Those keys are next to each other. Choose keys that do not form a pattern.",
  PERSONAL: "That matches something about you, such as your name, birthday or card number.",
  DATE:     "That looks like a date or a year. Dates are easy to guess.",
  CONTEXT:  "That uses a word connected with work, such as nhs or nurse.",
  COMMON:   "Many people use that passcode, so it is tried first. Choose another.",
} as const;

/** The refusal for `code`, worded for the rule in force. Length and characters say the rule itself and need no tip. */
export function refuse(code: PasscodeRefusal, policy: PasscodePolicy): PasscodeVerdict {
  switch (code) {
    case "TOO_SHORT":
    case "TOO_LONG":
      return { ok: false, code, message: lengthMessage(policy) };
    case "BAD_CHAR":
      return { ok: false, code, message: characterMessage(policy) };
    default:
      return { ok: false, code, message: MESSAGES[code], hint: passcodeGuidance(policy) };
  }
}

function lengthMessage({ minLength, maxLength, alphabet }: PasscodePolicy): string {
  return `Use ${minLength} to ${maxLength} ${alphabet === "digits" ? "numbers" : "characters"}.`;
}

function characterMessage({ alphabet }: PasscodePolicy): string {
  return alphabet === "digits"
    ? "Use only numbers 0-9. No letters, spaces or symbols."
    : "Use only letters A-Z and numbers 0-9. No spaces or symbols.";
}
