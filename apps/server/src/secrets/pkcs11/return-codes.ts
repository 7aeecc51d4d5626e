import { SecretsError } from "../errors.ts";

/** Return values [PKCS11 §3.6] that are told apart here, one row each. */
const RETURN_CODES = {
  3: "slot_id_invalid",
  5: "general_error",
  48: "device_error",
  49: "device_memory",
  50: "device_removed",
  96: "key_handle_invalid",
  130: "object_handle_invalid",
  160: "pin_incorrect",
  164: "pin_locked",
  176: "session_closed",
  179: "session_handle_invalid",
  224: "token_not_present",
  225: "token_not_recognized",
  256: "user_already_logged_in",
  257: "user_not_logged_in",
  400: "cryptoki_not_initialized",
  401: "cryptoki_already_initialized",
} as const satisfies Record<number, string>;

export type ReturnName = (typeof RETURN_CODES)[keyof typeof RETURN_CODES] | "unlisted";

/** A PKCS#11 function did not return CKR_OK. */
export class Pkcs11Error extends Error {
  override readonly name = "Pkcs11Error";
  readonly returnName: ReturnName;

  constructor(returnCode: number, functionName: string) {
    const rows: Readonly<Record<number, ReturnName>> = RETURN_CODES;
    const returnName = rows[returnCode] ?? "unlisted";
    super(`${functionName} returned ${returnName} (0x${returnCode.toString(16)})`);
    this.returnName = returnName;
  }
}

/** Whether the function failed for this very reason. */
export function hasReturned(error: unknown, ...names: readonly ReturnName[]): boolean {
  return error instanceof Pkcs11Error && names.includes(error.returnName);
}

/** What the person who runs the server is told. */
export function explained(error: unknown): SecretsError {
  if (error instanceof SecretsError) return error;
  const cause = { cause: error };
  if (hasReturned(error, "pin_incorrect"))
    return new SecretsError(
      "secrets/pin_refused",
      "The token refused the PIN of LANYARD_PKCS11_PIN_FILE. It is not tried again before a restart.",
      cause,
    );
  if (hasReturned(error, "pin_locked"))
    return new SecretsError("secrets/pin_refused", "The token's PIN is locked.", cause);
  return new SecretsError(
    "secrets/unavailable",
    `The PKCS#11 token cannot be used: ${error instanceof Error ? error.message : "it gave no reason"}.`,
    cause,
  );
}
