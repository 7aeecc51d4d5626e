import type { ReaderDriver } from "@lanyard/agent";
import type { CommandRun } from "../command.ts";
import { askNewPasscode, tellOutcome } from "./new-passcode.ts";
import { sentOnce, withCard, withReaders } from "./open-card.ts";
import { openSecrets } from "./secrets.ts";

export function run(run: CommandRun): Promise<number> {
  return withReaders((driver) => unblockCard(driver, run));
}

/** `card unblock`: a new passcode by the PUK, sent once. No card tells its PUK tries before one is spent. */
export function unblockCard(driver: ReaderDriver, run: CommandRun): Promise<number> {
  const secrets = openSecrets(run);
  return withCard(driver, run, async (card) => {
    const puk = await secrets.ask("PUK");
    try {
      const replacement = await askNewPasscode(secrets);
      try {
        const outcome = await sentOnce(card, () => card.piv.resetRetryCounter(puk, replacement));
        return tellOutcome(run.terminal, outcome, "PUK");
      } finally {
        replacement.wipe();
      }
    } finally {
      puk.wipe();
    }
  });
}
