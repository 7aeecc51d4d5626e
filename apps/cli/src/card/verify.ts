import type { ReaderDriver } from "@lanyard/agent";
import type { VerifyOutcome } from "@lanyard/piv";
import type { CommandRun } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { note, say, type Terminal } from "../terminal.ts";
import { sentOnce, withCard, withReaders } from "./open-card.ts";
import { openSecrets } from "./secrets.ts";
import { checkTries } from "./tries.ts";
import { triesLeftSentence } from "./words.ts";

export function run(run: CommandRun): Promise<number> {
  return withReaders((driver) => verifyCard(driver, run));
}

/** `card verify`: one try at the passcode, and never a second. */
export function verifyCard(driver: ReaderDriver, run: CommandRun): Promise<number> {
  const secrets = openSecrets(run);
  return withCard(driver, run, async (card) => {
    await checkTries(card, run);
    const passcode = await secrets.ask("Passcode");
    try {
      return tell(run.terminal, await sentOnce(card, () => card.piv.verify(passcode)));
    } finally {
      passcode.wipe();
    }
  });
}

function tell(terminal: Terminal, outcome: VerifyOutcome): number {
  if (outcome.ok) {
    say(terminal, "The passcode is right.");
    return EXIT.ok.code;
  }
  switch (outcome.reason) {
    case "wrong":
      note(terminal, `Wrong passcode. ${triesLeftSentence(outcome.triesLeft)}`);
      break;
    case "blocked":
      note(terminal, "Wrong passcode, or none are taken any more: the card is locked.");
      break;
    case "bad_format":
      note(terminal, "That cannot be this card's passcode. No try was spent.");
  }
  return EXIT.refused.code;
}
