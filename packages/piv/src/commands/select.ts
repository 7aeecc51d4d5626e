import { asciiText, BytesError, findTlv, toHex } from "@lanyard/bytes";
import { pivAid, pivAidWithoutVersion } from "../constants/aid.ts";
import { CLASS_PLAIN, INSTRUCTIONS } from "../constants/instructions.ts";
import { CardError } from "../errors.ts";
import { malformed, objectsIn, onlyObject } from "./answer.ts";
import { type CommandApdu, SHORT_EXPECTED_BYTES } from "./apdu.ts";

const TAG = {
  template: 0x61,
  applicationId: 0x4f,
  authority: 0x79,
  label: 0x50,
  url: 0x5f50,
  algorithms: 0xac,
  algorithm: 0x80,
} as const;
/** The part of the identifier after the five bytes that say who assigned it. */
const RID_BYTES = 5;

/** What a PIV card says of itself when it is selected [PIV-2 §3.1.1]. */
export interface ApplicationProperties {
  /** As the card gave it: the whole identifier, or the part after the first five bytes. */
  readonly applicationId: Uint8Array;
  readonly label: string | undefined;
  readonly url: string | undefined;
  /** Algorithm identifiers the card lists; empty when it lists none, which says nothing. */
  readonly algorithmIds: readonly number[];
}

/** SELECT the PIV card application [PIV-2 §3.1.1]. */
export function selectCommand(): CommandApdu {
  return {
    cla: CLASS_PLAIN,
    ins: INSTRUCTIONS.select,
    p1: 0x04,
    p2: 0x00,
    data: pivAidWithoutVersion(),
    expectedBytes: SHORT_EXPECTED_BYTES,
  };
}

/**
 * Reads the application property template [PIV-2 §3.1.1, Table 3].
 *
 * @throws {CardError} `card/malformed_answer` | `card/not_piv` when it names another application
 */
export function parseApplicationProperties(data: Uint8Array): ApplicationProperties {
  const what = "application property template";
  const fields = objectsIn(onlyObject(data, TAG.template, what), what);
  const applicationId = findTlv(fields, TAG.applicationId);
  if (applicationId === undefined) throw malformed(what);
  if (!isPivId(applicationId))
    throw new CardError("card/not_piv", "The card selected an application that is not PIV.");
  const algorithms = findTlv(fields, TAG.algorithms) ?? new Uint8Array(0);
  return {
    applicationId: applicationId.slice(),
    label: textIn(findTlv(fields, TAG.label)),
    url: textIn(findTlv(fields, TAG.url)),
    algorithmIds: objectsIn(algorithms, what).flatMap((object) =>
      object.tag === TAG.algorithm ? [...object.value] : [],
    ),
  };
}

function isPivId(applicationId: Uint8Array): boolean {
  const given = toHex(applicationId);
  const whole = toHex(pivAid());
  const wanted = toHex(pivAidWithoutVersion());
  const tail = wanted.slice(RID_BYTES * 2);
  return (
    (given.startsWith(wanted) && given.length <= whole.length) ||
    (given.startsWith(tail) && given.length <= whole.length - RID_BYTES * 2)
  );
}

function textIn(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  try {
    return asciiText(bytes);
  } catch (error) {
    if (error instanceof BytesError) return undefined;
    throw error;
  }
}
