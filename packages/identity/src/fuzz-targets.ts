import { asciiBytes, utf8Bytes } from "@lanyard/bytes";
import type { FuzzTargets } from "@lanyard/bytes/fuzz";
import { decodeHint, encodeHint, HINT_MAC_BYTES } from "./hint.ts";
import { passcodeChecker } from "./passcode/check.ts";
import { SITE_POLICIES } from "./passcode/policy.ts";
import { PASSCODE_REFUSALS } from "./passcode/verdict.ts";

/** An invented holder with something to match in every way. */
const HOLDER = {
  names: ["Maria", "Okafor", "mokafor"],
  dob: "1984-03-17",
  numbers: ["555083916274", "07700 900142"],
  codes: ["RX1"],
} as const;

const LONGEST = SITE_POLICIES["care-4-8"].maxLength;

/** What this package decodes that comes from a keyboard or from a card. */
export const fuzzTargets: FuzzTargets = {
  passcode: {
    samples: [
      asciiBytes("Blue7Kx2"),
      asciiBytes("m4r1a84"),
      asciiBytes("4071"),
      utf8Bytes("８３０５"),
    ],
    run: checkAnything,
  },
  hint: {
    samples: [encodeHint({ index: 3, mac: new Uint8Array(HINT_MAC_BYTES).fill(7) })],
    run: (bytes) => void decodeHint(bytes),
  },
};

/** Any bytes give a verdict, and what is accepted is within the policy. */
function checkAnything(bytes: Uint8Array): void {
  const check = passcodeChecker(SITE_POLICIES["care-4-8"], HOLDER);
  const verdict = check(bytes);
  if (verdict.ok && !bytes.every(isLetterOrDigit))
    throw new Error("Accepted a byte outside A-Z and 0-9.");
  if (verdict.ok && bytes.length > LONGEST) throw new Error("Accepted more than the policy does.");
  if (!verdict.ok && !PASSCODE_REFUSALS.includes(verdict.code))
    throw new Error("Refused without a reason.");
}

function isLetterOrDigit(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x61 && byte <= 0x7a)
  );
}
