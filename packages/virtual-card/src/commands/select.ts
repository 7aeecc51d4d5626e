import { bytesEqual, encodeTlv, fromHex } from "@lanyard/bytes";
import { ALGORITHMS, pivAid } from "@lanyard/piv";
import { type Command, type Precondition, refusal } from "./command.ts";

/** The registered provider's five bytes: the least that still names somebody [7816-4 §8.2.1]. */
const PROVIDER_BYTES = 5;

const PRECONDITIONS: readonly Precondition[] = [
  {
    must: "1. P1 is 04, by name, and P2 is 00",
    else: 0x6a86,
    holds: ({ p1, p2 }) => p1 === 4 && p2 === 0,
  },
  {
    must: "2. The name is PIV's, whole or cut short from the right; otherwise PIV stays as it was",
    else: 0x6a82,
    holds: ({ data }) =>
      data.length >= PROVIDER_BYTES && bytesEqual(data, pivAid().subarray(0, data.length)),
  },
];

/**
 * SELECT [PIV-2 §3.1.1]. Selecting PIV again, or failing to select another application, changes no security status:
 * clients probe other applications and go on without selecting PIV again.
 */
export const select: Command = (apdu, card) => {
  const refused = refusal(PRECONDITIONS, apdu, card);
  if (refused !== undefined) return refused;
  return {
    statusWord: 0x9000,
    data: applicationPropertyTemplate(),
    status: { ...card.status, selected: true },
  };
};

/** [PIV-2 §3.1.1] Table 3: the application, who coexists, and the algorithms beyond those every card has. */
function applicationPropertyTemplate(): Uint8Array {
  const { "3des": tripleDes, rsa2048, p256, p384 } = ALGORITHMS;
  const algorithms = [tripleDes, rsa2048, p256, p384].map(({ id }) =>
    encodeTlv(0x80, new Uint8Array([id])),
  );
  return encodeTlv(
    0x61,
    encodeTlv(0x4f, pivAid().subarray(PROVIDER_BYTES)),
    encodeTlv(0x79, encodeTlv(0x4f, pivAid().subarray(0, PROVIDER_BYTES))),
    encodeTlv(0xac, ...algorithms, encodeTlv(0x06, fromHex("00"))),
  );
}
