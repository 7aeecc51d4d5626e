import type { ResponseApdu } from "../transport/card.ts";
import type { CommandApdu } from "./apdu.ts";

/** Sends one command and brings its whole answer: what every operation on a card is written over. */
export type Exchange = (command: CommandApdu) => Promise<ResponseApdu>;
