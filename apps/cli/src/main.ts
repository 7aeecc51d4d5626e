import { parseArgs } from "node:util";
import type { CommandFacts, OptionValues } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { CliError } from "./errors.ts";
import { EXIT } from "./exit-codes.ts";
import { commandHelp, overview, usageLine } from "./help.ts";
import { note, say, type Terminal } from "./terminal.ts";

/** What a run takes from the process, so that tests may give their own. */
export interface Surroundings {
  readonly terminal: Terminal;
  readonly env: NodeJS.ProcessEnv;
}

/** Runs one command line, without the program's name, and gives the exit code. Never throws. */
export async function main(
  words: readonly string[],
  surroundings: Surroundings = ofThisProcess(),
): Promise<number> {
  const { terminal } = surroundings;
  try {
    return await dispatch(words, surroundings);
  } catch (error) {
    if (error instanceof CliError) {
      note(terminal, `lanyard: ${error.message}`);
      return error.exitCode;
    }
    if (isParseError(error)) {
      note(terminal, "lanyard: There is no such option here. --help says which there are.");
      return EXIT.usage.code;
    }
    note(terminal, `lanyard: an unexpected fault. ${error instanceof Error ? error.stack : error}`);
    return EXIT.fault.code;
  }
}

async function dispatch(
  words: readonly string[],
  { terminal, env }: Surroundings,
): Promise<number> {
  const command = commandNamed(words);
  if (command === undefined) return withoutCommand(words, terminal);
  const rest = words.slice(command.name.split(" ").length);
  if (asksForHelp(words)) {
    say(terminal, commandHelp(command));
    return EXIT.ok.code;
  }
  const options = command.takesAnything ? {} : parseOptions(command, rest);
  const { run } = await command.load();
  return run({ options, words: rest, terminal, env });
}

/** Nothing, or help about a group or all of it, is answered; anything else is a mistake. */
function withoutCommand(words: readonly string[], terminal: Terminal): number {
  const named = words.filter((word) => !["help", "--help", "-h"].includes(word));
  const group = COMMANDS.filter(({ name }) => name.startsWith(`${named[0]} `));
  if (named.length === 0 || (named.length === 1 && group.length > 0)) {
    const text = overview(group.length > 0 ? group : COMMANDS);
    if (asksForHelp(words)) say(terminal, text);
    else note(terminal, text);
    return asksForHelp(words) ? EXIT.ok.code : EXIT.usage.code;
  }
  throw new CliError(
    "cli/usage",
    "There is no such command. `lanyard --help` lists what there is.",
  );
}

function commandNamed(words: readonly string[]): CommandFacts | undefined {
  const asked = words[0] === "help" ? words.slice(1) : words;
  return COMMANDS.find(({ name }) => name.split(" ").every((part, index) => asked[index] === part));
}

/** `help` is a word only where a command may stand: it may be the name of a file, too. */
function asksForHelp(words: readonly string[]): boolean {
  return words[0] === "help" || words.includes("--help") || words.includes("-h");
}

/** The mistake is named by its option, never by its value: a passcode may have been typed in the wrong place. */
function parseOptions(command: CommandFacts, words: readonly string[]): OptionValues {
  const options = Object.fromEntries(
    Object.entries(command.options).map(([name, { value }]) => [
      name,
      { type: value === undefined ? ("boolean" as const) : ("string" as const) },
    ]),
  );
  try {
    const allowPositionals = command.takesFile === true;
    const parsed = parseArgs({ args: [...words], options, strict: true, allowPositionals });
    if (!allowPositionals) return parsed.values;
    const [file, ...more] = parsed.positionals;
    if (file === undefined || more.length > 0) throw new TypeError("One file is wanted.");
    return { ...parsed.values, file };
  } catch (error) {
    throw new CliError("cli/usage", `${mistakeIn(words, command)}\n${usageLine(command)}`, {
      cause: error,
    });
  }
}

function mistakeIn(words: readonly string[], command: CommandFacts): string {
  const unknown = words.find(
    (word) => word.startsWith("--") && !Object.hasOwn(command.options, optionName(word)),
  );
  if (unknown !== undefined) return `There is no option --${optionName(unknown)} here.`;
  return "An option lacks its value, or something was given that is no option.";
}

/** From a command that reads its own words. */
function isParseError(error: unknown): boolean {
  return (
    error instanceof TypeError && "code" in error && `${error.code}`.startsWith("ERR_PARSE_ARGS")
  );
}

function optionName(word: string): string {
  return word.slice(2).split("=")[0] ?? "";
}

function ofThisProcess(): Surroundings {
  const { stdin, stdout, stderr, env } = process;
  return { terminal: { input: stdin, output: stdout, errors: stderr }, env };
}
