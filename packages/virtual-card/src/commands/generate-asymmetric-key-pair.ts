import { findTlv, toHex } from "@lanyard/bytes";
import { encodePublicKey, type SignatureAlgorithm } from "@lanyard/piv";
import { type Command, type Precondition, refusal } from "./command.ts";
import { tryParseTlvs } from "./data-tags.ts";
import { algorithmOf, slotOf } from "./slots.ts";

const CONTROL_REFERENCE_TEMPLATE = 0xac;
const ALGORITHM = 0x80;

const PRECONDITIONS: readonly Precondition[] = [
  {
    must: "1. P1 is 00 and P2 a slot: 9a, 9c, 9d or 9e",
    else: 0x6a86,
    holds: ({ p1, p2 }) => p1 === 0x00 && slotOf(p2) !== undefined,
  },
  {
    must: "2. The management key was proven",
    else: 0x6982,
    holds: (_apdu, { status }) => status.managementAuthenticated,
  },
  {
    must: "3. The data names P-256, P-384 or RSA 2048",
    else: 0x6a80,
    holds: ({ data }) => requestedAlgorithm(data) !== undefined,
  },
];

/** GENERATE ASYMMETRIC KEY PAIR [PIV-2 §3.3.2]: a new key in a slot; the one before is gone. */
export const generateAsymmetricKeyPair: Command = async (apdu, card) => {
  const refused = refusal(PRECONDITIONS, apdu, card);
  if (refused !== undefined) return refused;
  const slot = slotOf(apdu.p2);
  const algorithm = requestedAlgorithm(apdu.data);
  if (slot === undefined || algorithm === undefined) return { statusWord: 0x6a80 };
  const { privateKey, publicKey } = await card.crypto.generateKey(algorithm);
  const key = { algorithm, privateKey: toHex(privateKey) };
  return {
    statusWord: 0x9000,
    data: encodePublicKey(publicKey),
    state: { ...card.state, keys: { ...card.state.keys, [slot]: key } },
  };
};

function requestedAlgorithm(data: Uint8Array): SignatureAlgorithm | undefined {
  const template = findTlv(tryParseTlvs(data) ?? [], CONTROL_REFERENCE_TEMPLATE);
  const identifier = findTlv(tryParseTlvs(template ?? NO_DATA) ?? [], ALGORITHM);
  if (identifier?.length !== 1) return undefined;
  const [id] = identifier;
  const algorithm = id === undefined || id === 0 ? undefined : algorithmOf(id);
  return algorithm === "p256" || algorithm === "p384" || algorithm === "rsa2048"
    ? algorithm
    : undefined;
}

const NO_DATA = new Uint8Array(0);
