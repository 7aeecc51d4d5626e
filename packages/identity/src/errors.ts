/** What callers of this package may get wrong, by stable code. Refusals of the domain are values, not errors. */
export type IdentityErrorCode = "identity/registers_broken" | "identity/not_a_care_id";

export class IdentityError extends Error {
  override readonly name = "IdentityError";
  readonly code: IdentityErrorCode;

  constructor(code: IdentityErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
