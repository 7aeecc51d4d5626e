import { open, readFile, rename } from "node:fs/promises";
import { randomBytes } from "@lanyard/crypto";
import {
  blankCardState,
  CARD_PROFILES,
  type CardState,
  parseCardState,
  VirtualCardError,
} from "@lanyard/virtual-card";
import { CliError } from "../errors.ts";

/** A virtual card in a file. */
export interface CardFile {
  readonly state: CardState;
  /** On the disk when it resolves, whole: a reader of the file sees the old card or the new one. */
  save(state: CardState): Promise<void>;
}

/**
 * Reads the card, or makes a new one where there is no file.
 *
 * @throws {CliError} `cli/usage` when the file is not a card | `cli/environment` when it cannot be read or made
 */
export async function openCardFile(path: string): Promise<CardFile> {
  const save = (state: CardState) => write(path, state);
  const text = await readIfThere(path);
  if (text !== undefined) return { state: parse(text, path), save };
  const state = newCard();
  await save(state).catch((error: unknown) => {
    throw new CliError("cli/environment", `The card cannot be stored in ${path}.`, {
      cause: error,
    });
  });
  return { state, save };
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new CliError("cli/environment", `The card cannot be read from ${path}.`, {
      cause: error,
    });
  }
}

/** The file is a card's secrets: no part of it goes into a message. */
function parse(text: string, path: string): CardState {
  try {
    return parseCardState(JSON.parse(text));
  } catch (error) {
    const why = error instanceof VirtualCardError ? error.message : "It is not JSON.";
    throw new CliError("cli/usage", `${path} is not a card. ${why}`);
  }
}

function newCard(): CardState {
  const serial = [...randomBytes(8)].map((byte) => byte % 10).join("");
  return blankCardState(CARD_PROFILES.careDigits, {
    serial,
    guid: randomBytes(16),
    expires: "2039-12-31",
  });
}

async function write(path: string, state: CardState): Promise<void> {
  const next = `${path}.new`;
  const file = await open(next, "w", 0o600);
  try {
    await file.writeFile(`${JSON.stringify(state, undefined, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(next, path);
}
