/** What may be concluded from a status word about the command that got it. */
export type StatusEffect =
  /** It was done. */
  | "applied"
  /** It was refused and the card is as before, except for a try that a wrong value cost. */
  | "not_applied"
  /** It may or may not have been done: treat as both. */
  | "unknown"
  /** Not an end yet: more of the answer waits for GET RESPONSE. */
  | "more"
  /** Not an end yet: the card wants the same command with another expected length. */
  | "wrong_length";

/**
 * Status words, one row each [7816-4 §5.6], narrowed by [PIV-2 §3]. A row stands for every word that equals `word`
 * under `mask`. A word no row stands for is `unlisted`, and its effect `unknown`: never a guess.
 */
// biome-ignore format: the columns are the documentation
export const STATUS_WORDS = [
  { word: 0x9000, mask: 0xffff, name: "ok",                                effect: "applied" },
  { word: 0x6100, mask: 0xff00, name: "more_data_available",               effect: "more" },
  { word: 0x6300, mask: 0xffff, name: "verification_failed",               effect: "not_applied" },
  { word: 0x63c0, mask: 0xfff0, name: "wrong_reference_data",              effect: "not_applied" },
  { word: 0x6581, mask: 0xffff, name: "memory_failure",                    effect: "unknown" },
  { word: 0x6500, mask: 0xff00, name: "memory_changed",                    effect: "unknown" },
  { word: 0x6700, mask: 0xffff, name: "wrong_length",                      effect: "not_applied" },
  { word: 0x6982, mask: 0xffff, name: "security_status_not_satisfied",     effect: "not_applied" },
  { word: 0x6983, mask: 0xffff, name: "authentication_method_blocked",     effect: "not_applied" },
  { word: 0x6984, mask: 0xffff, name: "reference_data_not_usable",         effect: "not_applied" },
  { word: 0x6985, mask: 0xffff, name: "conditions_not_satisfied",          effect: "not_applied" },
  { word: 0x6a80, mask: 0xffff, name: "incorrect_data",                    effect: "not_applied" },
  { word: 0x6a81, mask: 0xffff, name: "function_not_supported",            effect: "unknown" },
  { word: 0x6a82, mask: 0xffff, name: "object_not_found",                  effect: "unknown" },
  { word: 0x6a84, mask: 0xffff, name: "not_enough_memory",                 effect: "unknown" },
  { word: 0x6a86, mask: 0xffff, name: "incorrect_parameters",              effect: "not_applied" },
  { word: 0x6a88, mask: 0xffff, name: "reference_data_not_found",          effect: "not_applied" },
  { word: 0x6c00, mask: 0xff00, name: "wrong_expected_length",             effect: "wrong_length" },
  { word: 0x6d00, mask: 0xffff, name: "instruction_not_supported",         effect: "not_applied" },
  { word: 0x6e00, mask: 0xffff, name: "class_not_supported",               effect: "not_applied" },
  { word: 0x6f00, mask: 0xffff, name: "no_precise_diagnosis",              effect: "unknown" },
] as const satisfies readonly { word: number; mask: number; name: string; effect: StatusEffect }[];

export type StatusName = (typeof STATUS_WORDS)[number]["name"] | "unlisted";

/** The row's name; a word we do not list is `unlisted`. */
export function statusName(statusWord: number): StatusName {
  return rowOf(statusWord)?.name ?? "unlisted";
}

/** Whether the command that got this word took effect; a word we do not list is `unknown`, which means both. */
export function statusEffect(statusWord: number): StatusEffect {
  return rowOf(statusWord)?.effect ?? "unknown";
}

/** Tries left after a wrong passcode or PUK (63Cx: 0 to 15); `undefined` when the word does not say. */
export function triesLeftFrom(statusWord: number): number | undefined {
  return statusName(statusWord) === "wrong_reference_data" ? statusWord & 0x0f : undefined;
}

function rowOf(statusWord: number): (typeof STATUS_WORDS)[number] | undefined {
  const isWord = statusWord >= 0 && statusWord <= 0xffff;
  return isWord ? STATUS_WORDS.find((row) => (statusWord & row.mask) === row.word) : undefined;
}
