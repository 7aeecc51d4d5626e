import { asciiBytes, frame, fromHex, uint32be } from "@lanyard/bytes";
import { keyVersionOf, type PukOf } from "@lanyard/identity";

/** What is put through HMAC-SHA-256 under the master key for a PUK. The purpose comes first, so that no two mix. */
export function pukMessage(of: PukOf, index: number): Uint8Array {
  return frame("lanyard/puk/1", ...cardFields(of, keyVersionOf(of, index)), uint32be(index));
}

/** The MAC of this is the card's management key itself: 32 bytes, as AES-256 wants [RFC2104]. */
export function managementKeyMessage(of: PukOf): Uint8Array {
  return frame("lanyard/management-key/1", ...cardFields(of, of.keyVersion));
}

/** The MAC of this is written beside the index in the card's hint object. */
export function hintMessage(of: PukOf, index: number): Uint8Array {
  return frame("lanyard/hint/1", ...cardFields(of, keyVersionOf(of, index)), uint32be(index));
}

/** What makes the card what it is: key version, person, 9E key, personalisation, seed. */
function cardFields(of: PukOf, keyVersion: number): readonly Uint8Array[] {
  return [
    uint32be(keyVersion),
    asciiBytes(of.careId),
    fromHex(of.cardKeyHash),
    asciiBytes(of.issuanceId),
    of.seed,
  ];
}
