import { BytesError, concatBytes, encodeTlv, fromHex, Secret } from "@lanyard/bytes";
import type { FuzzTarget, FuzzTargets } from "@lanyard/bytes/fuzz";
import { encodeCommand, parseCommand } from "./commands/apdu.ts";
import { getDataCommand, parseGetData, putDataCommand } from "./commands/data.ts";
import {
  parseAgreedSecret,
  parseAuthenticationBlock,
  parseSignature,
} from "./commands/general-authenticate.ts";
import { encodePublicKey, parseGeneratedKey } from "./commands/generate-key.ts";
import { parseApplicationProperties } from "./commands/select.ts";
import { ecdsaDerFromRaw, ecdsaRawFromDer } from "./commands/signature-formats.ts";
import { pivAid } from "./constants/aid.ts";
import { DATA_OBJECTS } from "./constants/data-objects.ts";
import { INSTRUCTIONS } from "./constants/instructions.ts";
import { statusEffect, statusName, triesLeftFrom } from "./constants/status-words.ts";
import { CardError } from "./errors.ts";
import {
  decodeCardCapabilityContainer,
  encodeCardCapabilityContainer,
} from "./objects/card-capability-container.ts";
import { decodeCertificate, encodeCertificate } from "./objects/certificate.ts";
import { decodeChuid, encodeChuid } from "./objects/chuid.ts";
import { decodeDiscovery, encodeDiscovery } from "./objects/discovery.ts";
import { decodeFascN } from "./objects/fasc-n.ts";
import { decodeKeyHistory, encodeKeyHistory } from "./objects/key-history.ts";
import {
  decodePrintedInformation,
  encodePrintedInformation,
} from "./objects/printed-information.ts";
import { decodeSecurityObject, encodeSecurityObject } from "./objects/security-object.ts";
import { referenceDataOutcome } from "./operations/reference-data.ts";
import { openPivSession } from "./session.ts";
import type { Card, ResponseApdu } from "./transport/card.ts";
import { withCommandChaining, withExtendedLength } from "./transport/long-commands.ts";
import { withTrafficLog } from "./transport/traffic-log.ts";
import { withWholeAnswers } from "./transport/whole-answers.ts";

/** A FASC-N in good order, all of made-up digits. */
const FASC_N = fromHex("d0439458210c2c19a0846d83685a1082108ce73984108ca3fc");

const PROPERTIES = encodeTlv(
  0x61,
  encodeTlv(0x4f, pivAid().subarray(5)),
  encodeTlv(0x79, encodeTlv(0x4f, pivAid().subarray(0, 5))),
  encodeTlv(0x50, fromHex("504956")),
  encodeTlv(0xac, fromHex("800107"), fromHex("800111"), fromHex("060100")),
);
const CHUID = encodeChuid({
  fascN: FASC_N,
  guid: new Uint8Array(16).fill(0x42),
  expiryDate: "2030-12-31",
  cardholderUuid: new Uint8Array(16).fill(0x43),
  issuerSignature: new Uint8Array(40),
});
const CCC = encodeCardCapabilityContainer({
  cardIdentifier: new Uint8Array(21),
  containerVersion: 0x21,
  grammarVersion: 0x21,
  applicationUrls: [],
  pkcs15: 0,
  dataModel: 0x10,
});
const DISCOVERY = encodeDiscovery({
  passcode: true,
  globalPin: false,
  onCardComparison: false,
  virtualContactInterface: false,
  pairingCodeRequired: false,
  prefersGlobalPin: false,
});
const PRINTED = encodePrintedInformation({
  name: "Sample Person",
  employeeAffiliation: "Ward 7",
  expiryDate: "2030-12-31",
  cardSerial: "000000000001",
  issuer: "Sample",
  organizationLine1: "Sample",
  organizationLine2: "",
});
const SIGNATURE = ecdsaDerFromRaw("p256", new Uint8Array(64).fill(0x81));
const BLOCK = encodeTlv(0x7c, encodeTlv(0x80, new Uint8Array(16)));
const EC_KEY = encodePublicKey({
  algorithm: "p256",
  point: concatBytes(new Uint8Array([4]), new Uint8Array(64)),
});
const RSA_KEY = encodePublicKey({
  algorithm: "rsa2048",
  modulus: new Uint8Array(256).fill(0x81),
  exponent: fromHex("010001"),
});

