import { EXIT } from "./exit-codes.ts";

/** Why a command stops, by stable code. */
export type CliErrorCode = "cli/usage" | "cli/environment" | "cli/refused" | "cli/unknown_outcome";

// biome-ignore format: one code a row
const EXITS = {
  "cli/usage":           EXIT.usage.code,
  "cli/environment":     EXIT.environment.code,
  "cli/refused":         EXIT.refused.code,
  "cli/unknown_outcome": EXIT.unknown.code,
} as const satisfies Record<CliErrorCode, number>;

/** Ends a command with a sentence for people, which never repeats a passcode, and an exit code for programs. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly code: CliErrorCode;

  constructor(code: CliErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.code = code;
  }

  get exitCode(): number {
    return EXITS[this.code];
  }
}
