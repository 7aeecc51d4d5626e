import type { ExitName } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

/** One option. Without `value` it is a switch. */
export interface OptionFacts {
  /** What stands for its value in the help: FILE, PORT. */
  readonly value?: string;
  readonly help: string;
}

/** One row of the table of commands. */
export interface CommandFacts {
  /** As typed: `card status`. */
  readonly name: string;
  /** One line, in the list of commands. */
  readonly summary: string;
  /** What it does, reads and leaves behind. */
  readonly about: readonly string[];
  readonly options: Readonly<Record<string, OptionFacts>>;
  /** Takes the name of one file besides its options: given as the option `file`. */
  readonly takesFile?: true;
  /** Hands everything after its name on, unread. */
  readonly takesAnything?: true;
  readonly examples: readonly string[];
  readonly exits: readonly ExitName[];
  /** Loaded only when the command is run, so that help is quick and `passcode check` needs no reader library. */
  load(): Promise<CommandModule>;
}

export interface CommandModule {
  run(run: CommandRun): Promise<number>;
}

/** One run of a command. */
export interface CommandRun {
  readonly options: OptionValues;
  /** What came after the command's name, for commands that read it themselves. */
  readonly words: readonly string[];
  readonly terminal: Terminal;
  readonly env: NodeJS.ProcessEnv;
}

/** Options as given: text, or `true` for a switch. */
export type OptionValues = Readonly<Record<string, string | boolean | undefined>>;

/** An option's text; `undefined` when it was not given. */
export function textOption(options: OptionValues, name: string): string | undefined {
  const value = options[name];
  return typeof value === "string" ? value : undefined;
}

/** Whether a switch was given. */
export function hasSwitch(options: OptionValues, name: string): boolean {
  return options[name] === true;
}
