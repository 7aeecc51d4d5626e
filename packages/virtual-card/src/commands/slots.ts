import { ALGORITHMS, type AlgorithmName, SLOTS, type Slot } from "@lanyard/piv";

const SLOT_NAMES: readonly Slot[] = ["9a", "9c", "9d", "9e"];
const ALGORITHM_NAMES: readonly AlgorithmName[] = [
  "3des",
  "rsa2048",
  "aes128",
  "aes192",
  "aes256",
  "p256",
  "p384",
];
/** [SP800-78 §6.2] gives triple DES two numbers. */
const TRIPLE_DES_DEFAULT = 0x00;

/** The slot with this key reference; `undefined` for anything else. */
export function slotOf(reference: number): Slot | undefined {
  return SLOT_NAMES.find((slot) => SLOTS[slot].reference === reference);
}

/** The algorithm with this identifier; `undefined` for one the card does not know. */
export function algorithmOf(id: number): AlgorithmName | undefined {
  if (id === TRIPLE_DES_DEFAULT) return "3des";
  return ALGORITHM_NAMES.find((name) => ALGORITHMS[name].id === id);
}
