/** Everything that can go wrong with the database as a whole, by stable code. */
export type DatabaseErrorCode =
  | "database/in_use"
  | "database/start_failed"
  | "database/not_durable"
  | "database/worker_died"
  | "database/migration_failed"
  | "database/pool_in_transaction"
  | "database/config_invalid"
  | "database/clock_behind"
  | "database/no_primary"
  | "database/outcome_unknown";

/** Thrown by `sql/`. Errors of single statements are pg's own `DatabaseError`, with their SQLSTATE. */
export class DatabaseError<Code extends DatabaseErrorCode = DatabaseErrorCode> extends Error {
  override readonly name = "DatabaseError";
  readonly code: Code;

  constructor(code: Code, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.code = code;
  }
}
