import { asciiBytes, concatBytes, fromHex, toHex } from "@lanyard/bytes";
import {
  DATA_OBJECTS,
  encodeCardCapabilityContainer,
  encodeChuid,
  encodeDiscovery,
  encodeFascN,
  type FascN,
} from "@lanyard/piv";
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
  /** `YYYY-MM-DD`, for the CHUID. */
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
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(blank.expires)) throw bad("expires");
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

function discoveryObject(): Uint8Array {
  return encodeDiscovery({
    passcode: true,
    globalPin: false,
    onCardComparison: false,
    virtualContactInterface: false,
    pairingCodeRequired: false,
    prefersGlobalPin: false,
  });
}

/** The number of an issuer without an agency code [PIV-1 §3.1.2]: the GUID tells cards apart. */
const NO_FASC_N: FascN = {
  agencyCode: "9999",
  systemCode: "9999",
  credentialNumber: "999999",
  credentialSeries: "0",
  individualCredentialIssue: "1",
  personIdentifier: "0000000000",
  organizationalCategory: "1",
  organizationalIdentifier: "9999",
  personAssociation: "1",
};

/** Unsigned: it proves nothing to anybody, a card proves itself with 9E. */
function chuid({ guid, expires }: BlankCard): Uint8Array {
  return encodeChuid({
    fascN: encodeFascN(NO_FASC_N),
    guid,
    expiryDate: expires,
    issuerSignature: new Uint8Array(0),
  });
}

/** Registered identifier, card type (02, Java Card) and maker, which begin a card identifier [PIV-1 Table 8]. */
const CARD_IDENTIFIER_START = fromHex("a000000116ff02");
const CARD_IDENTIFIER_SERIAL_BYTES = 14;

function ccc({ serial }: BlankCard): Uint8Array {
  const number = new Uint8Array(CARD_IDENTIFIER_SERIAL_BYTES);
  number.set(asciiBytes(serial));
  return encodeCardCapabilityContainer({
    cardIdentifier: concatBytes(CARD_IDENTIFIER_START, number),
    containerVersion: 0x21,
    grammarVersion: 0x21,
    applicationUrls: [],
    pkcs15: 0x00,
    dataModel: 0x10,
  });
}

function bad(field: string): VirtualCardError {
  return new VirtualCardError("virtual-card/state_invalid", `The blank card has a bad ${field}.`);
}
