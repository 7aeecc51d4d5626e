import { asciiBytes, concatBytes, encodeTlv, fromHex, toHex } from "@lanyard/bytes";
import { DATA_OBJECTS, pivAid } from "@lanyard/piv";
import type { CardProfile } from "./card-profile.ts";
import type { CardState, ManagementKeyState } from "./card-state.ts";
import { tagName } from "./commands/data-tags.ts";
import { isPasscodeForm, REFERENCE_BYTES } from "./commands/reference-data.ts";
import { VirtualCardError } from "./errors.ts";

/** What every PIV card of the trade leaves the factory with. A card still on these must not be used. */
export const FACTORY = {
  passcode: "123456",
  puk: "12345678",
  managementKey: {
    algorithm: "3des",
    value: "010203040506070801020304050607080102030405060708",
  },
} as const;

export interface BlankCard {
  /** Printed on the card: 1 to 14 ASCII letters or digits. */
  readonly serial: string;
  /** Sixteen bytes, unique to this card. */
  readonly guid: Uint8Array;
  /** YYYYMMDD, for the CHUID. */
  readonly expires: string;
  /** The factory's, unless given. */
  readonly passcode?: string;
  readonly puk?: string;
  readonly managementKey?: ManagementKeyState;
}

/**
 * A new card without keys or certificates: GENERATE ASYMMETRIC KEY PAIR and PUT DATA put them on it. Discovery
 * object, CHUID and CCC are there already. The same arguments give the same card.
 *
 * @throws {VirtualCardError} `virtual-card/state_invalid` when a value has not the form the profile asks for
 */
export function blankCardState(profile: CardProfile, blank: BlankCard): CardState {
  const passcode = padded(blank.passcode ?? FACTORY.passcode);
  const puk = asciiBytes(blank.puk ?? FACTORY.puk);
  if (!isPasscodeForm(passcode, profile.passcodeRule)) throw bad("passcode");
  if (puk.length !== REFERENCE_BYTES) throw bad("puk");
  if (!/^[0-9A-Za-z]{1,14}$/.test(blank.serial)) throw bad("serial");
  if (blank.guid.length !== 16) throw bad("guid");
  if (!/^[0-9]{8}$/.test(blank.expires)) throw bad("expires");
  return {
    version: 1,
    profile,
    serial: blank.serial,
    guid: toHex(blank.guid),
    passcode: { value: toHex(passcode), triesLeft: profile.passcodeTries },
    puk: { value: toHex(puk), triesLeft: profile.pukTries },
    managementKey: blank.managementKey ?? FACTORY.managementKey,
    keys: {},
    objects: {
      [tagName(DATA_OBJECTS.discovery.tag)]: toHex(discoveryObject()),
      [tagName(DATA_OBJECTS.cardHolderUniqueIdentifier.tag)]: toHex(chuid(blank)),
      [tagName(DATA_OBJECTS.cardCapabilityContainer.tag)]: toHex(ccc(blank)),
    },
  };
}

function padded(passcode: string): Uint8Array {
  const bytes = new Uint8Array(Math.max(REFERENCE_BYTES, passcode.length)).fill(0xff);
  bytes.set(asciiBytes(passcode));
  return bytes;
}

/** [PIV-1 §3.3.2]: the passcode of this application satisfies the access rules; nothing else does. */
function discoveryObject(): Uint8Array {
  return concatBytes(encodeTlv(0x4f, pivAid()), encodeTlv(0x5f2f, fromHex("4000")));
}

/** FASC-N of an issuer without an agency code [PIV-1 §3.4.1]: agency, system and credential all nines, the rest zero. */
const NO_FASC_N = fromHex("d4e739da739ced39ce739d83685821084210842184e739c3e2");

/** [PIV-1 Table 9]. Unsigned: it proves nothing to anybody, a card proves itself with 9E. */
function chuid({ guid, expires }: BlankCard): Uint8Array {
  return concatBytes(
    encodeTlv(0x30, NO_FASC_N),
    encodeTlv(0x34, guid),
    encodeTlv(0x35, asciiBytes(expires)),
    encodeTlv(0x3e),
    encodeTlv(0xfe),
  );
}

/** GSC-IS registered identifier and card type, which begin a CCC's card identifier [PIV-1 Table 8]. */
const CARD_IDENTIFIER_START = fromHex("a000000116ff02");
const CARD_IDENTIFIER_SERIAL_BYTES = 14;

function ccc({ serial }: BlankCard): Uint8Array {
  const identifier = new Uint8Array(CARD_IDENTIFIER_SERIAL_BYTES);
  identifier.set(asciiBytes(serial));
  return concatBytes(
    encodeTlv(0xf0, CARD_IDENTIFIER_START, identifier),
    encodeTlv(0xf1, fromHex("21")),
    encodeTlv(0xf2, fromHex("21")),
    encodeTlv(0xf3),
    encodeTlv(0xf4, fromHex("00")),
    encodeTlv(0xf5, fromHex("10")),
    ...[0xf6, 0xf7, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe].map((tag) => encodeTlv(tag)),
  );
}

function bad(field: string): VirtualCardError {
  return new VirtualCardError("virtual-card/state_invalid", `The blank card has a bad ${field}.`);
}
