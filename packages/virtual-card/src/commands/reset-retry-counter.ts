import { KEY_REFERENCES } from "@lanyard/piv";
import { type CardView, type Command, type Precondition, refusal } from "./command.ts";
import {
  isPasscodeForm,
  matches,
  REFERENCE_BYTES,
  withTriesFull,
  withTryUsed,
  wrongReferenceWord,
} from "./reference-data.ts";

const PRECONDITIONS: readonly Precondition[] = [
  { must: "1. P1 is 00", else: 0x6a86, holds: ({ p1 }) => p1 === 0x00 },
  {
    must: "2. P2 is 80, the one reference that can be unblocked",
    else: 0x6a88,
    holds: ({ p2 }) => p2 === KEY_REFERENCES["80"].reference,
  },
  {
    must: "3. The PUK has tries left",
    else: 0x6983,
    holds: (_apdu, { state }) => state.puk.triesLeft > 0,
  },
  {
    must: "4. The data is the PUK and the new passcode, eight bytes each",
    else: 0x6a80,
    holds: ({ data }) => data.length === 2 * REFERENCE_BYTES,
  },
  {
    must: "5. The new passcode has the right form: a bad one never costs a PUK try",
    else: 0x6a80,
    holds: ({ data }, { state }) =>
      isPasscodeForm(data.subarray(REFERENCE_BYTES), state.profile.passcodeRule),
  },
];

/**
 * RESET RETRY COUNTER [PIV-2 §3.2.3]: a new passcode and a full counter for who knows the PUK. The passcode's
 * security status stays what it was; a wrong PUK takes it back and costs a PUK try.
 */
export const resetRetryCounter: Command = (apdu, card) => {
  const refused = refusal(PRECONDITIONS, apdu, card);
  if (refused !== undefined) return refused;
  const { state, status } = card;
  if (!isRightPuk(apdu.data.subarray(0, REFERENCE_BYTES), card)) {
    const puk = withTryUsed(state.puk);
    return {
      statusWord: wrongReferenceWord(puk, state),
      state: { ...state, puk },
      status: { ...status, passcodeVerified: false },
    };
  }
  const { passcodeTries, pukTries, resetsPukCounterOnSuccess } = state.profile;
  const passcode = withTriesFull(
    state.passcode,
    passcodeTries,
    apdu.data.subarray(REFERENCE_BYTES),
  );
  const puk = resetsPukCounterOnSuccess ? withTriesFull(state.puk, pukTries) : state.puk;
  return {
    statusWord: 0x9000,
    state: { ...state, passcode, puk },
    status: { ...status, pukProven: true },
  };
};

function isRightPuk(puk: Uint8Array, { state, status }: CardView): boolean {
  if (matches(state.puk, puk)) return true;
  return status.pukProven && state.profile.quirks.includes("any_puk_after_right_puk");
}
