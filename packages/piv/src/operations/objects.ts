import { dataOf, statusError } from "../commands/answer.ts";
import { getDataCommand, parseGetData, putDataCommand } from "../commands/data.ts";
import type { Exchange } from "../commands/exchange.ts";
import { statusName } from "../constants/status-words.ts";

/**
 * Reads one object's value by its tag [PIV-2 §3.1.2]; `undefined` when the card has no such object.
 *
 * @throws {CardError} `card/security_status` when the passcode comes first | `card/malformed_answer` |
 * `card/unexpected_status` | `card/unsupported`
 */
export async function readObject(exchange: Exchange, tag: number): Promise<Uint8Array | undefined> {
  const answer = await exchange(getDataCommand(tag));
  if (statusName(answer.statusWord) === "object_not_found") return undefined;
  return parseGetData(tag, dataOf(answer, "GET DATA"));
}

/**
 * Reads one object and decodes it; `undefined` when the card has none, or an empty one.
 *
 * @throws {CardError} as {@link readObject}, and what `decode` throws
 */
export async function readDecoded<Value>(
  exchange: Exchange,
  tag: number,
  decode: (bytes: Uint8Array) => Value,
): Promise<Value | undefined> {
  const bytes = await readObject(exchange, tag);
  return bytes === undefined || bytes.length === 0 ? undefined : decode(bytes);
}

/**
 * Replaces one object as a whole [PIV-2 §3.3.1]. Wants the card-management key first. A long value goes in pieces: a
 * card taken out in between keeps the old value or none.
 *
 * @throws {CardError} `card/security_status` | `card/unexpected_status` | `card/unsupported`
 */
export async function writeObject(
  exchange: Exchange,
  tag: number,
  value: Uint8Array,
): Promise<void> {
  const { statusWord } = await exchange(putDataCommand(tag, value));
  if (statusName(statusWord) !== "ok") throw statusError(statusWord, "PUT DATA");
}
