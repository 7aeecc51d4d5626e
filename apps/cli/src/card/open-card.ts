import { type ReaderDriver, ReaderError, type ReadersState } from "@lanyard/agent";
import {
  CardError,
  type CardSession,
  isCardLost,
  openPivSession,
  type PivSession,
} from "@lanyard/piv";
import { type CommandRun, textOption } from "../command.ts";
import { CliError } from "../errors.ts";
import { CARD_WORDS, READER_WORDS } from "./words.ts";

/** The service may need a moment to see its readers. */
const FIRST_LOOK_MS = 5_000;

/** The one card a command works on. */
export interface OpenCard {
  readonly readerName: string;
  readonly piv: PivSession;
  /** No other program gets between: use it for what is sent together, and not while a person types. */
  readonly session: CardSession;
}

/** Opens this PC's readers for one command. */
export async function withReaders(use: (driver: ReaderDriver) => Promise<number>): Promise<number> {
  const { pcscReaders } = await import("@lanyard/agent");
  const driver = pcscReaders();
  try {
    return await use(driver);
  } finally {
    await driver.close();
  }
}

/**
 * Connects to the card that `--reader` means, or to the only one there is, and lets it go with a reset. What goes
 * wrong is told in plain words. Wrap what may change the card in {@link sentOnce}.
 *
 * @throws {CliError} `cli/environment` | `cli/usage` | `cli/refused`
 */
export async function withCard(
  driver: ReaderDriver,
  { options }: CommandRun,
  use: (card: OpenCard) => Promise<number>,
): Promise<number> {
  const slot = chooseCard(await firstState(driver), textOption(options, "reader"));
  try {
    const session = await driver.connect(slot.name, slot.insertion);
    try {
      const piv = await session.transaction(() => openPivSession(session));
      return await use({ readerName: slot.name, piv, session });
    } finally {
      await session.close();
    }
  } catch (error) {
    throw inPlainWords(error);
  }
}

/**
 * Runs the one command that may change a card. If the card is lost meanwhile, nobody knows whether it has changed.
 *
 * @throws {CliError} `cli/unknown_outcome`
 */
export async function sentOnce<Result>(
  { session }: OpenCard,
  command: () => Promise<Result>,
): Promise<Result> {
  try {
    return await session.transaction(command);
  } catch (error) {
    if (!isCardLost(error)) throw error;
    throw new CliError(
      "cli/unknown_outcome",
      "The card was lost before it answered. It may or may not have changed: put it in and run `lanyard card status`.",
      { cause: error },
    );
  }
}

/** What the readers are, once they are known. */
export async function firstState(driver: ReaderDriver): Promise<ReadersState> {
  for await (const state of driver.watch(AbortSignal.timeout(FIRST_LOOK_MS))) return state;
  return { service: "down", slots: [] };
}

interface ChosenSlot {
  readonly name: string;
  readonly insertion: string;
}

function chooseCard({ service, slots }: ReadersState, wanted: string | undefined): ChosenSlot {
  if (service === "down") throw missing(READER_WORDS["reader/service_down"]);
  if (slots.length === 0) throw missing("There is no card reader. Plug one in and try again.");
  const named = slots.filter(({ name }) => isNamed(name, wanted));
  if (named.length === 0)
    throw missing(`No reader's name has that in it. There is:\n${listed(slots)}`);
  const cards = named.flatMap(({ name, insertion }) => (insertion ? [{ name, insertion }] : []));
  const [card, another] = cards;
  if (card === undefined)
    throw missing("There is no card in the reader. Put one in and try again.");
  if (another !== undefined)
    throw new CliError(
      "cli/usage",
      `Several readers hold a card. Say which by --reader and a part of its name:\n${listed(cards)}`,
    );
  return card;
}

function isNamed(name: string, wanted: string | undefined): boolean {
  return wanted === undefined || name.toLowerCase().includes(wanted.toLowerCase());
}

function listed(slots: readonly { readonly name: string }[]): string {
  return slots.map(({ name }) => `  ${name}`).join("\n");
}

function missing(message: string, cause?: unknown): CliError {
  return new CliError("cli/environment", message, { cause });
}

function inPlainWords(error: unknown): unknown {
  if (error instanceof ReaderError) return missing(READER_WORDS[error.code], error);
  if (error instanceof CardError && error.code === "card/bad_argument")
    return new CliError("cli/refused", CARD_WORDS[error.code], { cause: error });
  if (error instanceof CardError) return missing(CARD_WORDS[error.code], error);
  return error;
}
