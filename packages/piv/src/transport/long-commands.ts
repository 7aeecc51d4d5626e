import {
  type CommandApdu,
  EXTENDED_EXPECTED_BYTES,
  encodeCommand,
  parseCommand,
  SHORT_DATA_BYTES,
  SHORT_EXPECTED_BYTES,
} from "../commands/apdu.ts";
import { CLASS_CHAINED, TRY_COSTING_INSTRUCTIONS } from "../constants/instructions.ts";
import { statusName } from "../constants/status-words.ts";
import type { Card, ResponseApdu } from "./card.ts";

/** What every card with extended length takes in one APDU; beyond it, chaining. */
const EXTENDED_DATA_BYTES_SAFE = 2048;

/**
 * Sends any command in short APDUs: long data goes as a chain [7816-4 §5.3.3]. When the card refuses a link, the rest
 * is not sent and that answer is the answer.
 */
export function withCommandChaining(card: Card): Card {
  return {
    async transmit(apdu) {
      const command = parseCommand(apdu);
      if (TRY_COSTING_INSTRUCTIONS.has(command.ins)) return card.transmit(apdu);
      return sendShort(card, command, apdu);
    },
  };
}

/**
 * Sends data and asks for answers in one extended APDU each, for cards that have extended length [7816-4 §5.1].
 * Data over 2048 bytes is chained all the same: cards have smaller buffers than the standard allows.
 */
export function withExtendedLength(card: Card): Card {
  const short = withCommandChaining(card);
  return {
    async transmit(apdu) {
      const command = parseCommand(apdu);
      if (TRY_COSTING_INSTRUCTIONS.has(command.ins)) return card.transmit(apdu);
      if (command.data.length > EXTENDED_DATA_BYTES_SAFE) return short.transmit(apdu);
      const isAskingAll = command.expectedBytes === SHORT_EXPECTED_BYTES;
      return isAskingAll ? card.transmit(askingAll(command)) : card.transmit(apdu);
    },
  };
}

function askingAll(command: CommandApdu): Uint8Array {
  return encodeCommand({ ...command, expectedBytes: EXTENDED_EXPECTED_BYTES });
}

async function sendShort(
  card: Card,
  command: CommandApdu,
  apdu: Uint8Array,
): Promise<ResponseApdu> {
  const { data } = command;
  const isLongAnswer = (command.expectedBytes ?? 0) > SHORT_EXPECTED_BYTES;
  if (data.length <= SHORT_DATA_BYTES && !isLongAnswer) return card.transmit(apdu);
  const lastStart = Math.max(0, Math.ceil(data.length / SHORT_DATA_BYTES) - 1) * SHORT_DATA_BYTES;
  for (let start = 0; start < lastStart; start += SHORT_DATA_BYTES) {
    const link = data.subarray(start, start + SHORT_DATA_BYTES);
    const cla = command.cla | CLASS_CHAINED;
    const answer = await card.transmit(
      encodeCommand({ ...command, cla, data: link, expectedBytes: undefined }),
    );
    if (statusName(answer.statusWord) !== "ok") return answer;
  }
  const expectedBytes = isLongAnswer ? SHORT_EXPECTED_BYTES : command.expectedBytes;
  return card.transmit(
    encodeCommand({ ...command, data: data.subarray(lastStart), expectedBytes }),
  );
}
