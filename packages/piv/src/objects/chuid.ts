import { concatBytes, encodeTlv, findTlv } from "@lanyard/bytes";
import { objectsIn } from "../commands/answer.ts";
import { FASC_N_BYTES } from "./fasc-n.ts";
import { decodeDate, decodeExactly, ERROR_DETECTION, encodeDate, encodeExactly } from "./fields.ts";

const WHAT = "CHUID";
const TAG = {
  fascN: 0x30,
  organizationalIdentifier: 0x32,
  duns: 0x33,
  guid: 0x34,
  expiry: 0x35,
  cardholderUuid: 0x36,
  signature: 0x3e,
} as const;
const GUID_BYTES = 16;
const ORGANIZATION_BYTES = 4;
const DUNS_BYTES = 9;

/** The Card Holder Unique Identifier [PIV-1 §3.1.2, Table 9]. Freely readable, so it proves nothing. */
export interface Chuid {
  /** 25 bytes; `decodeFascN` reads them, where they are a real FASC-N. */
  readonly fascN: Uint8Array;
  readonly organizationalIdentifier?: Uint8Array;
  readonly duns?: Uint8Array;
  /** 16 bytes: the card's own identifier. */
  readonly guid: Uint8Array;
  /** `YYYY-MM-DD` */
  readonly expiryDate: string;
  /** 16 bytes: the holder's identifier. */
  readonly cardholderUuid?: Uint8Array;
  /** The issuer's signature (CMS), not verified here; empty where a card has none. */
  readonly issuerSignature: Uint8Array;
}

/** @throws {CardError} `card/bad_argument` when a field has not its length */
export function encodeChuid(chuid: Chuid): Uint8Array {
  const { organizationalIdentifier, duns, cardholderUuid } = chuid;
  const nothing = new Uint8Array(0);
  return concatBytes(
    encodeExactly(TAG.fascN, chuid.fascN, FASC_N_BYTES),
    organizationalIdentifier
      ? encodeExactly(TAG.organizationalIdentifier, organizationalIdentifier, ORGANIZATION_BYTES)
      : nothing,
    duns ? encodeExactly(TAG.duns, duns, DUNS_BYTES) : nothing,
    encodeExactly(TAG.guid, chuid.guid, GUID_BYTES),
    encodeDate(TAG.expiry, chuid.expiryDate),
    cardholderUuid ? encodeExactly(TAG.cardholderUuid, cardholderUuid, GUID_BYTES) : nothing,
    encodeTlv(TAG.signature, chuid.issuerSignature),
    ERROR_DETECTION,
  );
}

/** @throws {CardError} `card/malformed_answer` */
export function decodeChuid(bytes: Uint8Array): Chuid {
  const fields = objectsIn(bytes, WHAT);
  const optional = (tag: number, length: number): Uint8Array | undefined => {
    const field = findTlv(fields, tag);
    return field && decodeExactly(field, length, WHAT);
  };
  const organizationalIdentifier = optional(TAG.organizationalIdentifier, ORGANIZATION_BYTES);
  const duns = optional(TAG.duns, DUNS_BYTES);
  const cardholderUuid = optional(TAG.cardholderUuid, GUID_BYTES);
  return {
    fascN: decodeExactly(findTlv(fields, TAG.fascN), FASC_N_BYTES, WHAT),
    ...(organizationalIdentifier && { organizationalIdentifier }),
    ...(duns && { duns }),
    guid: decodeExactly(findTlv(fields, TAG.guid), GUID_BYTES, WHAT),
    expiryDate: decodeDate(findTlv(fields, TAG.expiry) ?? new Uint8Array(0), WHAT),
    ...(cardholderUuid && { cardholderUuid }),
    issuerSignature: (findTlv(fields, TAG.signature) ?? new Uint8Array(0)).slice(),
  };
}
