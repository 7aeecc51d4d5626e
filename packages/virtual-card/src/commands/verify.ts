import { KEY_REFERENCES } from "@lanyard/piv";
import { type Command, type Precondition, refusal } from "./command.ts";
import {
  BLOCKED,
  isPasscodeForm,
  matches,
  withTriesFull,
  withTryUsed,
  wrongReferenceWord,
} from "./reference-data.ts";

const P1_VERIFY = 0x00;
const P1_RESET_STATUS = 0xff;

const PRECONDITIONS: readonly Precondition[] = [
  {
    must: "1. P1 is 00 (verify, or query when there is no data) or ff (reset the status)",
    else: 0x6a86,
    holds: ({ p1 }) => p1 === P1_VERIFY || p1 === P1_RESET_STATUS,
  },
  {
    must: "2. P2 is 80, the one key reference this card verifies",
    else: 0x6a88,
    holds: ({ p2 }) => p2 === KEY_REFERENCES["80"].reference,
  },
  {
    must: "3. Resetting the status comes without data",
    else: 0x6a80,
    holds: ({ p1, data }) => p1 === P1_VERIFY || data.length === 0,
  },
  {
    must: "4. A value is only looked at while tries are left",
    else: 0x6983,
    holds: ({ data }, { state }) => data.length === 0 || state.passcode.triesLeft > 0,
  },
  {
    must: "5. A value has the passcode's form (a card may count it as a wrong try instead)",
    else: 0x6a80,
    holds: ({ data }, { state: { profile } }) =>
      data.length === 0 ||
      isPasscodeForm(data, profile.passcodeRule) ||
      profile.quirks.includes("bad_format_costs_a_try"),
  },
];

/** VERIFY [PIV-2 §3.2.1]: asks for, resets or establishes the passcode's security status. */
export const verify: Command = (apdu, card) => {
  const refused = refusal(PRECONDITIONS, apdu, card);
  if (refused !== undefined) return refused;
  const { state, status } = card;
  if (apdu.p1 === P1_RESET_STATUS)
    return { statusWord: 0x9000, status: { ...status, passcodeVerified: false } };
  if (apdu.data.length === 0) {
    if (status.passcodeVerified) return { statusWord: 0x9000 };
    return state.passcode.triesLeft === 0
      ? BLOCKED
      : { statusWord: 0x63c0 | state.passcode.triesLeft };
  }
  if (!matches(state.passcode, apdu.data)) {
    const passcode = withTryUsed(state.passcode);
    return {
      statusWord: wrongReferenceWord(passcode, state),
      state: { ...state, passcode },
      status: { ...status, passcodeVerified: false },
    };
  }
  const passcode = withTriesFull(state.passcode, state.profile.passcodeTries);
  return {
    statusWord: 0x9000,
    state: passcode === state.passcode ? state : { ...state, passcode },
    status: { ...status, passcodeVerified: true },
  };
};
