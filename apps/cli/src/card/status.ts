import { X509Certificate } from "node:crypto";
import type { ReaderDriver } from "@lanyard/agent";
import { toHex } from "@lanyard/bytes";
import { CardError, isCardLost, type Slot, type VerificationStatus } from "@lanyard/piv";
import type { CommandRun } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { say } from "../terminal.ts";
import { type OpenCard, withCard, withReaders } from "./open-card.ts";
import { tries } from "./words.ts";

// biome-ignore format: one slot a row
const SLOT_WORDS: readonly (readonly [Slot, string])[] = [
  ["9a", "9A sign-in       "],
  ["9c", "9C signature     "],
  ["9d", "9D encryption    "],
  ["9e", "9E card's own    "],
];

export function run(run: CommandRun): Promise<number> {
  return withReaders((driver) => showStatus(driver, run));
}

/** `card status`: everything a card tells anybody. */
export function showStatus(driver: ReaderDriver, run: CommandRun): Promise<number> {
  return withCard(driver, run, (card) => card.session.transaction(() => show(card, run)));
}

async function show({ readerName, piv }: OpenCard, { terminal }: CommandRun): Promise<number> {
  const passcode = await piv.verifyStatus();
  say(terminal, `Reader             ${readerName}`);
  const chuid = await readable(() => piv.readChuid());
  say(
    terminal,
    `Card               ${chuid ? `PIV, ${toHex(chuid.guid)}` : "PIV, without a readable identifier"}`,
  );
  say(terminal, `Passcode           ${passcodeWords(passcode)}`);
  for (const [slot, words] of SLOT_WORDS)
    say(terminal, `${words}  ${await certificateWords(piv, slot)}`);
  return passcode.state === "blocked" ? EXIT.refused.code : EXIT.ok.code;
}

function passcodeWords(status: VerificationStatus): string {
  switch (status.state) {
    case "verified":
      return "verified";
    case "tries_left":
      return `${tries(status.tries)} left`;
    case "blocked":
      return "LOCKED: no tries left";
  }
}

async function certificateWords(piv: OpenCard["piv"], slot: Slot): Promise<string> {
  try {
    const der = await piv.readCertificate(slot);
    if (der === undefined) return "no certificate";
    const certificate = new X509Certificate(der);
    const names = certificate.subject.split("\n").join(", ");
    return `${names}, until ${new Date(certificate.validTo).toISOString().slice(0, 10)}`;
  } catch (error) {
    if (isCardLost(error)) throw error;
    return "a certificate that cannot be read";
  }
}

/** What is malformed is left out; what is lost is lost. */
async function readable<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof CardError && !isCardLost(error)) return undefined;
    throw error;
  }
}
