/** What PC/SC functions return besides success, one row each [PCSC]. What is not listed is `pcsc/failed`. */
// biome-ignore format: the columns are the documentation
export const RETURN_CODES = {
  0x80100002: "pcsc/cancelled",
  0x80100003: "pcsc/invalid_handle",
  0x80100009: "pcsc/unknown_reader",
  0x8010000a: "pcsc/timeout",
  0x8010000b: "pcsc/sharing_violation",
  0x8010000c: "pcsc/no_card",
  0x8010000f: "pcsc/protocol_mismatch",
  0x80100010: "pcsc/not_ready",
  0x80100012: "pcsc/service_stopped",     // SYSTEM_CANCELLED: the session or the machine is ending
  0x80100013: "pcsc/communication_lost",  // between us and the service, not between reader and card
  0x80100016: "pcsc/not_transacted",
  0x80100017: "pcsc/reader_unavailable",
  0x80100018: "pcsc/service_stopped",     // SHUTDOWN
  0x8010001d: "pcsc/no_service",
  0x8010001e: "pcsc/service_stopped",
  0x8010002e: "pcsc/no_readers",
  0x8010002f: "pcsc/not_transacted",      // COMM_DATA_LOST: between reader and card
  0x80100066: "pcsc/unresponsive_card",
  0x80100067: "pcsc/unpowered_card",
  0x80100068: "pcsc/reset_card",
  0x80100069: "pcsc/removed_card",
} as const satisfies Readonly<Record<number, string>>;

export type PcscErrorCode =
  | (typeof RETURN_CODES)[keyof typeof RETURN_CODES]
  /** The PC has no PC/SC library, or it lacks a function. */
  | "pcsc/no_library"
  /** A return code that is not in the table. */
  | "pcsc/failed";

/** Thrown when a PC/SC function does not return success. */
export class PcscError extends Error {
  override readonly name = "PcscError";
  readonly code: PcscErrorCode;
  /** The number it returned, as unsigned 32 bits; 0 when nothing was called. */
  readonly returnCode: number;

  constructor(
    code: PcscErrorCode,
    message: string,
    options: ErrorOptions & { readonly returnCode?: number } = {},
  ) {
    super(message, options);
    this.code = code;
    this.returnCode = options.returnCode ?? 0;
  }
}

const BY_NUMBER: ReadonlyMap<number, PcscErrorCode> = new Map(
  Object.entries(RETURN_CODES).map(([number, code]) => [Number(number), code]),
);

/** The error for a return code. `asked` is the function's name, for people. LONG may be signed: both forms are known. */
export function pcscError(returnCode: number, asked: string): PcscError {
  const unsigned = returnCode >>> 0;
  const code = BY_NUMBER.get(unsigned) ?? "pcsc/failed";
  const shown = `0x${unsigned.toString(16).padStart(8, "0")}`;
  return new PcscError(code, `${asked} returned ${shown}.`, { returnCode: unsigned });
}

/** The service itself is gone, or this context was made with a service that has since restarted. */
const SERVICE_LOST: ReadonlySet<PcscErrorCode> = new Set([
  "pcsc/no_service",
  "pcsc/service_stopped",
  "pcsc/communication_lost",
  "pcsc/invalid_handle",
  "pcsc/no_library",
]);

/** True when a new context is needed, once there is a service again. */
export function isServiceLost(error: unknown): boolean {
  return error instanceof PcscError && SERVICE_LOST.has(error.code);
}
