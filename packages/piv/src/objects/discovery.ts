import { concatBytes, encodeTlv, findTlv } from "@lanyard/bytes";
import { malformed, objectsIn } from "../commands/answer.ts";
import { pivAid } from "../constants/aid.ts";

const WHAT = "discovery object";
const TAG = { applicationId: 0x4f, usagePolicy: 0x5f2f } as const;
/** The first byte of the PIN usage policy, by bit [PIV-1 §3.3.2]. */
const BIT = {
  passcode: 0x40,
  globalPin: 0x20,
  onCardComparison: 0x10,
  virtualContactInterface: 0x08,
  noPairingCode: 0x04,
} as const;
/** The second byte: which of the two the card asks for first. It means something only where both are there. */
const PREFERS = { passcode: 0x10, globalPin: 0x20 } as const;

/** The discovery object: which ways of proving oneself the card accepts [PIV-1 §3.3.2, Table 18]. */
export interface Discovery {
  readonly passcode: boolean;
  readonly globalPin: boolean;
  readonly onCardComparison: boolean;
  readonly virtualContactInterface: boolean;
  /** Whether the virtual contact interface wants the pairing code. */
  readonly pairingCodeRequired: boolean;
  readonly prefersGlobalPin: boolean;
}

/** The value of object 7E. */
export function encodeDiscovery(discovery: Discovery): Uint8Array {
  const first =
    (discovery.passcode ? BIT.passcode : 0) |
    (discovery.globalPin ? BIT.globalPin : 0) |
    (discovery.onCardComparison ? BIT.onCardComparison : 0) |
    (discovery.virtualContactInterface ? BIT.virtualContactInterface : 0) |
    (discovery.pairingCodeRequired ? 0 : BIT.noPairingCode);
  const second = discovery.prefersGlobalPin ? PREFERS.globalPin : PREFERS.passcode;
  return concatBytes(
    encodeTlv(TAG.applicationId, pivAid()),
    encodeTlv(TAG.usagePolicy, new Uint8Array([first, second])),
  );
}

/** @throws {CardError} `card/malformed_answer` */
export function decodeDiscovery(bytes: Uint8Array): Discovery {
  const policy = findTlv(objectsIn(bytes, WHAT), TAG.usagePolicy);
  const [first, second] = policy ?? [];
  if (policy?.length !== 2 || first === undefined) throw malformed(WHAT);
  return {
    passcode: (first & BIT.passcode) !== 0,
    globalPin: (first & BIT.globalPin) !== 0,
    onCardComparison: (first & BIT.onCardComparison) !== 0,
    virtualContactInterface: (first & BIT.virtualContactInterface) !== 0,
    pairingCodeRequired: (first & BIT.noPairingCode) === 0,
    prefersGlobalPin: second === PREFERS.globalPin,
  };
}
