import { isCommon } from "./common.ts";
import { isContext } from "./context.ts";
import { isDate, isYear } from "./date.ts";
import { type FoldedHolder, foldHolder, type HolderTokens } from "./holder.ts";
import { isKeyboardPattern } from "./keyboard.ts";
import { isPersonal } from "./personal.ts";
import type { PasscodePolicy } from "./policy.ts";
import { isRepeat } from "./repeat.ts";
import { isSequence } from "./sequence.ts";
import { countCharacters, foldBytes, hasLetter, type Symbols } from "./symbols.ts";
import { type PasscodeRefusal, type PasscodeVerdict, refuse } from "./verdict.ts";

/** Goes up whenever any verdict may change, so that an audit entry says which rules a passcode passed. */
export const PASSCODE_RULES_VERSION = 1;

interface Candidate {
  readonly symbols: Symbols;
  readonly policy: PasscodePolicy;
  readonly holder: FoldedHolder;
}

type Rule = readonly [PasscodeRefusal, (candidate: Candidate) => boolean];

/**
 * The order of the rules is the order of the messages: the first that matches is the one reason told. A year is told
 * as what it is (1987, 1999, 2012), though a piece of it may be in order.
 */
// biome-ignore format: the order is the documentation
const RULES: readonly Rule[] = [
  ["REPEAT",   ({ symbols }) => isRepeat(symbols)],
  ["SEQUENCE", ({ symbols }) => isSequence(symbols) && !isYear(symbols)],
  ["KEYBOARD", ({ symbols }) => isKeyboardPattern(symbols)],
  ["PERSONAL", ({ symbols, holder }) => isPersonal(symbols, holder)],
  ["DATE",     ({ symbols, policy }) => isDate(symbols, policy.sixDigitDates)],
  ["CONTEXT",  ({ symbols }) => isContext(symbols)],
  ["COMMON",   ({ symbols }) => isCommon(symbols)],
];

export type PasscodeChecker = (passcode: Uint8Array) => PasscodeVerdict;

/** {@link checkPasscode} for one rule and one holder, whose data is folded once. About 10 microseconds a check. */
export function passcodeChecker(policy: PasscodePolicy, holder: HolderTokens): PasscodeChecker {
  const folded = foldHolder(holder);
  return (passcode) => judge(passcode, policy, folded);
}

/**
 * Whether the holder may choose this passcode, and if not, the one reason to show.
 *
 * `passcode` is the UTF-8 bytes as typed: nothing is trimmed or normalised, case does not
 * matter. It is not kept, and no string is made of it: the working copy, of small numbers, is wiped before this
 * returns. The few pieces that some rules copy (every other symbol, a set of them) and what a runtime moves about
 * in its own memory are not; that is not promised.
 */
export function checkPasscode(
  passcode: Uint8Array,
  policy: PasscodePolicy,
  holder: HolderTokens,
): PasscodeVerdict {
  return judge(passcode, policy, foldHolder(holder));
}

function judge(
  passcode: Uint8Array,
  policy: PasscodePolicy,
  holder: FoldedHolder,
): PasscodeVerdict {
  const length = countCharacters(passcode);
  if (length < policy.minLength) return refuse("TOO_SHORT", policy);
  if (length > policy.maxLength) return refuse("TOO_LONG", policy);
  const symbols = foldBytes(passcode);
  if (symbols === undefined) return refuse("BAD_CHAR", policy);
  try {
    if (policy.alphabet === "digits" && hasLetter(symbols)) return refuse("BAD_CHAR", policy);
    const broken = RULES.find(([, matches]) => matches({ symbols, policy, holder }));
    return broken === undefined ? { ok: true } : refuse(broken[0], policy);
  } finally {
    symbols.fill(0);
  }
}
