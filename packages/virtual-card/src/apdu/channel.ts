import { concatBytes } from "@lanyard/bytes";
import { CLASS_CHAINED, CLASS_PLAIN, INSTRUCTIONS } from "@lanyard/piv";
import { type CommandApdu, parseCommandApdu } from "./command-apdu.ts";

/** What a command answers before it is cut into APDUs. */
export interface Answer {
  readonly statusWord: number;
  readonly data: Uint8Array;
}

/** The way in and out of a card: length forms, command chaining, and answers that come in parts. */
export interface ApduChannel {
  /** One command APDU in, one response APDU out. Never throws for what the bytes are. */
  transmit(bytes: Uint8Array): Promise<Uint8Array>;
  /** Forgets a half-sent command and a half-read answer. */
  reset(): void;
}

export interface ApduChannelOptions {
  readonly extendedLength: boolean;
  /** Runs one whole command. */
  execute(command: CommandApdu): Promise<Answer>;
}

/** Most data one chained command may carry: an object of the largest size and its tags. */
const CHAIN_LIMIT_BYTES = 16_384;
const SHORT_ANSWER_BYTES = 256;
/** [PIV-2 §3] names the commands that may be chained. */
const CHAINABLE: ReadonlySet<number> = new Set([
  INSTRUCTIONS.putData,
  INSTRUCTIONS.generalAuthenticate,
  INSTRUCTIONS.generateAsymmetricKeyPair,
]);
const NO_DATA = new Uint8Array(0);

export function createApduChannel(options: ApduChannelOptions): ApduChannel {
  let chain: CommandApdu | undefined;
  let unread: Uint8Array = NO_DATA;

  /**
   * PRE-CONDITIONS, in order:
   * 1. The bytes are one of the forms of [7816-4 §5.1], and extended only if the card has it, else 6700.
   * 2. The class is 00, or 10 for "more of this command follows", else 6e00.
   * 3. GET RESPONSE has something to give, else 6985.
   * 4. Only commands the standard lists are chained, else 6884; and not without end, else 6a84.
   * A command that does not continue the chain begun before it drops that chain and stands for itself.
   */
  async function transmit(bytes: Uint8Array): Promise<Uint8Array> {
    const apdu = parseCommandApdu(bytes);
    if (apdu === undefined || (apdu.isExtended && !options.extendedLength)) return drop(0x6700);
    if (apdu.cla !== CLASS_PLAIN && apdu.cla !== CLASS_CHAINED) return drop(0x6e00);
    if (apdu.ins === INSTRUCTIONS.getResponse && apdu.cla === CLASS_PLAIN) {
      chain = undefined;
      return unread.length === 0 ? response(NO_DATA, 0x6985) : part(0x9000, apdu);
    }
    const whole = continuation(chain, apdu);
    unread = NO_DATA;
    if (whole !== apdu && whole.data.length > CHAIN_LIMIT_BYTES) return drop(0x6a84);
    if (apdu.cla === CLASS_CHAINED) {
      if (!CHAINABLE.has(apdu.ins)) return drop(0x6884);
      chain = whole;
      return response(NO_DATA, 0x9000);
    }
    chain = undefined;
    const answer = await options.execute(whole);
    unread = answer.data;
    return part(answer.statusWord, apdu);
  }

  function part(statusWord: number, { expectedBytes }: CommandApdu): Uint8Array {
    const data = unread.slice(0, expectedBytes ?? SHORT_ANSWER_BYTES);
    unread = unread.slice(data.length);
    if (unread.length === 0) return response(data, statusWord);
    return response(data, 0x6100 | (unread.length > 0xff ? 0 : unread.length));
  }

  function drop(statusWord: number): Uint8Array {
    reset();
    return response(NO_DATA, statusWord);
  }

  function reset(): void {
    chain = undefined;
    unread = NO_DATA;
  }

  return { transmit, reset };
}

function continuation(chain: CommandApdu | undefined, apdu: CommandApdu): CommandApdu {
  const continues =
    chain !== undefined && chain.ins === apdu.ins && chain.p1 === apdu.p1 && chain.p2 === apdu.p2;
  return continues ? { ...apdu, data: concatBytes(chain.data, apdu.data) } : apdu;
}

function response(data: Uint8Array, statusWord: number): Uint8Array {
  return concatBytes(data, new Uint8Array([statusWord >> 8, statusWord & 0xff]));
}
