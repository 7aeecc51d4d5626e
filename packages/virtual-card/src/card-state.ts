import type { CipherAlgorithm, SignatureAlgorithm, Slot } from "@lanyard/piv";
import type { CardProfile } from "./card-profile.ts";

/** A passcode or a PUK with its retry counter. */
export interface ReferenceState {
  /** Eight bytes as hex. */
  readonly value: string;
  readonly triesLeft: number;
}

export interface CardKeyState {
  readonly algorithm: SignatureAlgorithm;
  /** PKCS#8 DER as hex. */
  readonly privateKey: string;
}

export interface ManagementKeyState {
  readonly algorithm: CipherAlgorithm;
  /** Hex. */
  readonly value: string;
}

/**
 * Everything a card keeps without power, as plain JSON. This IS the card, private keys and all: whoever has it has
 * the card. Bytes are lower-case hex.
 */
export interface CardState {
  readonly version: 1;
  readonly profile: CardProfile;
  /** Printed on the card: 1 to 14 ASCII letters or digits. */
  readonly serial: string;
  /** Sixteen bytes as hex, in the CHUID. */
  readonly guid: string;
  readonly passcode: ReferenceState;
  readonly puk: ReferenceState;
  readonly managementKey: ManagementKeyState;
  readonly keys: { readonly [Name in Slot]?: CardKeyState };
  /** Content by tag, both as hex: `"5fc102"` gives what stands inside 53. */
  readonly objects: Readonly<Record<string, string>>;
}
