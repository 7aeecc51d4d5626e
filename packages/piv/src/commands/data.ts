import { encodeTlv } from "@lanyard/bytes";
import { DATA_OBJECTS } from "../constants/data-objects.ts";
import { CLASS_PLAIN, INSTRUCTIONS } from "../constants/instructions.ts";
import { onlyObject } from "./answer.ts";
import { type CommandApdu, SHORT_EXPECTED_BYTES } from "./apdu.ts";

const TAG_LIST = 0x5c;
const DISCRETIONARY_DATA = 0x53;
/** These two travel under their own tag instead of 53 [PIV-2 §3.1.2]. */
const OWN_TAG: ReadonlySet<number> = new Set([
  DATA_OBJECTS.discovery.tag,
  DATA_OBJECTS.biometricInformationTemplates.tag,
]);

/** GET DATA for one object, by its tag [PIV-2 §3.1.2]. */
export function getDataCommand(tag: number): CommandApdu {
  return {
    ...header(INSTRUCTIONS.getData),
    data: tagList(tag),
    expectedBytes: SHORT_EXPECTED_BYTES,
  };
}

/**
 * The object's value out of the answer [PIV-2 §3.1.2, Table 8]. A view, not a copy.
 *
 * @throws {CardError} `card/malformed_answer`
 */
export function parseGetData(tag: number, data: Uint8Array): Uint8Array {
  return onlyObject(data, wrapperOf(tag), "data object");
}

/**
 * PUT DATA: replaces one object as a whole; an empty value removes it [PIV-2 §3.3.1].
 *
 * @throws {BytesError} `bytes/tlv_length_unsupported` over 65535 bytes
 */
export function putDataCommand(tag: number, value: Uint8Array): CommandApdu {
  const object = encodeTlv(wrapperOf(tag), value);
  const named = OWN_TAG.has(tag) ? object : new Uint8Array([...tagList(tag), ...object]);
  return { ...header(INSTRUCTIONS.putData), data: named, expectedBytes: undefined };
}

function header(ins: number): Pick<CommandApdu, "cla" | "ins" | "p1" | "p2"> {
  return { cla: CLASS_PLAIN, ins, p1: 0x3f, p2: 0xff };
}

function wrapperOf(tag: number): number {
  return OWN_TAG.has(tag) ? tag : DISCRETIONARY_DATA;
}

function tagList(tag: number): Uint8Array {
  const bytes = [tag >> 16, tag >> 8, tag].map((shifted) => shifted & 0xff);
  const first = bytes.findIndex((byte) => byte !== 0);
  return encodeTlv(TAG_LIST, new Uint8Array(bytes.slice(first < 0 ? 2 : first)));
}
