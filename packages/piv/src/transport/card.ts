/** What a card answers [7816-4 §5.1]: the data field, without the two status bytes, and the status word. */
export interface ResponseApdu {
  readonly data: Uint8Array;
  readonly statusWord: number;
}

/**
 * The whole port a PIV client needs: one APDU in, one answer out.
 *
 * `transmit` sends exactly these bytes once and never repeats them. It rejects with a `CardError`
 * (`card/removed`, `card/reset`, `card/transport`) when no answer came: the command may or may not have taken effect.
 */
export interface Card {
  transmit(apdu: Uint8Array): Promise<ResponseApdu>;
}

/** Why a session's card is no longer usable. */
export type CardLoss = "removed" | "reset";

/**
 * One exclusive connection to one insertion of one card. It never outlives that insertion: a card that was taken
 * out, or reset by somebody else, needs a new session.
 */
export interface CardSession extends Card {
  /**
   * Runs `work` with no other program between its APDUs. Keep it under 5 s: Windows resets a card held longer
   * without an operation. Not re-entrant.
   */
  transaction<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Power off and on, on the same handle. The card forgets what was verified and what was selected. */
  powerCycle(): Promise<void>;
  /** Resolves, once, when this insertion is over. Never rejects. */
  readonly removed: Promise<CardLoss>;
  /** Ends the connection and resets the card, so that no verified state is left behind. Idempotent. */
  close(): Promise<void>;
}
