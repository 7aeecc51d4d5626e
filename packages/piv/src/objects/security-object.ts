import { concatBytes, encodeTlv, findTlv } from "@lanyard/bytes";
import { malformed, objectsIn } from "../commands/answer.ts";
import { ERROR_DETECTION } from "./fields.ts";

const WHAT = "security object";
const TAG = { mapping: 0xba, signedHashes: 0xbb } as const;

/** Hashes of the other objects, signed by the issuer [PIV-1 §3.1.7, Table 15]. Not verified here. */
export interface SecurityObject {
  /** Which data group number stands for which object. */
  readonly mapping: Uint8Array;
  /** CMS over the hashes. */
  readonly signedHashes: Uint8Array;
}

export function encodeSecurityObject(object: SecurityObject): Uint8Array {
  return concatBytes(
    encodeTlv(TAG.mapping, object.mapping),
    encodeTlv(TAG.signedHashes, object.signedHashes),
    ERROR_DETECTION,
  );
}

/** @throws {CardError} `card/malformed_answer` */
export function decodeSecurityObject(bytes: Uint8Array): SecurityObject {
  const fields = objectsIn(bytes, WHAT);
  const mapping = findTlv(fields, TAG.mapping);
  const signedHashes = findTlv(fields, TAG.signedHashes);
  if (mapping === undefined || signedHashes === undefined) throw malformed(WHAT);
  return { mapping: mapping.slice(), signedHashes: signedHashes.slice() };
}
