import { concatBytes, findTlv } from "@lanyard/bytes";
import { malformed, objectsIn } from "../commands/answer.ts";
import { CardError } from "../errors.ts";
import { decodeText, ERROR_DETECTION, encodeText, isIsoDate } from "./fields.ts";

const WHAT = "printed information";
const MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(" ");

/** What is printed on the card's face [PIV-1 §3.1.6, Table 14]. Reading it wants the passcode. */
export interface PrintedInformation {
  readonly name: string;
  readonly employeeAffiliation: string;
  /** `YYYY-MM-DD`; the card stores it as printed, `2030DEC31`. */
  readonly expiryDate: string;
  readonly cardSerial: string;
  readonly issuer: string;
  readonly organizationLine1: string;
  readonly organizationLine2: string;
}

/** Tag and most bytes of each text field, in order. */
// biome-ignore format: the columns are the documentation
const FIELDS = {
  name:                { tag: 0x01, maxBytes: 125 },
  employeeAffiliation: { tag: 0x02, maxBytes: 20 },
  expiryDate:          { tag: 0x04, maxBytes: 9 },
  cardSerial:          { tag: 0x05, maxBytes: 20 },
  issuer:              { tag: 0x06, maxBytes: 15 },
  organizationLine1:   { tag: 0x07, maxBytes: 20 },
  organizationLine2:   { tag: 0x08, maxBytes: 20 },
} as const satisfies Record<keyof PrintedInformation, { tag: number; maxBytes: number }>;

/** @throws {CardError} `card/bad_argument` when a field is too long or the date is none */
export function encodePrintedInformation(printed: PrintedInformation): Uint8Array {
  const field = (name: keyof PrintedInformation): Uint8Array =>
    encodeText(FIELDS[name].tag, printed[name], FIELDS[name].maxBytes);
  return concatBytes(
    field("name"),
    field("employeeAffiliation"),
    encodeText(FIELDS.expiryDate.tag, printedDate(printed.expiryDate), FIELDS.expiryDate.maxBytes),
    field("cardSerial"),
    field("issuer"),
    field("organizationLine1"),
    field("organizationLine2"),
    ERROR_DETECTION,
  );
}

/** @throws {CardError} `card/malformed_answer` */
export function decodePrintedInformation(bytes: Uint8Array): PrintedInformation {
  const fields = objectsIn(bytes, WHAT);
  const text = (name: keyof PrintedInformation): string =>
    decodeText(findTlv(fields, FIELDS[name].tag) ?? new Uint8Array(0), WHAT);
  return {
    name: text("name"),
    employeeAffiliation: text("employeeAffiliation"),
    expiryDate: isoDate(text("expiryDate")),
    cardSerial: text("cardSerial"),
    issuer: text("issuer"),
    organizationLine1: text("organizationLine1"),
    organizationLine2: text("organizationLine2"),
  };
}

function printedDate(date: string): string {
  const [year = "", month = "", day = ""] = date.split("-");
  const name = MONTHS[Number(month) - 1];
  if (!isIsoDate(date) || name === undefined)
    throw new CardError("card/bad_argument", "Expected a YYYY-MM-DD date.");
  return `${year}${name}${day}`;
}

function isoDate(printed: string): string {
  const month = MONTHS.indexOf(printed.slice(4, 7)) + 1;
  const date = `${printed.slice(0, 4)}-${String(month).padStart(2, "0")}-${printed.slice(7)}`;
  if (!isIsoDate(date)) throw malformed(WHAT);
  return date;
}
