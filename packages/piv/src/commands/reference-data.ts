import type { Secret } from "@lanyard/bytes";
import { CLASS_PLAIN, INSTRUCTIONS } from "../constants/instructions.ts";
import { KEY_REFERENCES } from "../constants/key-references.ts";
import { CardError } from "../errors.ts";
import type { CommandApdu } from "./apdu.ts";

/** Every passcode and PUK is this long on the wire [PIV-2 §2.4.3]. */
export const REFERENCE_DATA_BYTES = 8;
const PADDING = 0xff;
const NOTHING = new Uint8Array(0);

/**
 * True for what can be sent as a passcode: 1 to 8 bytes, none of them ff, which is the padding. Which passcodes a
 * card accepts is the card's business, and which ones people may choose is the policy's.
 */
export function isSendablePasscode(passcode: Secret): boolean {
  const bytes = passcode.reveal();
  return bytes.length >= 1 && bytes.length <= REFERENCE_DATA_BYTES && !bytes.includes(PADDING);
}

/** VERIFY with nothing to verify: asks for the tries left, costs none [PIV-2 §3.2.1]. */
export function verifyStatusCommand(): CommandApdu {
  return verify(0x00, NOTHING);
}

/** VERIFY that takes the verified state back and leaves the tries alone [PIV-2 §3.2.1]. */
export function resetVerificationCommand(): CommandApdu {
  return verify(0xff, NOTHING);
}

/**
 * VERIFY [PIV-2 §3.2.1]. A wrong passcode costs one try. `data` is secret: wipe it once it is sent.
 *
 * @throws {CardError} `card/bad_argument` when it is not 1 to 8 bytes
 */
export function verifyCommand(passcode: Secret): CommandApdu {
  return verify(0x00, padded([passcode, "passcode"]));
}

/**
 * CHANGE REFERENCE DATA for the passcode, old to new [PIV-2 §3.2.2]. A wrong old one costs one try.
 * `data` is secret: wipe it once it is sent.
 *
 * @throws {CardError} `card/bad_argument`
 */
export function changePasscodeCommand(current: Secret, replacement: Secret): CommandApdu {
  const data = padded([current, "passcode"], [replacement, "passcode"]);
  return change(KEY_REFERENCES["80"].reference, data);
}

/**
 * CHANGE REFERENCE DATA for the PUK [PIV-2 §3.2.2], which a card need not have. A wrong old one costs one PUK try.
 * `data` is secret: wipe it once it is sent.
 *
 * @throws {CardError} `card/bad_argument` when either is not exactly 8 bytes
 */
export function changePukCommand(current: Secret, replacement: Secret): CommandApdu {
  const data = padded([current, "puk"], [replacement, "puk"]);
  return change(KEY_REFERENCES["81"].reference, data);
}

/**
 * RESET RETRY COUNTER: sets a new passcode by the PUK [PIV-2 §3.2.3]. A wrong PUK costs one PUK try. Done or not, what
 * is verified stays as it was. `data` is secret: wipe it once it is sent.
 *
 * @throws {CardError} `card/bad_argument`
 */
export function resetRetryCounterCommand(puk: Secret, replacement: Secret): CommandApdu {
  return {
    cla: CLASS_PLAIN,
    ins: INSTRUCTIONS.resetRetryCounter,
    p1: 0x00,
    p2: KEY_REFERENCES["80"].reference,
    data: padded([puk, "puk"], [replacement, "passcode"]),
    expectedBytes: undefined,
  };
}

function verify(p1: number, data: Uint8Array): CommandApdu {
  const p2 = KEY_REFERENCES["80"].reference;
  return { cla: CLASS_PLAIN, ins: INSTRUCTIONS.verify, p1, p2, data, expectedBytes: undefined };
}

function change(p2: number, data: Uint8Array): CommandApdu {
  const ins = INSTRUCTIONS.changeReferenceData;
  return { cla: CLASS_PLAIN, ins, p1: 0x00, p2, data, expectedBytes: undefined };
}

/** One array made once and filled in place, so that there is only one copy to wipe. */
function padded(...fields: readonly (readonly [Secret, "passcode" | "puk"])[]): Uint8Array {
  for (const [secret, kind] of fields) checkSendable(secret, kind);
  const bytes = new Uint8Array(fields.length * REFERENCE_DATA_BYTES).fill(PADDING);
  fields.forEach(([secret], index) => {
    bytes.set(secret.reveal(), index * REFERENCE_DATA_BYTES);
  });
  return bytes;
}

function checkSendable(secret: Secret, kind: "passcode" | "puk"): void {
  if (kind === "puk" && secret.length !== REFERENCE_DATA_BYTES)
    throw new CardError("card/bad_argument", "A PUK is exactly 8 bytes.");
  if (kind === "passcode" && !isSendablePasscode(secret))
    throw new CardError("card/bad_argument", "A passcode is 1 to 8 bytes, none of them ff.");
}
