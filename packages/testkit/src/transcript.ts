import { fromHex, toHex } from "@lanyard/bytes";
import { type Card, CardError, type CardErrorCode } from "@lanyard/piv";

/** A card that plays a transcript, and says whether it was played to its end. */
export interface TranscriptCard extends Card {
  /** Throws when commands of the transcript were not sent. */
  expectDone(): void;
}

interface Exchange {
  readonly command: string;
  readonly answer: string;
}

const LOSSES: Readonly<Record<string, CardErrorCode>> = {
  removed: "card/removed",
  reset: "card/reset",
  transport: "card/transport",
};

/**
 * A card that expects exactly these commands in this order and gives these answers:
 *
 *     > 0020 0080 08 31323334 3536FFFF   verify "123456"
 *     < 63C2                             wrong, two tries left
 *
 * Hex in groups divided by one space; two spaces begin a comment. `< removed`, `< reset` and `< transport` lose the
 * card instead of answering. A command that is not the next one fails the test, and names what was expected.
 */
export function cardFromTranscript(transcript: string): TranscriptCard {
  const exchanges = parseTranscript(transcript);
  let next = 0;
  return {
    async transmit(apdu) {
      const exchange = exchanges[next];
      const sent = toHex(apdu);
      if (exchange?.command !== sent)
        throw new Error(
          `Command ${next + 1}: expected ${exchange?.command ?? "no more"}, got ${sent}.`,
        );
      next += 1;
      return answerOf(exchange.answer);
    },
    expectDone() {
      const missing = exchanges[next];
      if (missing) throw new Error(`Command ${next + 1} was not sent: ${missing.command}.`);
    },
  };
}

function answerOf(answer: string) {
  const loss = LOSSES[answer];
  if (loss) throw new CardError(loss, `The transcript says: ${answer}.`);
  const bytes = fromHex(answer);
  if (bytes.length < 2) throw new Error("An answer ends with a status word of two bytes.");
  const [high = 0, low = 0] = bytes.subarray(-2);
  return { data: bytes.slice(0, -2), statusWord: high * 256 + low };
}

/** A line that goes on with `+` continues the one before it, for long data. */
function parseTranscript(transcript: string): readonly Exchange[] {
  const lines = transcript
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => ({ kind: line[0], text: line.slice(1).trim().split(/ {2,}/)[0] ?? "" }));
  const exchanges: Exchange[] = [];
  let command = "";
  let answer: string | undefined;
  const flush = () => {
    if (answer !== undefined) exchanges.push({ command, answer });
    else if (command !== "") throw new Error(`No answer to ${command}.`);
    answer = undefined;
  };
  for (const { kind, text } of lines) {
    const isLoss = kind === "<" && text in LOSSES;
    const value = isLoss ? text : toHex(fromHex(text));
    if (kind === ">") {
      flush();
      command = value;
    } else if (kind === "<") answer = value;
    else if (kind === "+" && answer === undefined) command += value;
    else if (kind === "+") answer += value;
    else throw new Error(`A transcript line begins with > or < or +: ${text}`);
  }
  flush();
  return exchanges;
}
