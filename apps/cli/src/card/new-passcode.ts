import { bytesEqual, type Secret } from "@lanyard/bytes";
import { PASSCODE_MISMATCH } from "@lanyard/identity";
import { isSendablePasscode, type ReferenceDataOutcome } from "@lanyard/piv";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { note, say, type Terminal } from "../terminal.ts";
import type { SecretSource } from "./secrets.ts";
import { CARD_WORDS, triesLeftSentence } from "./words.ts";

/**
 * Asks for a new passcode twice. Nothing has been sent yet.
 *
 * @throws {CliError} `cli/refused` when they differ, or when no card could take it
 */
export async function askNewPasscode(secrets: SecretSource): Promise<Secret> {
  const first = await secrets.ask("New passcode");
  const second = await secrets.ask("New passcode again");
  const isSame = bytesEqual(first.reveal(), second.reveal());
  second.wipe();
  if (isSame && isSendablePasscode(first)) return first;
  const message = isSame ? CARD_WORDS["card/bad_argument"] : PASSCODE_MISMATCH;
  first.wipe();
  throw new CliError("cli/refused", message);
}

/** Says how the change ended. `asked` is what proved the right to it: the old passcode, or the PUK. */
export function tellOutcome(
  terminal: Terminal,
  outcome: ReferenceDataOutcome,
  asked: "passcode" | "PUK",
): number {
  if (outcome.effect === "applied") {
    say(terminal, "The card has its new passcode.");
    return EXIT.ok.code;
  }
  if (outcome.effect === "unknown") {
    note(
      terminal,
      `The card's answer (${word(outcome)}) does not say whether the passcode has changed.`,
    );
    return EXIT.unknown.code;
  }
  note(terminal, refusal(outcome, asked));
  return EXIT.refused.code;
}

function refusal(outcome: ReferenceDataOutcome, asked: "passcode" | "PUK"): string {
  if (outcome.blocked)
    return `The card is locked: no tries are left for its ${asked}. The passcode is as it was.`;
  if (outcome.triesLeft !== undefined)
    return `Wrong ${asked}. ${triesLeftSentence(outcome.triesLeft)} The passcode is as it was.`;
  return `The card refused (${word(outcome)}): perhaps it takes no such passcode. It is as it was.`;
}

function word({ statusWord }: ReferenceDataOutcome): string {
  return statusWord.toString(16).padStart(4, "0");
}
