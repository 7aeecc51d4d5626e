import { asciiBytes, frame, fromHex, utf8Bytes } from "@lanyard/bytes";

/**
 * Every statement that a key signs, defined here and nowhere else. The bytes are ASCII `lanyard/<purpose>/1`, then
 * each field in the listed order as two-byte length and value. What is signed is their SHA-256, or SHA-384 by a P-384
 * key (docs/adr/0009). The purpose comes first, so that no signature made for one thing is ever good for another. Test vectors: `statements.test.ts`.
 *
 * `origin` is the server's, as the agent has it in its own configuration: `https://host[:port]`, no slash.
 */
export const statements = {
  /** The desk's device key, over the server's nonce: who is at the other end of the leash. */
  deskHello: (fields: { readonly origin: string; readonly nonce: string }): Uint8Array =>
    frame("lanyard/desk-hello/1", utf8Bytes(fields.origin), asciiBytes(fields.nonce)),

  /**
   * The key that a one-time code is stretched to, over the same nonce: whoever holds this code enrols this device key
   * and no other. `keyHash`: SHA-256 of the device key's DER SubjectPublicKeyInfo, hex.
   */
  deskEnrol: (fields: {
    readonly origin: string;
    readonly nonce: string;
    readonly keyHash: string;
  }): Uint8Array =>
    frame(
      "lanyard/desk-enrol/1",
      utf8Bytes(fields.origin),
      asciiBytes(fields.nonce),
      fromHex(fields.keyHash),
    ),

  /** The holder's card, 9E, over N1: genuine, and here. `keyHash`: SHA-256 of its 9E key, hex. */
  cardProof: (fields: {
    readonly origin: string;
    readonly ceremony: string;
    readonly keyHash: string;
    readonly nonce: string;
  }): Uint8Array =>
    frame(
      "lanyard/card-proof/1",
      utf8Bytes(fields.origin),
      asciiBytes(fields.ceremony),
      fromHex(fields.keyHash),
      asciiBytes(fields.nonce),
    ),

  /** The operator's card, 9E or after a reconnect 9A: still in its reader. */
  presence: (fields: {
    readonly origin: string;
    readonly session: string;
    readonly nonce: string;
  }): Uint8Array =>
    frame(
      "lanyard/presence/1",
      utf8Bytes(fields.origin),
      asciiBytes(fields.session),
      asciiBytes(fields.nonce),
    ),

  /**
   * The operator's card, 9A or 9C, over N2: this unlock, of this card, to this key of the agent, on this evidence.
   * `ephemeralKey`: raw X25519 public key, 32 bytes.
   */
  unlockAuthorise: (fields: {
    readonly ceremony: string;
    readonly careId: string;
    readonly keyHash: string;
    readonly ephemeralKey: Uint8Array;
    readonly evidence: string;
    readonly nonce: string;
  }): Uint8Array =>
    frame(
      "lanyard/unlock-authorise/1",
      asciiBytes(fields.ceremony),
      asciiBytes(fields.careId),
      fromHex(fields.keyHash),
      fields.ephemeralKey,
      asciiBytes(fields.evidence),
      asciiBytes(fields.nonce),
    ),

  /** The holder's card, 9A, over N3, after VERIFY with the new passcode: it works. */
  unlockDone: (fields: {
    readonly origin: string;
    readonly ceremony: string;
    readonly careId: string;
    readonly nonce: string;
  }): Uint8Array =>
    frame(
      "lanyard/unlock-done/1",
      utf8Bytes(fields.origin),
      asciiBytes(fields.ceremony),
      asciiBytes(fields.careId),
      asciiBytes(fields.nonce),
    ),

  /** A card that has just signed in, 9A: change my PUK, by way of this key of the agent. Raw X25519 public key. */
  rotation: (fields: {
    readonly origin: string;
    readonly rotation: string;
    readonly keyHash: string;
    readonly ephemeralKey: Uint8Array;
    readonly nonce: string;
  }): Uint8Array =>
    frame(
      "lanyard/rotation/1",
      utf8Bytes(fields.origin),
      asciiBytes(fields.rotation),
      fromHex(fields.keyHash),
      fields.ephemeralKey,
      asciiBytes(fields.nonce),
    ),

  /** The holder's own card, 9A, after VERIFY with the passcode it was just changed to: it works. */
  changeDone: (fields: {
    readonly origin: string;
    readonly ceremony: string;
    readonly careId: string;
    readonly nonce: string;
  }): Uint8Array =>
    frame(
      "lanyard/change-done/1",
      utf8Bytes(fields.origin),
      asciiBytes(fields.ceremony),
      asciiBytes(fields.careId),
      asciiBytes(fields.nonce),
    ),

  /** Any card, 9E, over the agent's own nonce: the agent's check that the card has not been swapped. */
  sameCard: (fields: { readonly nonce: Uint8Array }): Uint8Array =>
    frame("lanyard/same-card/1", fields.nonce),
} as const;

/** HPKE's `info` for a released PUK [RFC9180 §5.1]: a sealed PUK opens for one ceremony, one card, one step. */
export function releaseInfo(fields: {
  readonly ceremony: string;
  readonly keyHash: string;
  readonly step: "first" | "second";
}): Uint8Array {
  return frame(
    "lanyard/unlock-release/1",
    asciiBytes(fields.ceremony),
    fromHex(fields.keyHash),
    asciiBytes(fields.step),
  );
}

/**
 * What a Web eID authentication token signs [WEB-EID]: the hash of the origin, then the hash of the nonce; the
 * signature algorithm hashes that again. `hash` is the algorithm's own: SHA-256 for ES256 and RS256, SHA-384 for ES384.
 */
export function webEidValue(
  origin: string,
  nonce: string,
  hash: (bytes: Uint8Array) => Uint8Array,
): Uint8Array {
  const originHash = hash(utf8Bytes(origin));
  const nonceHash = hash(asciiBytes(nonce));
  const value = new Uint8Array(originHash.length + nonceHash.length);
  value.set(originHash);
  value.set(nonceHash, originHash.length);
  return value;
}
