import { BytesError, parseTlvs, type Tlv } from "@lanyard/bytes";
import { statusName } from "../constants/status-words.ts";
import { CardError, type CardErrorCode } from "../errors.ts";
import type { ResponseApdu } from "../transport/card.ts";

const CODES: Partial<Record<ReturnType<typeof statusName>, CardErrorCode>> = {
  object_not_found: "card/object_not_found",
  security_status_not_satisfied: "card/security_status",
  function_not_supported: "card/unsupported",
  instruction_not_supported: "card/unsupported",
  class_not_supported: "card/unsupported",
};

/**
 * The data of an answer that says 9000. `asked` names the command for people.
 *
 * @throws {CardError} `card/object_not_found` | `card/security_status` | `card/unsupported` | `card/unexpected_status`
 */
export function dataOf(answer: ResponseApdu, asked: string): Uint8Array {
  const name = statusName(answer.statusWord);
  if (name === "ok") return answer.data;
  throw statusError(answer.statusWord, asked);
}

/** The error for a status word that ends what was asked. */
export function statusError(statusWord: number, asked: string): CardError {
  const name = statusName(statusWord);
  const code = CODES[name] ?? "card/unexpected_status";
  return new CardError(code, `${asked} was answered ${name.replaceAll("_", " ")}.`, { statusWord });
}

/**
 * Reads the data objects of an answer, one level deep.
 *
 * @throws {CardError} `card/malformed_answer`
 */
export function objectsIn(bytes: Uint8Array, what: string): readonly Tlv[] {
  try {
    return parseTlvs(bytes);
  } catch (error) {
    if (error instanceof BytesError) throw malformed(what, error);
    throw error;
  }
}

/**
 * The value of the one data object that these bytes must be.
 *
 * @throws {CardError} `card/malformed_answer` when it is another tag, or more than one object
 */
export function onlyObject(bytes: Uint8Array, tag: number, what: string): Uint8Array {
  const [object, ...others] = objectsIn(bytes, what);
  if (object === undefined || object.tag !== tag || others.length > 0) throw malformed(what);
  return object.value;
}

/** The error for an answer that is not what the standard says. The bytes themselves are never in it. */
export function malformed(what: string, cause?: unknown): CardError {
  return new CardError("card/malformed_answer", `The card's ${what} is malformed.`, { cause });
}
