import { KEY_REFERENCES } from "@lanyard/piv";
import type { CommandApdu } from "../apdu/command-apdu.ts";
import type { CardState, ReferenceState } from "../card-state.ts";
import { type Command, type Precondition, refusal } from "./command.ts";
import {
  isPasscodeForm,
  matches,
  REFERENCE_BYTES,
  withTriesFull,
  withTryUsed,
  wrongReferenceWord,
} from "./reference-data.ts";

const PASSCODE = KEY_REFERENCES["80"].reference;
const PUK = KEY_REFERENCES["81"].reference;

const PRECONDITIONS: readonly Precondition[] = [
  { must: "1. P1 is 00", else: 0x6a86, holds: ({ p1 }) => p1 === 0x00 },
  {
    must: "2. P2 is 80, or 81 on a card whose PUK can be changed",
    else: 0x6a88,
    holds: ({ p2 }, { state }) => p2 === PASSCODE || (p2 === PUK && state.profile.pukChangeable),
  },
  {
    must: "3. The reference has tries left",
    else: 0x6983,
    holds: (apdu, { state }) => changed(apdu, state).triesLeft > 0,
  },
  {
    must: "4. The data is the present value and the new one, eight bytes each",
    else: 0x6a80,
    holds: ({ data }) => data.length === 2 * REFERENCE_BYTES,
  },
  {
    must: "5. The new value has the right form: a bad one never costs a try",
    else: 0x6a80,
    holds: ({ p2, data }, { state }) =>
      p2 === PUK || isPasscodeForm(data.subarray(REFERENCE_BYTES), state.profile.passcodeRule),
  },
];

/** CHANGE REFERENCE DATA [PIV-2 §3.2.2]: a new passcode or PUK for who knows the present one. */
export const changeReferenceData: Command = (apdu, card) => {
  const refused = refusal(PRECONDITIONS, apdu, card);
  if (refused !== undefined) return refused;
  const { state, status } = card;
  const isPuk = apdu.p2 === PUK;
  const reference = changed(apdu, state);
  if (!matches(reference, apdu.data.subarray(0, REFERENCE_BYTES))) {
    const left = withTryUsed(reference);
    return {
      statusWord: wrongReferenceWord(left, state),
      state: { ...state, [isPuk ? "puk" : "passcode"]: left },
      status: isPuk ? status : { ...status, passcodeVerified: false },
    };
  }
  const tries = isPuk ? state.profile.pukTries : state.profile.passcodeTries;
  const renewed = withTriesFull(reference, tries, apdu.data.subarray(REFERENCE_BYTES));
  return {
    statusWord: 0x9000,
    state: { ...state, [isPuk ? "puk" : "passcode"]: renewed },
    status: isPuk ? status : { ...status, passcodeVerified: true },
  };
};

function changed({ p2 }: CommandApdu, state: CardState): ReferenceState {
  return p2 === PUK ? state.puk : state.passcode;
}
