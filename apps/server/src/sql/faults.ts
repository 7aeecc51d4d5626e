import { DatabaseError } from "./errors.ts";

/**
 * PostgreSQL's own words for "nothing of this transaction happened, and it may well work the next time" [PG-ERRORS]:
 * it lost against another one, or the server is going down, coming up, or a standby.
 */
const WORTH_REPEATING: ReadonlySet<string> = new Set([
  "40001", // serialization_failure
  "40P01", // deadlock_detected
  "25006", // read_only_sql_transaction: it has become a standby
  "57P01", // admin_shutdown
  "57P02", // crash_shutdown
  "57P03", // cannot_connect_now
  "database/no_primary",
]);

/** What Node and node-postgres say when there is no connection, or none any more. */
const NO_CONNECTION: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOENT",
  "ETIMEDOUT",
  "EHOSTUNREACH",
]);

const BROKEN = [
  "Connection terminated",
  "timeout exceeded when trying to connect",
  "Client has encountered a connection error",
];

/** Whether a transaction that failed thus, before its commit was sent, may simply be run again. */
export function mayBeRepeated(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  if (code !== undefined && (WORTH_REPEATING.has(code) || NO_CONNECTION.has(code))) return true;
  if (code?.startsWith("08") === true) return true;
  return BROKEN.some((words) => error.message.startsWith(words));
}

/** Whether the database itself said that the commit failed: then nothing happened. Anything else leaves it open. */
export function isRefusedCommit(error: unknown): boolean {
  return (
    error instanceof Error && "severity" in error && error.severity === "ERROR" && "code" in error
  );
}

/** The commit was sent and no answer came. The transaction may have happened, durably, or not at all. */
export function outcomeUnknown(cause: unknown): DatabaseError {
  return new DatabaseError(
    "database/outcome_unknown",
    "The connection broke while a change was being made. Whether it was made is not known: look first, then go on.",
    { cause },
  );
}

export function isOutcomeUnknown(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === "database/outcome_unknown";
}

function codeOf(error: Error): string | undefined {
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}
