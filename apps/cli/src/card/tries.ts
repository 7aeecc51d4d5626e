import type { VerificationStatus } from "@lanyard/piv";
import { type CommandRun, hasSwitch } from "../command.ts";
import { CliError } from "../errors.ts";
import { note } from "../terminal.ts";
import type { OpenCard } from "./open-card.ts";
import { triesLeftSentence } from "./words.ts";

/**
 * Tells the tries left before one is spent, and stops where it would be the last, unless that is wanted.
 *
 * @throws {CliError} `cli/refused`
 */
export async function checkTries({ piv, session }: OpenCard, run: CommandRun): Promise<void> {
  const status: VerificationStatus = await session.transaction(() => piv.verifyStatus());
  if (status.state === "blocked")
    throw new CliError("cli/refused", "The card is locked: no passcode tries are left.");
  if (status.state !== "tries_left") return;
  if (status.tries === 1 && !hasSwitch(run.options, "last-try"))
    throw new CliError(
      "cli/refused",
      "Only 1 try is left; a wrong passcode would lock the card. --last-try goes on all the same.",
    );
  note(run.terminal, triesLeftSentence(status.tries));
}
