import type { Readable, Writable } from "node:stream";

/** The three streams of a command, and whether a person sits at them. */
export interface Terminal {
  readonly input: Readable & { readonly isTTY?: boolean; setRawMode?(isRaw: boolean): unknown };
  readonly output: Writable;
  readonly errors: Writable;
}

/** One line of what was asked for. */
export function say(terminal: Terminal, line: string): void {
  terminal.output.write(`${line}\n`);
}

/** One line about it: questions, warnings, reasons. */
export function note(terminal: Terminal, line: string): void {
  terminal.errors.write(`${line}\n`);
}
