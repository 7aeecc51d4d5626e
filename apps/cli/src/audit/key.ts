import { LogError } from "@lanyard/log";
import { AuditError, createLogKeyFile } from "@lanyard/server/audit";
import { type CommandRun, textOption } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { say } from "../terminal.ts";

/** `audit key` */
export async function run({ options, terminal }: CommandRun): Promise<number> {
  const [path, name] = [textOption(options, "out"), textOption(options, "name")];
  if (path === undefined || name === undefined)
    throw new CliError("cli/usage", "Say where to and whose: --out FILE --name NAME");
  try {
    say(terminal, await createLogKeyFile(path, name));
    return EXIT.ok.code;
  } catch (error) {
    if (error instanceof AuditError) throw new CliError("cli/environment", error.message);
    if (error instanceof LogError)
      throw new CliError("cli/usage", "A log's name is one word without a plus sign.");
    throw error;
  }
}
