import { ALGORITHMS, type CipherAlgorithm } from "../constants/algorithms.ts";
import { CLASS_PLAIN, INSTRUCTIONS } from "../constants/instructions.ts";
import { KEY_REFERENCES } from "../constants/key-references.ts";
import type { CommandApdu } from "./apdu.ts";

/** SET MANAGEMENT KEY [YUBICO-PIV]: algorithm, key reference 9b, length, key. No touch is asked for. */
export function setManagementKeyCommand(algorithm: CipherAlgorithm, key: Uint8Array): CommandApdu {
  const { reference } = KEY_REFERENCES["9b"];
  return {
    cla: CLASS_PLAIN,
    ins: INSTRUCTIONS.setManagementKey,
    p1: 0xff,
    p2: 0xff,
    data: new Uint8Array([ALGORITHMS[algorithm].id, reference, key.length, ...key]),
    expectedBytes: undefined,
  };
}
