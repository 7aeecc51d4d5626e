import { toHex } from "@lanyard/bytes";
import { ALGORITHMS, type CipherAlgorithm, KEY_REFERENCES } from "@lanyard/piv";
import { type Command, type Precondition, refusal } from "./command.ts";
import { algorithmOf } from "./slots.ts";

const HEADER_BYTES = 3;

const PRECONDITIONS: readonly Precondition[] = [
  {
    must: "1. P1 and P2 are ff: no touch",
    else: 0x6a86,
    holds: ({ p1, p2 }) => p1 === 0xff && p2 === 0xff,
  },
  {
    must: "2. The management key was proven",
    else: 0x6982,
    holds: (_apdu, { status }) => status.managementAuthenticated,
  },
  {
    must: "3. The data is a cipher, 9b, and a key as long as that cipher's",
    else: 0x6a80,
    holds: ({ data }) => cipherIn(data) !== undefined,
  },
];

/** SET MANAGEMENT KEY [YUBICO-PIV]. The status is kept: whoever set it may go on. */
export const setManagementKey: Command = (apdu, card) => {
  const refused = refusal(PRECONDITIONS, apdu, card);
  if (refused !== undefined) return refused;
  const algorithm = cipherIn(apdu.data);
  if (algorithm === undefined) return { statusWord: 0x6a80 };
  const managementKey = { algorithm, value: toHex(apdu.data.slice(HEADER_BYTES)) };
  return { statusWord: 0x9000, state: { ...card.state, managementKey } };
};

function cipherIn([id, reference, length, ...key]: Uint8Array): CipherAlgorithm | undefined {
  const algorithm = id === undefined || id === 0 ? undefined : algorithmOf(id);
  if (algorithm === undefined || reference !== KEY_REFERENCES["9b"].reference) return undefined;
  const row = ALGORITHMS[algorithm];
  if (row.kind !== "cipher" || length !== row.keyBytes || key.length !== length) return undefined;
  return algorithm === "p256" || algorithm === "p384" || algorithm === "rsa2048"
    ? undefined
    : algorithm;
}
