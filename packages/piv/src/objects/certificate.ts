import { concatBytes, encodeTlv, findTlv } from "@lanyard/bytes";
import { malformed, objectsIn } from "../commands/answer.ts";
import { CardError } from "../errors.ts";
import { ERROR_DETECTION } from "./fields.ts";

const WHAT = "certificate object";
const TAG = { certificate: 0x70, certificateInfo: 0x71 } as const;
const COMPRESSED = 0x01;

/** Wraps a DER certificate as a slot's certificate object, uncompressed [PIV-1 §3.1.3, Table 10]. */
export function encodeCertificate(der: Uint8Array): Uint8Array {
  return concatBytes(
    encodeTlv(TAG.certificate, der),
    encodeTlv(TAG.certificateInfo, new Uint8Array([0])),
    ERROR_DETECTION,
  );
}

/**
 * The DER certificate inside, a copy, neither parsed nor verified; `undefined` when the object is there but empty.
 *
 * @throws {CardError} `card/malformed_answer` | `card/unsupported` when it is compressed: unpacking what a stranger's
 * card sends is a way to run out of memory
 */
export function decodeCertificate(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length === 0) return undefined;
  const fields = objectsIn(bytes, WHAT);
  const der = findTlv(fields, TAG.certificate);
  if (der === undefined) throw malformed(WHAT);
  const [info = 0] = findTlv(fields, TAG.certificateInfo) ?? [];
  if ((info & COMPRESSED) !== 0)
    throw new CardError("card/unsupported", "Compressed certificates are not read.");
  return der.length === 0 ? undefined : der.slice();
}
