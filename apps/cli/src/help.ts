import type { CommandFacts } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { EXIT } from "./exit-codes.ts";

/** A line that is longer is hard to read on the terminals there are. */
const WIDTH = 100;

/** What `lanyard --help` prints, or `lanyard card --help` for one group. */
export function overview(commands: readonly CommandFacts[] = COMMANDS): string {
  return [
    "lanyard: unlock a colleague's smartcard in under a minute, and prove it",
    "",
    "Commands",
    ...columns(commands.map(({ name, summary }) => [`lanyard ${name}`, summary])),
    "",
    "New here?  lanyard demo",
    "Trouble?   lanyard doctor",
    "More:      lanyard COMMAND --help",
    "",
    "Exit codes",
    ...columns(Object.values(EXIT).map(({ code, meaning }) => [`${code}`, meaning])),
  ].join("\n");
}

/** What `lanyard COMMAND --help` prints. */
export function commandHelp(command: CommandFacts): string {
  const options = Object.entries(command.options).map(([name, { value, help }]) => [
    value === undefined ? `--${name}` : `--${name} ${value}`,
    help,
  ]);
  return [
    usageLine(command),
    "",
    `${command.summary}.`,
    "",
    ...command.about,
    ...(options.length > 0 ? ["", "Options", ...columns(options)] : []),
    "",
    command.examples.length > 1 ? "Examples" : "Example",
    ...command.examples.map((example) => `  ${example}`),
    "",
    "Exit codes",
    ...columns(command.exits.map((name) => [`${EXIT[name].code}`, EXIT[name].meaning])),
  ].join("\n");
}

export function usageLine({ name, options, takesFile }: CommandFacts): string {
  const words = Object.entries(options).map(([option, { value }]) =>
    value === undefined ? `[--${option}]` : `[--${option} ${value}]`,
  );
  const command = takesFile ? `${name} FILE` : name;
  const line = ["Usage: lanyard", command, ...words].join(" ");
  return line.length <= WIDTH ? line : `Usage: lanyard ${command} [options]`;
}

function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const width = Math.max(...rows.map(([left = ""]) => left.length));
  return rows.map(([left = "", right = ""]) => `  ${left.padEnd(width)}  ${right}`);
}
