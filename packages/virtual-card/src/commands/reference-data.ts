import { bytesEqual, fromHex, toHex } from "@lanyard/bytes";
import type { PasscodeRule } from "../card-profile.ts";
import type { CardState, ReferenceState } from "../card-state.ts";
import type { Outcome } from "./command.ts";

/** A passcode or PUK on the wire [PIV-2 §2.4.3]. */
export const REFERENCE_BYTES = 8;

const PADDING = 0xff;

// biome-ignore format: the columns are the documentation
const RULES: Readonly<Record<PasscodeRule, { readonly leastBytes: number; readonly form: RegExp }>> = {
  "alphanumeric-4-8": { leastBytes: 4, form: /^[0-9A-Za-z]*$/ },
  "digits-6-8":       { leastBytes: 6, form: /^[0-9]*$/ },
};

/** Whether these bytes are a passcode this card takes: the rule's characters, then ff up to eight bytes. */
export function isPasscodeForm(value: Uint8Array, rule: PasscodeRule): boolean {
  if (value.length !== REFERENCE_BYTES) return false;
  const firstPadding = value.indexOf(PADDING);
  const usedBytes = firstPadding < 0 ? REFERENCE_BYTES : firstPadding;
  if (value.subarray(usedBytes).some((byte) => byte !== PADDING)) return false;
  const { leastBytes, form } = RULES[rule];
  return usedBytes >= leastBytes && form.test(String.fromCharCode(...value.subarray(0, usedBytes)));
}

/** Compares in a time that does not depend on where the values differ. */
export function matches(reference: ReferenceState, value: Uint8Array): boolean {
  return bytesEqual(fromHex(reference.value), value);
}

/** The reference with one try fewer; never below none. */
export function withTryUsed(reference: ReferenceState): ReferenceState {
  return { ...reference, triesLeft: Math.max(0, reference.triesLeft - 1) };
}

/** The reference with its counter full, and with a new value when one is given. */
export function withTriesFull(
  reference: ReferenceState,
  tries: number,
  value?: Uint8Array,
): ReferenceState {
  if (value === undefined && reference.triesLeft === tries) return reference;
  return { value: value === undefined ? reference.value : toHex(value), triesLeft: tries };
}

/** 63Cx, or 6983 from a card with that quirk once no try is left [PIV-2 §3.2.1]. */
export function wrongReferenceWord(reference: ReferenceState, { profile }: CardState): number {
  if (reference.triesLeft === 0 && profile.quirks.includes("blocked_word_on_last_try"))
    return 0x6983;
  return 0x63c0 | reference.triesLeft;
}

/** A counter at none. */
export const BLOCKED: Outcome = { statusWord: 0x6983 };
