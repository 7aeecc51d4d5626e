/** The first line of each kind of file, and so its version. */
export const FILE_KINDS = {
  export: "lanyard-audit-export/1",
  inclusion: "lanyard-audit-inclusion/1",
  consistency: "lanyard-audit-consistency/1",
} as const;

/** What a line may begin with; the rest, after one space, is its value. */
export type Word =
  | "from"
  | "node"
  | "certificate"
  | "leaf"
  | "opening"
  | "checkpoint"
  | "index"
  | "hash";

export interface Line {
  /** From 1. */
  readonly number: number;
  readonly word: string;
  readonly value: Uint8Array;
}

/** One line, with its end. A leaf and an opening are JSON without line ends, and stand there as they are. */
export function line(word: Word, value: Uint8Array | string): Uint8Array {
  return Buffer.concat([Buffer.from(`${word} `), Buffer.from(value), Buffer.from("\n")]);
}

export const noteLine = (note: string): Uint8Array => line("checkpoint", JSON.stringify(note));

/** Longer than any line we write: an entry is 65,535 bytes at most. */
const LINE_LIMIT = 1 << 20;

/** What was read is not a file of ours, or not a whole one. */
export class NotOurs extends Error {
  override readonly name = "NotOurs";
  readonly line: number;

  constructor(number: number, message: string) {
    super(message);
    this.line = number;
  }
}

/**
 * Splits bytes as they arrive into lines, never holding more than one.
 *
 * @throws {NotOurs} when the last line has no end, or a line is longer than any of ours
 */
export async function* splitLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let rest = Buffer.alloc(0);
  let number = 0;
  for await (const chunk of bytes) {
    let start = 0;
    const whole = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    for (let end = whole.indexOf(0x0a); end >= 0; end = whole.indexOf(0x0a, start)) {
      number += 1;
      yield lineOf(number, whole.subarray(start, end));
      start = end + 1;
    }
    rest = whole.subarray(start);
    if (rest.length > LINE_LIMIT) throw new NotOurs(number + 1, "A line is too long.");
  }
  if (rest.length > 0) throw new NotOurs(number + 1, "The last line is cut off.");
}

function lineOf(number: number, bytes: Buffer): Line {
  const space = bytes.indexOf(0x20);
  const end = space < 0 ? bytes.length : space;
  const word = bytes.subarray(0, end).toString("latin1");
  return { number, word, value: space < 0 ? new Uint8Array() : bytes.subarray(space + 1) };
}

/** @throws {NotOurs} for a line that is not in the one form it is written in */
export function readHex({ number, value }: Line): Uint8Array {
  const text = Buffer.from(value).toString("latin1");
  if (!/^[0-9a-f]{64}$/.test(text)) throw new NotOurs(number, "A hash is not one.");
  return Buffer.from(text, "hex");
}

/** @throws {NotOurs} */
export function readCount({ number, value }: Line): number {
  const text = Buffer.from(value).toString("latin1");
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 0 || String(count) !== text)
    throw new NotOurs(number, "A number is not one.");
  return count;
}

/** @throws {NotOurs} */
export function readBase64({ number, value }: Line): Uint8Array {
  const text = Buffer.from(value).toString("latin1");
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) throw new NotOurs(number, "A certificate is not one.");
  return bytes;
}

/** @throws {NotOurs} */
export function readNote(at: Line): string {
  const text = readUtf8(at);
  const note = parsed(text);
  if (typeof note !== "string" || JSON.stringify(note) !== text)
    throw new NotOurs(at.number, "A checkpoint is not one.");
  return note;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @throws {NotOurs} */
export function readUtf8({ number, value }: Line): string {
  try {
    return utf8.decode(value);
  } catch {
    throw new NotOurs(number, "A line is not UTF-8.");
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
