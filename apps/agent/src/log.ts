import { type Logger, pino } from "pino";

export type { Logger };

/** Events with identifiers, never sentences with names. Nothing personal and nothing secret is ever passed in. */
export function openLog(level: string): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime });
}
