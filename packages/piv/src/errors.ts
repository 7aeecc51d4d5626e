/** Everything that can go wrong between us and a card, by stable code. */
export type CardErrorCode =
  /** Taken out before an answer came: the command may or may not have taken effect. */
  | "card/removed"
  /** Reset by somebody else: what was verified and selected is gone; the command may have taken effect. */
  | "card/reset"
  /** The reader or its service failed: the command may or may not have taken effect. */
  | "card/transport"
  /** The card answered, but has no PIV application. */
  | "card/not_piv"
  | "card/object_not_found"
  /** The answer is not what the standard says it must be. */
  | "card/malformed_answer"
  /** The card keeps saying that more follows. */
  | "card/answer_too_long"
  /** 6982: the passcode, or the management key, comes first. */
  | "card/security_status"
  | "card/unexpected_status"
  /** The card, or this client, does not do what was asked; nothing was sent, or nothing was done. */
  | "card/unsupported"
  /** What the caller gave cannot be sent: nothing was sent. */
  | "card/bad_argument";

/** Thrown when a card, or the way to it, does not keep its promises. The message never repeats data. */
export class CardError extends Error {
  override readonly name = "CardError";
  readonly code: CardErrorCode;
  /** The word the card answered, when there was one. */
  readonly statusWord: number | undefined;

  constructor(
    code: CardErrorCode,
    message: string,
    options: ErrorOptions & { readonly statusWord?: number } = {},
  ) {
    super(message, options);
    this.code = code;
    this.statusWord = options.statusWord;
  }
}

/** True when no answer came, so that nobody knows whether the command took effect. */
export function isCardLost(error: unknown): error is CardError {
  return (
    error instanceof CardError &&
    (error.code === "card/removed" ||
      error.code === "card/reset" ||
      error.code === "card/transport")
  );
}
