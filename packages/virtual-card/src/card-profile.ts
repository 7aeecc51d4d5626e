/** What a card takes as its passcode, padded to eight bytes with ff. */
export type PasscodeRule =
  /** Care cards: 4 to 8 of 0-9 A-Z a-z. */
  | "alphanumeric-4-8"
  /** [PIV-2 §2.4.3] 6 to 8 digits. */
  | "digits-6-8";

/** Where real cards stray from the standard, or take an option of it. */
export type CardQuirk =
  /** [PIV-2 §3.2.1] allows either: a passcode of the wrong form costs a try instead of answering 6a80. */
  | "bad_format_costs_a_try"
  /** Answers 6983 where the standard says 63c0, when the last try is used (OpenFIPS201). */
  | "blocked_word_on_last_try"
  /** After one right PUK, takes any PUK until reset (PivApplet issue 67). Such a card must not be issued. */
  | "any_puk_after_right_puk";

/** A card model: what it takes, how often, and what it can do. */
export interface CardProfile {
  readonly name: string;
  readonly passcodeRule: PasscodeRule;
  /** 1 to 15. */
  readonly passcodeTries: number;
  /** 1 to 15. */
  readonly pukTries: number;
  /** Whether CHANGE REFERENCE DATA takes key reference 81, which is optional [PIV-2 §3.2.2]. */
  readonly pukChangeable: boolean;
  /** Whether a right PUK refills its own counter too, which is optional [PIV-2 §3.2.3]. */
  readonly resetsPukCounterOnSuccess: boolean;
  readonly extendedLength: boolean;
  /** Whether the card has room for the server's own object, {@link HINT_OBJECT_TAG}. */
  readonly hasHintObject: boolean;
  readonly quirks: readonly CardQuirk[];
}

/** A data object outside PIV's own range, for the server's authenticated counter. */
export const HINT_OBJECT_TAG = 0x5fff20;

const CARE: CardProfile = {
  name: "care",
  passcodeRule: "alphanumeric-4-8",
  passcodeTries: 3,
  pukTries: 15,
  pukChangeable: true,
  resetsPukCounterOnSuccess: true,
  extendedLength: true,
  hasHintObject: true,
  quirks: [],
};

/** Card models to start from, by name; any other is `{ ...CARD_PROFILES.care, ... }`. */
export const CARD_PROFILES = {
  /** Takes every passcode the care policy allows; its PUK is rotated after use. */
  care: CARE,
  /** The standard to the letter: digits only, short APDUs, few tries, nothing optional. */
  strictPiv: {
    name: "strict-piv",
    passcodeRule: "digits-6-8",
    passcodeTries: 3,
    pukTries: 3,
    pukChangeable: false,
    resetsPukCounterOnSuccess: false,
    extendedLength: false,
    hasHintObject: false,
    quirks: [],
  },
  /** Today's NHS rule on a card that can rotate its PUK. */
  careDigits: { ...CARE, name: "care-digits", passcodeRule: "digits-6-8", pukTries: 10 },
} as const satisfies Record<string, CardProfile>;
