import { toHex } from "@lanyard/bytes";
import { type CommandHeader, parseCommand } from "../commands/apdu.ts";
import { INSTRUCTIONS, SHOWABLE_INSTRUCTIONS } from "../constants/instructions.ts";
import { CardError, type CardErrorCode } from "../errors.ts";
import type { Card, ResponseApdu } from "./card.ts";

/** One exchange, without anything secret in it. */
export interface TrafficRecord extends CommandHeader {
  readonly dataBytes: number;
  readonly expectedBytes: number | undefined;
  readonly answerBytes: number | undefined;
  /** `undefined` when no answer came; then `error` says why. */
  readonly statusWord: number | undefined;
  readonly error: CardErrorCode | "untyped" | undefined;
  /** Hex of both data fields: only with `bodies`, and only for instructions that never carry a secret. */
  readonly bodies: { readonly command: string; readonly answer: string } | undefined;
}

/**
 * Tells `log` of every APDU that really goes to the card: header, lengths, status word. With `bodies` also the data of
 * SELECT, GET DATA and GENERATE, which may be a person's: never of a command that can hold a passcode, PUK or key.
 */
export function withTrafficLog(
  card: Card,
  log: (record: TrafficRecord) => void,
  options: { readonly bodies?: boolean } = {},
): Card {
  let isShowable = false;
  return {
    async transmit(apdu) {
      const { data, ...command } = parseCommand(apdu);
      // What GET RESPONSE brings belongs to the command before it.
      if (command.ins !== INSTRUCTIONS.getResponse)
        isShowable = SHOWABLE_INSTRUCTIONS.has(command.ins);
      const isShown = options.bodies === true && isShowable;
      const sent = { ...command, dataBytes: data.length };
      const commandHex = isShown ? toHex(data) : "";
      const answer = await card.transmit(apdu).catch((error: unknown) => {
        log({ ...sent, ...lost(error) });
        throw error;
      });
      log({ ...sent, ...answered(answer, isShown ? commandHex : undefined) });
      return answer;
    },
  };
}

type Ending = Omit<TrafficRecord, keyof CommandHeader | "dataBytes" | "expectedBytes">;

function answered({ data, statusWord }: ResponseApdu, commandHex: string | undefined): Ending {
  const bodies =
    commandHex === undefined ? undefined : { command: commandHex, answer: toHex(data) };
  return { answerBytes: data.length, statusWord, error: undefined, bodies };
}

function lost(error: unknown): Ending {
  const code = error instanceof CardError ? error.code : "untyped";
  return { answerBytes: undefined, statusWord: undefined, error: code, bodies: undefined };
}
