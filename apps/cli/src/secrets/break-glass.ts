import { readFile } from "node:fs/promises";
import {
  type BreakGlassSlip,
  breakGlass,
  cardSecrets,
  combineShares,
  keysInMemory,
  type MasterKeys,
  SecretsError,
} from "@lanyard/server";
import { type CommandRun, textOption } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { linesOf } from "../passcode/lines.ts";
import { note, say, type Terminal } from "../terminal.ts";
import { inKeyRoom } from "./settings.ts";

/** `secrets break-glass`: the PUKs of one card, from shares, with neither token nor key file. */
export async function run(run: CommandRun): Promise<number> {
  const { options, terminal } = run;
  const serial = textOption(options, "card");
  const reason = textOption(options, "reason");
  if (serial === undefined || reason === undefined)
    throw new CliError("cli/usage", "Say which and why: --card SERIAL --reason TEXT.");
  const keys = await keysFrom(run);
  try {
    return await inKeyRoom(run, async ({ store }) => {
      const order = { serial, reason, at: new Date() };
      const slip = await breakGlass(store, cardSecrets(keys), order);
      if (slip === undefined)
        throw new CliError("cli/refused", "There is no card of this serial on record.");
      printSlip(terminal, slip);
      return EXIT.ok.code;
    });
  } finally {
    await keys.close();
  }
}

/** Before the database is opened: nobody waits for it while shares are typed. */
async function keysFrom(run: CommandRun): Promise<MasterKeys> {
  try {
    return keysInMemory(await combineShares(await sharesFrom(run)));
  } catch (error) {
    if (!(error instanceof SecretsError)) throw error;
    throw new CliError("cli/refused", error.message, { cause: error });
  }
}

/** Files named with --shares, or lines on standard input. Never arguments: others on this machine could read those. */
async function sharesFrom({ options, terminal }: CommandRun): Promise<readonly string[]> {
  const files = textOption(options, "shares")?.split(",");
  if (files !== undefined) {
    const texts = await Promise.all(files.map(readShareFile));
    return texts.flatMap((text) => text.split("\n"));
  }
  if (terminal.input.isTTY)
    note(terminal, "Type the shares, one a line. They show as you type; Ctrl-D ends.");
  const lines: string[] = [];
  for await (const line of linesOf(terminal.input)) {
    lines.push(Buffer.from(line).toString("utf8"));
    line.fill(0);
  }
  return lines;
}

async function readShareFile(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new CliError("cli/usage", `There is no file ${path} that can be read.`, { cause });
  }
}

function printSlip(terminal: Terminal, { card, puks }: BreakGlassSlip): void {
  say(terminal, `Card ${card.serial} of ${card.careId}`);
  for (const [place, { index, puk }] of puks.entries()) {
    const when = place === 0 ? "first" : "if that is refused";
    say(
      terminal,
      `PUK ${index}: ${Buffer.from(puk.reveal()).toString("latin1")}  (try it ${when})`,
    );
    puk.wipe();
  }
  say(terminal, "Seal this slip. The next unlock at a desk changes the PUK.");
}
