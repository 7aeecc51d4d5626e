import { fromHex } from "@lanyard/bytes";
import { ALGORITHMS, KEY_REFERENCES, SLOTS, type Slot } from "@lanyard/piv";
import type { CardKeyState } from "../card-state.ts";
import type { SecurityStatus } from "../security-status.ts";
import { authenticateManagement } from "./authenticate-management.ts";
import {
  type CardView,
  type Command,
  type Outcome,
  type Precondition,
  refusal,
} from "./command.ts";
import {
  type DynamicAuthentication,
  dynamicAuthentication,
  parseDynamicAuthentication,
} from "./dynamic-authentication.ts";
import { algorithmOf, slotOf } from "./slots.ts";

const MANAGEMENT = KEY_REFERENCES["9b"].reference;
/** SHA-1: the shortest digest a client may still bring. */
const LEAST_DIGEST_BYTES = 20;

const PRECONDITIONS: readonly Precondition[] = [
  {
    must: "1. P2 is 9b or a slot that holds a key, and P1 is that key's algorithm",
    else: 0x6a86,
    holds: ({ p1, p2 }, { state }) => {
      const algorithm = algorithmOf(p1);
      if (algorithm === undefined) return false;
      if (p2 === MANAGEMENT) return state.managementKey.algorithm === algorithm;
      const slot = slotOf(p2);
      return slot !== undefined && state.keys[slot]?.algorithm === algorithm;
    },
  },
  {
    must: "2. The passcode was verified: for 9c by the command just before, for 9a and 9d since power-on",
    else: 0x6982,
    holds: ({ p2 }, { status }) => {
      const slot = slotOf(p2);
      return slot === undefined || mayUse(slot, status);
    },
  },
  {
    must: "3. The data is one dynamic authentication template",
    else: 0x6a80,
    holds: ({ data }) => parseDynamicAuthentication(data) !== undefined,
  },
];

/** GENERAL AUTHENTICATE [PIV-2 §3.2.4]: proves the management key, signs, decrypts, or agrees on a key. */
export const generalAuthenticate: Command = (apdu, card) => {
  const refused = refusal(PRECONDITIONS, apdu, card);
  if (refused !== undefined) return refused;
  const request = parseDynamicAuthentication(apdu.data);
  if (request === undefined) return { statusWord: 0x6a80 };
  const slot = slotOf(apdu.p2);
  if (slot === undefined) return authenticateManagement(request, card);
  const key = card.state.keys[slot];
  const response = key && usePrivateKey({ request, key, slot }, card);
  return response === undefined
    ? { statusWord: 0x6a80 }
    : answered(dynamicAuthentication("response", response));
};

function answered(data: Uint8Array): Outcome {
  return { statusWord: 0x9000, data };
}

function mayUse(slot: Slot, status: SecurityStatus): boolean {
  // biome-ignore format: the columns are the documentation
  const allowed = {
    always:             true,
    passcode:           status.passcodeVerified,
    passcode_each_time: status.passcodeVerified && status.passcodeJustVerified,
  };
  return allowed[SLOTS[slot].use];
}

interface PrivateKeyUse {
  readonly request: DynamicAuthentication;
  readonly key: CardKeyState;
  readonly slot: Slot;
}

/** `undefined` when the request is not one this key can answer. */
function usePrivateKey(use: PrivateKeyUse, { crypto }: CardView): Uint8Array | undefined {
  const { request, key, slot } = use;
  if (request.response?.length !== 0 || request.witness !== undefined) return undefined;
  const privateKey = fromHex(key.privateKey);
  if (key.algorithm === "rsa2048") {
    const block = request.challenge;
    return block?.length === ALGORITHMS.rsa2048.modulusBytes
      ? crypto.rsaPrivate(privateKey, block)
      : undefined;
  }
  if (request.exponentiation !== undefined)
    return slot === "9d"
      ? crypto.agree(key.algorithm, privateKey, request.exponentiation)
      : undefined;
  const digest = request.challenge;
  const { fieldBytes } = ALGORITHMS[key.algorithm];
  if (digest === undefined || digest.length < LEAST_DIGEST_BYTES || digest.length > fieldBytes)
    return undefined;
  return crypto.signDigest(key.algorithm, privateKey, digest);
}
