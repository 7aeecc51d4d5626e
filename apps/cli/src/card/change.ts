import type { ReaderDriver } from "@lanyard/agent";
import type { CommandRun } from "../command.ts";
import { askNewPasscode, tellOutcome } from "./new-passcode.ts";
import { sentOnce, withCard, withReaders } from "./open-card.ts";
import { openSecrets } from "./secrets.ts";
import { checkTries } from "./tries.ts";

export function run(run: CommandRun): Promise<number> {
  return withReaders((driver) => changePasscode(driver, run));
}

/** `card change`: a new passcode by the old one, sent once. */
export function changePasscode(driver: ReaderDriver, run: CommandRun): Promise<number> {
  const secrets = openSecrets(run);
  return withCard(driver, run, async (card) => {
    await checkTries(card, run);
    const current = await secrets.ask("Old passcode");
    try {
      const replacement = await askNewPasscode(secrets);
      try {
        const outcome = await sentOnce(card, () => card.piv.changePasscode(current, replacement));
        return tellOutcome(run.terminal, outcome, "passcode");
      } finally {
        replacement.wipe();
      }
    } finally {
      current.wipe();
    }
  });
}
