import { concatBytes } from "@lanyard/bytes";
import { malformed } from "../commands/answer.ts";
import {
  type CommandApdu,
  encodeCommand,
  parseCommand,
  SHORT_EXPECTED_BYTES,
} from "../commands/apdu.ts";
import { CLASS_PLAIN, INSTRUCTIONS, TRY_COSTING_INSTRUCTIONS } from "../constants/instructions.ts";
import { statusEffect } from "../constants/status-words.ts";
import { CardError } from "../errors.ts";
import type { Card, ResponseApdu } from "./card.ts";

/** The longest answer believed, and the most pieces it may come in. */
export const ANSWER_BYTES_MAX = 65_536;
export const ANSWER_PIECES_MAX = 1024;

/** Commands that may be sent a second time when the card asks for another expected length (6Cxx). */
const RESENDABLE: ReadonlySet<number> = new Set([
  INSTRUCTIONS.select,
  INSTRUCTIONS.getData,
  INSTRUCTIONS.getResponse,
  INSTRUCTIONS.generalAuthenticate,
]);

/**
 * Brings answers whole: fetches what 61xx says is waiting, and sends a command once more when 6Cxx names the length to
 * ask for [7816-4 §5.1]. VERIFY, CHANGE REFERENCE DATA and RESET RETRY COUNTER pass untouched, once, whatever is answered.
 *
 * `transmit` then also throws {@link CardError} `card/answer_too_long` | `card/malformed_answer`.
 */
export function withWholeAnswers(card: Card): Card {
  return {
    async transmit(apdu) {
      const command = parseCommand(apdu);
      if (TRY_COSTING_INSTRUCTIONS.has(command.ins)) return card.transmit(apdu);
      return restOf(card, await atRightLength(card, command, apdu));
    },
  };
}

async function atRightLength(
  card: Card,
  command: CommandApdu,
  apdu: Uint8Array,
): Promise<ResponseApdu> {
  const answer = await card.transmit(apdu);
  if (statusEffect(answer.statusWord) !== "wrong_length") return answer;
  if (!RESENDABLE.has(command.ins) || command.expectedBytes === undefined) return answer;
  const expectedBytes = announcedBytes(answer.statusWord);
  return card.transmit(encodeCommand({ ...command, expectedBytes }));
}

async function restOf(card: Card, first: ResponseApdu): Promise<ResponseApdu> {
  const pieces = [first.data];
  let totalBytes = first.data.length;
  let { statusWord } = first;
  while (statusEffect(statusWord) === "more") {
    if (pieces.length > ANSWER_PIECES_MAX) throw tooLong();
    const command = getResponseCommand(announcedBytes(statusWord));
    const next = await atRightLength(card, command, encodeCommand(command));
    if (next.data.length === 0 && statusEffect(next.statusWord) === "more")
      throw malformed("continued answer");
    pieces.push(next.data);
    totalBytes += next.data.length;
    if (totalBytes > ANSWER_BYTES_MAX) throw tooLong();
    statusWord = next.statusWord;
  }
  if (totalBytes > ANSWER_BYTES_MAX) throw tooLong();
  return pieces.length === 1 ? first : { data: concatBytes(...pieces), statusWord };
}

function getResponseCommand(expectedBytes: number): CommandApdu {
  const ins = INSTRUCTIONS.getResponse;
  return { cla: CLASS_PLAIN, ins, p1: 0, p2: 0, data: new Uint8Array(0), expectedBytes };
}

function announcedBytes(statusWord: number): number {
  return statusWord & 0xff || SHORT_EXPECTED_BYTES;
}

function tooLong(): CardError {
  return new CardError("card/answer_too_long", "The card's answer does not come to an end.");
}
