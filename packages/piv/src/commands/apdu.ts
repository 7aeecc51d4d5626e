import { concatBytes } from "@lanyard/bytes";
import { CardError } from "../errors.ts";

/** The four bytes that say what is asked. */
export interface CommandHeader {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
}

/** One command [7816-4 §5.1], before it is written down. */
export interface CommandApdu extends CommandHeader {
  readonly data: Uint8Array;
  /** Bytes of answer wanted: 256 or 65536 for "whatever there is"; `undefined` for none. */
  readonly expectedBytes: number | undefined;
}

/** Most data bytes of one short APDU, and of one extended APDU. */
export const SHORT_DATA_BYTES = 255;
export const EXTENDED_DATA_BYTES = 65_535;
/** "All you have", in a short APDU and in an extended one. */
export const SHORT_EXPECTED_BYTES = 256;
export const EXTENDED_EXPECTED_BYTES = 65_536;

/**
 * Writes a command down: short form where data and answer fit it, else extended form [7816-4 §5.1].
 * One allocation, so that whoever wipes the result has wiped what was made here.
 *
 * @throws {CardError} `card/bad_argument` over 65535 bytes of data
 */
export function encodeCommand(command: CommandApdu): Uint8Array {
  const { cla, ins, p1, p2, data, expectedBytes } = command;
  if (data.length > EXTENDED_DATA_BYTES || (expectedBytes ?? 1) < 1)
    throw new CardError("card/bad_argument", "A command holds 65535 bytes at most.");
  const isShort = data.length <= SHORT_DATA_BYTES && (expectedBytes ?? 0) <= SHORT_EXPECTED_BYTES;
  const lengthField = isShort ? shortLength(data.length) : extendedLength(data.length);
  const expectedField =
    expectedBytes === undefined
      ? []
      : isShort
        ? [expectedBytes & 0xff]
        : [...(data.length === 0 ? [0] : []), (expectedBytes >> 8) & 0xff, expectedBytes & 0xff];
  return concatBytes(
    new Uint8Array([cla, ins, p1, p2, ...lengthField]),
    data,
    new Uint8Array(expectedField),
  );
}

function shortLength(dataBytes: number): readonly number[] {
  return dataBytes === 0 ? [] : [dataBytes];
}

function extendedLength(dataBytes: number): readonly number[] {
  return dataBytes === 0 ? [] : [0, dataBytes >> 8, dataBytes & 0xff];
}

/**
 * Reads a command back, short or extended. `data` is a view, not a copy.
 *
 * @throws {CardError} `card/bad_argument` when the bytes are no command [7816-4 §5.1]
 */
export function parseCommand(apdu: Uint8Array): CommandApdu {
  const [cla, ins, p1, p2, first = 0, second = 0, third = 0] = apdu;
  if (cla === undefined || ins === undefined || p1 === undefined || p2 === undefined)
    throw notACommand();
  const header = { cla, ins, p1, p2 };
  const body = apdu.length - 4;
  if (body === 0) return { ...header, data: apdu.subarray(4), expectedBytes: undefined };
  if (body === 1)
    return { ...header, data: apdu.subarray(5), expectedBytes: first || SHORT_EXPECTED_BYTES };
  if (first !== 0) return { ...header, ...bodyOf(apdu, { start: 5, dataBytes: first, width: 1 }) };
  const wide = second * 256 + third;
  if (body === 3)
    return { ...header, data: apdu.subarray(7), expectedBytes: wide || EXTENDED_EXPECTED_BYTES };
  if (body < 3 || wide === 0) throw notACommand();
  return { ...header, ...bodyOf(apdu, { start: 7, dataBytes: wide, width: 2 }) };
}

interface BodyShape {
  readonly start: number;
  readonly dataBytes: number;
  readonly width: 1 | 2;
}

function bodyOf(
  apdu: Uint8Array,
  { start, dataBytes, width }: BodyShape,
): Pick<CommandApdu, "data" | "expectedBytes"> {
  const end = start + dataBytes;
  const data = apdu.subarray(start, end);
  if (apdu.length === end) return { data, expectedBytes: undefined };
  if (apdu.length !== end + width) throw notACommand();
  const [high = 0, low = 0] = width === 1 ? [0, apdu[end]] : apdu.subarray(end);
  const all = width === 1 ? SHORT_EXPECTED_BYTES : EXTENDED_EXPECTED_BYTES;
  return { data, expectedBytes: high * 256 + low || all };
}

function notACommand(): CardError {
  return new CardError("card/bad_argument", "These bytes are not a command APDU.");
}
