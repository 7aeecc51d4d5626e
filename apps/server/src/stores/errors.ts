export type StoreErrorCode = "store/conflict" | "store/row_malformed" | "store/row_missing";

/** The database would not take a row, or holds one that is not what we wrote. Values are never in the message. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** PostgreSQL's unique_violation. */
const UNIQUE_VIOLATION = "23505";

/**
 * Runs a write; a second open ceremony, a card or person that is there already, becomes `store/conflict`.
 *
 * @throws {StoreError} `store/conflict`
 */
export async function refusingConflicts<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code !== UNIQUE_VIOLATION) throw cause;
    throw new StoreError("store/conflict", "There is one already.", { cause });
  }
}

/**
 * A write that must not be lost in silence: a PUK may only leave with its registers written.
 *
 * @throws {StoreError} `store/row_missing`
 */
export function expectRow(numUpdatedRows: bigint, what: string): void {
  if (numUpdatedRows !== 1n) throw missingRow(what);
}

/** The error for a write that found nothing to change. */
export function missingRow(what: string): StoreError {
  return new StoreError("store/row_missing", `There is no such ${what}.`);
}
