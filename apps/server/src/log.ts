import { type Logger, pino } from "pino";

export type { Logger };

/** Events with identifiers, never sentences with names. Nothing personal and nothing secret is ever passed in. */
export function openLog(level: string, to?: { write(line: string): void }): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: describeError },
  };
  return to === undefined ? pino(options) : pino(options, to);
}

interface LoggedError {
  readonly name: string;
  readonly code?: string;
  /** Where it was thrown, without the sentence. */
  readonly at: readonly string[];
  readonly cause?: LoggedError;
}

/**
 * What a log may hold of an error that nobody foresaw: its kind and its place. Never its message or its other fields: a
 * database driver puts the refused row in there, names, seeds and all.
 */
export function describeError(error: unknown): LoggedError {
  if (!(error instanceof Error)) return { name: typeof error, at: [] };
  const code = "code" in error && typeof error.code === "string" ? { code: error.code } : {};
  const at = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  const cause = error.cause instanceof Error ? { cause: describeError(error.cause) } : {};
  return { name: error.name, ...code, at: at.map((line) => line.trim()), ...cause };
}
