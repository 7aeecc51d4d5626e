import { BytesError, parseTlvs, type Tlv } from "@lanyard/bytes";
import { DATA_OBJECTS } from "@lanyard/piv";
import { HINT_OBJECT_TAG } from "../card-profile.ts";
import type { CardState } from "../card-state.ts";

/** GET DATA and PUT DATA name "the current application's data objects" by these [PIV-2 §3.1.2]. */
export const P1_P2_CURRENT_APPLICATION = 0x3fff;
export const TAG_LIST = 0x5c;
export const DATA = 0x53;

/** The PIV range 5fc101 to 5fc123 [PIV-1 Table 3], and one place of the card's own if it has it. */
export function isWritable(tag: number, { profile }: CardState): boolean {
  return (tag >= 0x5fc101 && tag <= 0x5fc123) || (tag === HINT_OBJECT_TAG && profile.hasHintObject);
}

/** Whether reading it asks for the passcode [PIV-1 Table 2]. */
export function needsPasscodeToRead(tag: number): boolean {
  return Object.values(DATA_OBJECTS).some((row) => row.tag === tag && row.read === "passcode");
}

/** Objects that answer as themselves rather than inside 53 [PIV-2 §3.1.2]. */
export function isTemplate(tag: number): boolean {
  return (
    tag === DATA_OBJECTS.discovery.tag || tag === DATA_OBJECTS.biometricInformationTemplates.tag
  );
}

/** The tag in a tag list's value; `undefined` unless it is one to three bytes. */
export function tagIn(list: Uint8Array | undefined): number | undefined {
  if (list === undefined || list.length < 1 || list.length > 3) return undefined;
  return list.reduce((tag, byte) => tag * 256 + byte, 0);
}

/** The state's key for a tag. */
export function tagName(tag: number): string {
  const digits = tag.toString(16);
  return digits.length % 2 === 0 ? digits : `0${digits}`;
}

/** The data objects in `bytes`; `undefined` when they are not whole BER-TLV. */
export function tryParseTlvs(bytes: Uint8Array): readonly Tlv[] | undefined {
  try {
    return parseTlvs(bytes);
  } catch (error) {
    if (error instanceof BytesError) return undefined;
    throw error;
  }
}
