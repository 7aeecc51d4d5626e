import { concatBytes, encodeTlv, findTlv } from "@lanyard/bytes";
import { malformed, objectsIn } from "../commands/answer.ts";
import { CardError } from "../errors.ts";
import { ERROR_DETECTION } from "./fields.ts";

const WHAT = "card capability container";
const TAG = {
  cardIdentifier: 0xf0,
  containerVersion: 0xf1,
  grammarVersion: 0xf2,
  applicationUrl: 0xf3,
  pkcs15: 0xf4,
  dataModel: 0xf5,
} as const;
/** Fields a PIV card leaves empty, in order: access rules, APDUs, redirection, capability and status tuples, next CCC. */
const EMPTY_TAGS = [0xf6, 0xf7, 0xfa, 0xfb, 0xfc, 0xfd] as const;
const CARD_IDENTIFIER_BYTES = 21;

/** The Card Capability Container [PIV-1 §3.1.1, Table 8]. Versions and numbers are one byte each. */
export interface CardCapabilityContainer {
  /** 21 bytes, or none where the issuer leaves it out. */
  readonly cardIdentifier: Uint8Array;
  readonly containerVersion: number;
  readonly grammarVersion: number;
  readonly applicationUrls: readonly Uint8Array[];
  readonly pkcs15: number;
  /** 0x10 says PIV. */
  readonly dataModel: number;
}

/** @throws {CardError} `card/bad_argument` when the identifier is not 21 bytes or none */
export function encodeCardCapabilityContainer(container: CardCapabilityContainer): Uint8Array {
  const { cardIdentifier, applicationUrls } = container;
  if (!isIdentifier(cardIdentifier))
    throw new CardError("card/bad_argument", "A card identifier is 21 bytes.");
  const urls = applicationUrls.length > 0 ? applicationUrls : [new Uint8Array(0)];
  return concatBytes(
    encodeTlv(TAG.cardIdentifier, cardIdentifier),
    encodeByte(TAG.containerVersion, container.containerVersion),
    encodeByte(TAG.grammarVersion, container.grammarVersion),
    ...urls.map((url) => encodeTlv(TAG.applicationUrl, url)),
    encodeByte(TAG.pkcs15, container.pkcs15),
    encodeByte(TAG.dataModel, container.dataModel),
    ...EMPTY_TAGS.map((tag) => encodeTlv(tag)),
    ERROR_DETECTION,
  );
}

/** @throws {CardError} `card/malformed_answer` */
export function decodeCardCapabilityContainer(bytes: Uint8Array): CardCapabilityContainer {
  const fields = objectsIn(bytes, WHAT);
  const cardIdentifier = findTlv(fields, TAG.cardIdentifier) ?? new Uint8Array(0);
  if (!isIdentifier(cardIdentifier)) throw malformed(WHAT);
  const byteOf = (tag: number): number => {
    const [value, ...others] = findTlv(fields, tag) ?? [];
    if (value === undefined || others.length > 0) throw malformed(WHAT);
    return value;
  };
  return {
    cardIdentifier: cardIdentifier.slice(),
    containerVersion: byteOf(TAG.containerVersion),
    grammarVersion: byteOf(TAG.grammarVersion),
    applicationUrls: fields
      .filter(({ tag, value }) => tag === TAG.applicationUrl && value.length > 0)
      .map(({ value }) => value.slice()),
    pkcs15: byteOf(TAG.pkcs15),
    dataModel: byteOf(TAG.dataModel),
  };
}

function isIdentifier(bytes: Uint8Array): boolean {
  return bytes.length === CARD_IDENTIFIER_BYTES || bytes.length === 0;
}

function encodeByte(tag: number, value: number): Uint8Array {
  if (!Number.isInteger(value) || value < 0 || value > 0xff)
    throw new CardError("card/bad_argument", "This field is one byte.");
  return encodeTlv(tag, new Uint8Array([value]));
}
