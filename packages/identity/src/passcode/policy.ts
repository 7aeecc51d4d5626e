import type { CardPasscodeRule } from "../smartcard.ts";

/** What a passcode may be made of, before anybody asks whether it is easy to guess. */
export interface PasscodePolicy {
  readonly minLength: number;
  readonly maxLength: number;
  readonly alphabet: "digits" | "letters-and-digits";
  /** Refuse every code that reads as a 6-digit date, not only the holder's own. Costs 8 % of all 6-digit codes. */
  readonly sixDigitDates: boolean;
}

/** The policies a site may choose from: the how-to's own, and the rule for numbers only that followed it. */
// biome-ignore format: the columns are the documentation
export const SITE_POLICIES = {
  "care-4-8":        { minLength: 4, maxLength: 8, alphabet: "letters-and-digits", sixDigitDates: false },
  "care-6-8-digits": { minLength: 6, maxLength: 8, alphabet: "digits",             sixDigitDates: false },
} as const satisfies Record<string, PasscodePolicy>;

export type SitePolicyName = keyof typeof SITE_POLICIES;

export const SITE_POLICY_NAMES: readonly SitePolicyName[] = ["care-4-8", "care-6-8-digits"];

/** Reads a policy's name from a setting or a command line; `undefined` if there is none of that name. */
export function parseSitePolicyName(input: unknown): SitePolicyName | undefined {
  return SITE_POLICY_NAMES.find((name) => name === input);
}

/** What each kind of card takes, from our own records [PIV-2 §2.4.3]: the standard's own is 6 to 8 digits. */
// biome-ignore format: the columns are the documentation
const CARD_RULES = {
  "alphanumeric-4-8": { minLength: 4, maxLength: 8, alphabet: "letters-and-digits" },
  "digits-6-8":       { minLength: 6, maxLength: 8, alphabet: "digits" },
} as const satisfies Record<CardPasscodeRule, Omit<PasscodePolicy, "sixDigitDates">>;

/** What this holder may choose on this card: whatever the site allows and the card takes. */
export function effectivePolicy(site: PasscodePolicy, cardRule: CardPasscodeRule): PasscodePolicy {
  const card = CARD_RULES[cardRule];
  const digitsOnly = site.alphabet === "digits" || card.alphabet === "digits";
  return {
    minLength: site.minLength > card.minLength ? site.minLength : card.minLength,
    maxLength: site.maxLength < card.maxLength ? site.maxLength : card.maxLength,
    alphabet: digitsOnly ? "digits" : "letters-and-digits",
    sixDigitDates: site.sixDigitDates,
  };
}

/** The rule in one plain sentence, told before the holder types: "Use 6 to 8 numbers." */
export function policySentence({ minLength, maxLength, alphabet }: PasscodePolicy): string {
  const length = minLength === maxLength ? `${minLength}` : `${minLength} to ${maxLength}`;
  return `Use ${length} ${alphabet === "digits" ? "numbers" : "letters or numbers"}.`;
}