/** Every decoder of this package, and every layer with a hostile card under it. */
export const fuzzTargets: FuzzTargets = {
  parseCommand: decoder(
    parseCommand,
    encodeCommand(getDataCommand(0x5fc102)),
    fromHex("00cb3fff000003 5c017e 0000"),
  ),
  applicationProperties: decoder(parseApplicationProperties, PROPERTIES),
  getData: decoder(
    (bytes) => parseGetData(DATA_OBJECTS.cardHolderUniqueIdentifier.tag, bytes),
    encodeTlv(0x53, CHUID),
  ),
  getDataDiscovery: decoder(
    (bytes) => parseGetData(DATA_OBJECTS.discovery.tag, bytes),
    encodeTlv(0x7e, DISCOVERY),
  ),
  signatureEc: decoder(
    (bytes) => parseSignature("p256", bytes),
    encodeTlv(0x7c, encodeTlv(0x82, SIGNATURE)),
  ),
  signatureRsa: decoder(
    (bytes) => parseSignature("rsa2048", bytes),
    encodeTlv(0x7c, encodeTlv(0x82, new Uint8Array(256))),
  ),
  ecdsaRawFromDer: decoder((bytes) => ecdsaRawFromDer("p256", bytes), SIGNATURE),
  agreedSecret: decoder(
    (bytes) => parseAgreedSecret("p384", bytes),
    encodeTlv(0x7c, encodeTlv(0x82, new Uint8Array(48))),
  ),
  authenticationBlock: decoder((bytes) => parseAuthenticationBlock("witness", bytes, 16), BLOCK),
  generatedEcKey: decoder((bytes) => parseGeneratedKey("p256", bytes), EC_KEY),
  generatedRsaKey: decoder((bytes) => parseGeneratedKey("rsa2048", bytes), RSA_KEY),
  chuid: decoder(decodeChuid, CHUID),
  fascN: decoder(decodeFascN, FASC_N),
  cardCapabilityContainer: decoder(decodeCardCapabilityContainer, CCC),
  discovery: decoder(decodeDiscovery, DISCOVERY),
  certificate: decoder(decodeCertificate, encodeCertificate(new Uint8Array(120))),
  printedInformation: decoder(decodePrintedInformation, PRINTED),
  securityObject: decoder(
    decodeSecurityObject,
    encodeSecurityObject({ mapping: new Uint8Array(6), signedHashes: new Uint8Array(40) }),
  ),
  keyHistory: decoder(
    decodeKeyHistory,
    encodeKeyHistory({ withCertificateOnCard: 2, withCertificateElsewhere: 1, elsewhereUrl: "x" }),
  ),
  statusWord: decoder(concludeFromWord, fromHex("9000"), fromHex("63c2"), fromHex("6983")),
  layersShort: hostileCard((card) => layered(withCommandChaining(card))),
  layersExtended: hostileCard((card) => layered(withExtendedLength(card))),
  session: hostileCard(wholeSession),
};

function decoder(
  decode: (bytes: Uint8Array) => unknown,
  ...samples: readonly Uint8Array[]
): FuzzTarget {
  return { samples, run: (bytes) => quiet(() => decode(bytes)) };
}

function concludeFromWord(bytes: Uint8Array): void {
  const [high = 0, low = 0] = bytes;
  const word = high * 256 + low;
  statusName(word);
  statusEffect(word);
  triesLeftFrom(word);
  referenceDataOutcome(word);
}

/**
 * A card that answers from the bytes: each answer is a length, that many bytes, and a status word. When they run out
 * it starts again, so a loop that trusts the card never ends.
 */
function hostileCard(use: (card: Card) => Promise<void>): FuzzTarget {
  const answer = (data: Uint8Array, statusWord: string): Uint8Array =>
    concatBytes(new Uint8Array([data.length]), data, fromHex(statusWord));
  const wrapped = encodeTlv(0x53, CHUID);
  return {
    samples: [
      concatBytes(
        answer(PROPERTIES, "9000"),
        answer(encodeTlv(0x7e, DISCOVERY), "9000"),
        answer(wrapped, "9000"),
      ),
      concatBytes(
        answer(PROPERTIES, "9000"),
        answer(wrapped.subarray(0, 9), "6100"),
        answer(wrapped.subarray(9), "9000"),
      ),
      concatBytes(
        answer(PROPERTIES, "9000"),
        answer(new Uint8Array(0), "6c08"),
        answer(new Uint8Array(1), "6101"),
      ),
    ],
    run: async (bytes) => {
      try {
        await use(cardAnswering(bytes));
      } catch (error) {
        swallowTyped(error);
      }
    },
  };
}

function cardAnswering(bytes: Uint8Array): Card {
  let offset = 0;
  const take = (count: number): Uint8Array => {
    const taken = bytes.subarray(offset, offset + count);
    offset += count;
    return taken;
  };
  return {
    async transmit(): Promise<ResponseApdu> {
      if (offset >= bytes.length) offset = 0;
      const [length = 0] = take(1);
      const data = take(length);
      const [high = 0x90, low = 0] = take(2);
      return { data, statusWord: high * 256 + low };
    },
  };
}

async function layered(card: Card): Promise<void> {
  const all = withTrafficLog(withWholeAnswers(card), () => undefined, { bodies: true });
  await all.transmit(encodeCommand(getDataCommand(0x5fc102)));
  await all.transmit(encodeCommand(putDataCommand(0x5fc102, new Uint8Array(600))));
  await all.transmit(fromHex("0020008008313233343536ffff"));
  await all.transmit(new Uint8Array([0, INSTRUCTIONS.getResponse, 0, 0, 0]));
}

async function wholeSession(card: Card): Promise<void> {
  const session = await openPivSession(card);
  await typed(session.verifyStatus());
  await typed(session.verify(new Secret(fromHex("313233343536"))));
  await typed(session.readChuid());
  await typed(session.readCertificate("9a"));
  await typed(session.readDiscovery());
  await typed(session.sign("9a", "p256", new Uint8Array(32)));
  await typed(session.generateKey("9e", "rsa2048"));
}

async function typed(step: Promise<unknown>): Promise<void> {
  try {
    await step;
  } catch (error) {
    swallowTyped(error);
  }
}

function quiet(decode: () => unknown): void {
  try {
    decode();
  } catch (error) {
    swallowTyped(error);
  }
}

function swallowTyped(error: unknown): void {
  if (!(error instanceof CardError || error instanceof BytesError)) throw error;
}
