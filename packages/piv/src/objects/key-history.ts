import { concatBytes, encodeTlv, findTlv } from "@lanyard/bytes";
import { malformed, objectsIn } from "../commands/answer.ts";
import { CardError } from "../errors.ts";
import { decodeText, ERROR_DETECTION, encodeText } from "./fields.ts";

const WHAT = "key history object";
const TAG = { onCard: 0xc1, offCard: 0xc2, url: 0xf3 } as const;
const RETIRED_KEYS_MAX = 20;
const URL_BYTES_MAX = 118;

/** How many retired key-management keys there are, and where their certificates lie [PIV-1 §3.3.3, Table 19]. */
export interface KeyHistory {
  readonly withCertificateOnCard: number;
  readonly withCertificateElsewhere: number;
  readonly elsewhereUrl?: string;
}

/** @throws {CardError} `card/bad_argument` */
export function encodeKeyHistory(history: KeyHistory): Uint8Array {
  const { withCertificateOnCard: here, withCertificateElsewhere: elsewhere } = history;
  if (!isCount(here) || !isCount(elsewhere))
    throw new CardError("card/bad_argument", "A card holds 20 retired keys at most.");
  return concatBytes(
    encodeTlv(TAG.onCard, new Uint8Array([here])),
    encodeTlv(TAG.offCard, new Uint8Array([elsewhere])),
    history.elsewhereUrl === undefined
      ? new Uint8Array(0)
      : encodeText(TAG.url, history.elsewhereUrl, URL_BYTES_MAX),
    ERROR_DETECTION,
  );
}

/** @throws {CardError} `card/malformed_answer` */
export function decodeKeyHistory(bytes: Uint8Array): KeyHistory {
  const fields = objectsIn(bytes, WHAT);
  const countOf = (tag: number): number => {
    const [count, ...others] = findTlv(fields, tag) ?? [];
    if (count === undefined || !isCount(count) || others.length > 0) throw malformed(WHAT);
    return count;
  };
  const url = findTlv(fields, TAG.url);
  return {
    withCertificateOnCard: countOf(TAG.onCard),
    withCertificateElsewhere: countOf(TAG.offCard),
    ...(url && url.length > 0 && { elsewhereUrl: decodeText(url, WHAT) }),
  };
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= RETIRED_KEYS_MAX;
}
