import { addMasterKey, SHARES } from "@lanyard/server";
import { type CommandRun, hasSwitch, textOption } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { say } from "../terminal.ts";
import { inKeyRoom } from "./settings.ts";

/** `secrets init`: the first master key. */
export const init = { run: (run: CommandRun) => addKey(run, true) };

/** `secrets rotate`: the next version. */
export const rotate = { run: (run: CommandRun) => addKey(run, false) };

function addKey(run: CommandRun, first: boolean): Promise<number> {
  const { options, terminal } = run;
  const sharesIn = textOption(options, "out");
  if (hasSwitch(options, "with-shares") !== (sharesIn !== undefined))
    throw new CliError("cli/usage", "--with-shares and --out FOLDER go together.");
  return inKeyRoom(run, async ({ config, store }) => {
    const version = await addMasterKey(config, store, { first, sharesIn, at: new Date() });
    const place = config.token === undefined ? config.masterKeyFile : `token ${config.token.token}`;
    say(terminal, `Master key version ${version} is in ${place}.`);
    if (sharesIn !== undefined) say(terminal, sharesNote(sharesIn));
    if (!first)
      say(terminal, "New cards use it from now on; other cards get it with their next unlock.");
    return EXIT.ok.code;
  });
}

/** What to do with the files, at once. */
export function sharesNote(folder: string): string {
  return [
    `Its ${SHARES.made} shares are in ${folder}, of which any ${SHARES.needed} give the key.`,
    "Give each to another person, on paper or a medium of its own, and delete the folder now.",
  ].join("\n");
}
