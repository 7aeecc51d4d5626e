import { splitMasterKey } from "@lanyard/server";
import { type CommandRun, textOption } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { say } from "../terminal.ts";
import { sharesNote } from "./add-key.ts";
import { inKeyRoom } from "./settings.ts";

/** `secrets split`: five shares of a version that is in the key file. */
export async function run(run: CommandRun): Promise<number> {
  const { options, terminal } = run;
  const sharesIn = textOption(options, "out");
  const version = Number(textOption(options, "version"));
  if (sharesIn === undefined || !Number.isInteger(version) || version < 1)
    throw new CliError("cli/usage", "Say which: --version NUMBER --out FOLDER.");
  return inKeyRoom(run, async ({ config, store }) => {
    await splitMasterKey(config, store, { version, sharesIn, at: new Date() });
    say(terminal, sharesNote(sharesIn));
    return EXIT.ok.code;
  });
}
