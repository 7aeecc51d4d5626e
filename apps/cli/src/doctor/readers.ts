import type { ReaderDriver, ReaderSlot, ReadersState } from "@lanyard/agent";
import { ReaderError } from "@lanyard/agent";
import { CardError, openPivSession, type VerificationStatus } from "@lanyard/piv";
import { CARD_WORDS, READER_WORDS, tries } from "../card/words.ts";
import { attention, type Finding, ok, problem } from "./finding.ts";

/** A service that was only just started needs a moment to see its readers. */
const SETTLE_MS = 2_000;

/** What is to be said of the smartcard service, the readers and the cards in them. */
export async function readerFindings(
  driver: ReaderDriver,
  serviceRemedy: string,
): Promise<readonly Finding[]> {
  const state = await settledState(driver);
  if (state.service === "down")
    return [
      problem("The smartcard service is not running, so no reader can be seen.", serviceRemedy),
    ];
  const cards: Finding[] = [];
  for (const slot of state.slots) cards.push(await cardFinding(driver, slot));
  return [ok("The smartcard service is running."), countFinding(state.slots), ...cards];
}

async function settledState(driver: ReaderDriver): Promise<ReadersState> {
  let latest: ReadersState = { service: "down", slots: [] };
  for await (const state of driver.watch(AbortSignal.timeout(SETTLE_MS))) {
    latest = state;
    if (state.service === "down" || state.slots.length > 0) break;
  }
  return latest;
}

function countFinding(slots: readonly ReaderSlot[]): Finding {
  switch (slots.length) {
    case 0:
      return problem(
        "There is no card reader.",
        "Plug two readers in: one for your own card, one for the card to unlock.",
      );
    case 1:
      return attention(
        "There is one card reader. Signing in works; unlocking needs two.",
        "Plug a second reader in.",
      );
    case 2:
      return ok("There are two card readers.");
    default:
      return ok(`There are ${slots.length} card readers. Two are enough.`);
  }
}

async function cardFinding(driver: ReaderDriver, slot: ReaderSlot): Promise<Finding> {
  const at = `${slot.name}: `;
  if (slot.insertion === undefined) return ok(`${at}no card is in.`);
  try {
    return ok(`${at}${passcodeWords(await readPasscode(driver, slot.name, slot.insertion))}`);
  } catch (error) {
    return troubleWithCard(at, error);
  }
}

async function readPasscode(
  driver: ReaderDriver,
  name: string,
  insertion: string,
): Promise<VerificationStatus> {
  const session = await driver.connect(name, insertion);
  try {
    return await session.transaction(async () => (await openPivSession(session)).verifyStatus());
  } finally {
    await session.close();
  }
}

function passcodeWords(status: VerificationStatus): string {
  if (status.state === "blocked") return "a PIV card. Its passcode is locked.";
  if (status.state === "verified") return "a PIV card.";
  return `a PIV card. Its passcode has ${tries(status.tries)} left.`;
}

function troubleWithCard(at: string, error: unknown): Finding {
  if (error instanceof ReaderError && error.code === "reader/card_in_use")
    return ok(`${at}a card that another program is using, as the agent does when it runs here.`);
  if (error instanceof ReaderError)
    return problem(`${at}the card cannot be used.`, READER_WORDS[error.code]);
  if (!(error instanceof CardError)) throw error;
  return error.code === "card/not_piv"
    ? attention(
        `${at}a card of another kind, without the PIV application.`,
        "Use a care smartcard.",
      )
    : problem(`${at}the card cannot be read.`, CARD_WORDS[error.code]);
}
