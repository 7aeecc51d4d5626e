import type { Secret } from "@lanyard/bytes";
import { type CommandApdu, EXTENDED_EXPECTED_BYTES, encodeCommand } from "./commands/apdu.ts";
import { getDataCommand } from "./commands/data.ts";
import type { Exchange } from "./commands/exchange.ts";
import type { PublicKey } from "./commands/generate-key.ts";
import {
  type ApplicationProperties,
  parseApplicationProperties,
  selectCommand,
} from "./commands/select.ts";
import type { CipherAlgorithm, EcAlgorithm, SignatureAlgorithm } from "./constants/algorithms.ts";
import { DATA_OBJECTS } from "./constants/data-objects.ts";
import { SECRET_INSTRUCTIONS } from "./constants/instructions.ts";
import { SLOTS, type Slot } from "./constants/key-references.ts";
import { statusName } from "./constants/status-words.ts";
import { CardError } from "./errors.ts";
import {
  type CardCapabilityContainer,
  decodeCardCapabilityContainer,
} from "./objects/card-capability-container.ts";
import { decodeCertificate, encodeCertificate } from "./objects/certificate.ts";
import { type Chuid, decodeChuid } from "./objects/chuid.ts";
import { type Discovery, decodeDiscovery } from "./objects/discovery.ts";
import {
  decodePrintedInformation,
  type PrintedInformation,
} from "./objects/printed-information.ts";
import { agree, generateKey, sign } from "./operations/keys.ts";
import {
  answerChallenge,
  askChallenge,
  authenticateMutually,
  authenticateOneWay,
  type ManagementKey,
  type ManagementKeyOutcome,
  setManagementKey,
} from "./operations/management-key.ts";
import { readDecoded, readObject, writeObject } from "./operations/objects.ts";
import {
  changePasscode,
  changePuk,
  type ReferenceDataOutcome,
  readVerificationStatus,
  resetRetryCounter,
  resetVerification,
  type VerificationStatus,
  type VerifyOutcome,
  verifyPasscode,
} from "./operations/reference-data.ts";
import type { Card } from "./transport/card.ts";
import { withCommandChaining, withExtendedLength } from "./transport/long-commands.ts";
import { withOneAtATime } from "./transport/one-at-a-time.ts";
import { withWholeAnswers } from "./transport/whole-answers.ts";

/**
 * A card with its PIV application selected. Calls made at the same time wait for each other.
 *
 * Every method may also throw {@link CardError} `card/removed` | `card/reset` | `card/transport`: then nobody knows
 * whether the command took effect.
 */
export interface PivSession {
  readonly properties: ApplicationProperties;
  /** Whether long data and answers go in one APDU each. Pass it on when the same card is selected again. */
  readonly extendedLength: boolean;
  /** Sends any command: for what a vendor adds. VERIFY, CHANGE, RESET and new keys are wiped after they are sent. */
  readonly exchange: Exchange;

  /** Costs no try. */
  verifyStatus(): Promise<VerificationStatus>;
  /** A wrong passcode costs one try. Never sent twice. */
  verify(passcode: Secret): Promise<VerifyOutcome>;
  resetVerification(): Promise<void>;
  /** These three are sent once, and no status word is thrown: the outcome says what it means. */
  changePasscode(current: Secret, replacement: Secret): Promise<ReferenceDataOutcome>;
  changePuk(current: Secret, replacement: Secret): Promise<ReferenceDataOutcome>;
  resetRetryCounter(puk: Secret, replacement: Secret): Promise<ReferenceDataOutcome>;

  /** `input` is the digest for EC, the padded block for RSA (`rsaPkcs1Padding`). */
  sign(slot: Slot, algorithm: SignatureAlgorithm, input: Uint8Array): Promise<Uint8Array>;
  agree(slot: Slot, algorithm: EcAlgorithm, theirPoint: Uint8Array): Promise<Uint8Array>;
  generateKey(slot: Slot, algorithm: SignatureAlgorithm): Promise<PublicKey>;
  /** With `random` the card proves itself too; without, only we do. */
  authenticateManagementKey(
    management: ManagementKey,
    random?: (bytes: number) => Uint8Array,
  ): Promise<ManagementKeyOutcome>;
  /** The same in two halves, for a key that is elsewhere. `undefined`: the card gave none. Nothing may come between. */
  askManagementChallenge(algorithm: CipherAlgorithm): Promise<Uint8Array | undefined>;
  answerManagementChallenge(
    algorithm: CipherAlgorithm,
    response: Uint8Array,
  ): Promise<ManagementKeyOutcome>;
  /** Wants the present one first. */
  setManagementKey(management: Pick<ManagementKey, "algorithm" | "key">): Promise<void>;

  /** The readers give `undefined` for an object that the card does not have. */
  readObject(tag: number): Promise<Uint8Array | undefined>;
  writeObject(tag: number, value: Uint8Array): Promise<void>;
  /** DER, neither parsed nor verified. */
  readCertificate(slot: Slot): Promise<Uint8Array | undefined>;
  writeCertificate(slot: Slot, der: Uint8Array): Promise<void>;
  readChuid(): Promise<Chuid | undefined>;
  readCardCapabilityContainer(): Promise<CardCapabilityContainer | undefined>;
  readDiscovery(): Promise<Discovery | undefined>;
  /** Wants the passcode first. */
  readPrintedInformation(): Promise<PrintedInformation | undefined>;
}

/** What is known of a card beforehand. */
export interface OpenOptions {
  /** Leave it out to find out, which costs one APDU. */
  readonly extendedLength?: boolean;
}

/**
 * Selects the PIV application [PIV-2 §3.1.1] and finds out how long an APDU the card takes. Call it again on the same
 * card after a power cycle.
 *
 * @throws {CardError} `card/not_piv` | `card/malformed_answer` | `card/answer_too_long`
 */
export async function openPivSession(card: Card, options: OpenOptions = {}): Promise<PivSession> {
  const whole = withWholeAnswers(card);
  const selected = await whole.transmit(encodeCommand(selectCommand()));
  const { statusWord } = selected;
  if (statusName(statusWord) !== "ok")
    throw new CardError("card/not_piv", "The card has no PIV application.", { statusWord });
  const properties = parseApplicationProperties(selected.data);
  const extendedLength = options.extendedLength ?? (await hasExtendedLength(whole));
  const layered = extendedLength ? withExtendedLength(whole) : withCommandChaining(whole);
  return sessionOver(exchangeOver(withOneAtATime(layered)), { properties, extendedLength });
}

/** Reads the discovery object in extended form: a card that answers it has extended length. */
async function hasExtendedLength(card: Card): Promise<boolean> {
  const command = getDataCommand(DATA_OBJECTS.discovery.tag);
  try {
    const { statusWord } = await card.transmit(
      encodeCommand({ ...command, expectedBytes: EXTENDED_EXPECTED_BYTES }),
    );
    return ["ok", "object_not_found"].includes(statusName(statusWord));
  } catch (error) {
    // Some readers refuse the form before the card sees it. A card that is really gone fails the next command.
    if (error instanceof CardError && error.code === "card/transport") return false;
    throw error;
  }
}

function exchangeOver(card: Card): Exchange {
  return async (command: CommandApdu) => {
    const apdu = encodeCommand(command);
    try {
      return await card.transmit(apdu);
    } finally {
      if (SECRET_INSTRUCTIONS.has(command.ins)) apdu.fill(0);
    }
  };
}

function sessionOver(
  exchange: Exchange,
  known: Pick<PivSession, "properties" | "extendedLength">,
): PivSession {
  return {
    ...known,
    exchange,
    ...referenceDataOf(exchange),
    ...keysOf(exchange),
    ...objectsOf(exchange),
  };
}

function referenceDataOf(exchange: Exchange) {
  return {
    verifyStatus: () => readVerificationStatus(exchange),
    verify: (passcode: Secret) => verifyPasscode(exchange, passcode),
    resetVerification: () => resetVerification(exchange),
    changePasscode: (current: Secret, replacement: Secret) =>
      changePasscode(exchange, current, replacement),
    changePuk: (current: Secret, replacement: Secret) => changePuk(exchange, current, replacement),
    resetRetryCounter: (puk: Secret, replacement: Secret) =>
      resetRetryCounter(exchange, puk, replacement),
  };
}

function keysOf(exchange: Exchange) {
  return {
    sign: (slot: Slot, algorithm: SignatureAlgorithm, input: Uint8Array) =>
      sign(exchange, { slot, algorithm, input }),
    agree: (slot: Slot, algorithm: EcAlgorithm, theirPoint: Uint8Array) =>
      agree(exchange, { slot, algorithm, theirPoint }),
    generateKey: (slot: Slot, algorithm: SignatureAlgorithm) =>
      generateKey(exchange, slot, algorithm),
    authenticateManagementKey: (
      management: ManagementKey,
      random?: (bytes: number) => Uint8Array,
    ) =>
      random
        ? authenticateMutually(exchange, management, random)
        : authenticateOneWay(exchange, management),
    askManagementChallenge: (algorithm: CipherAlgorithm) => askChallenge(exchange, algorithm),
    answerManagementChallenge: (algorithm: CipherAlgorithm, response: Uint8Array) =>
      answerChallenge(exchange, algorithm, response),
    setManagementKey: (management: Pick<ManagementKey, "algorithm" | "key">) =>
      setManagementKey(exchange, management),
  };
}

function objectsOf(exchange: Exchange) {
  return {
    readObject: (tag: number) => readObject(exchange, tag),
    writeObject: (tag: number, value: Uint8Array) => writeObject(exchange, tag, value),
    readCertificate: (slot: Slot) =>
      readDecoded(exchange, SLOTS[slot].certificateTag, decodeCertificate),
    writeCertificate: (slot: Slot, der: Uint8Array) =>
      writeObject(exchange, SLOTS[slot].certificateTag, encodeCertificate(der)),
    readChuid: () =>
      readDecoded(exchange, DATA_OBJECTS.cardHolderUniqueIdentifier.tag, decodeChuid),
    readCardCapabilityContainer: () =>
      readDecoded(
        exchange,
        DATA_OBJECTS.cardCapabilityContainer.tag,
        decodeCardCapabilityContainer,
      ),
    readDiscovery: () => readDecoded(exchange, DATA_OBJECTS.discovery.tag, decodeDiscovery),
    readPrintedInformation: () =>
      readDecoded(exchange, DATA_OBJECTS.printedInformation.tag, decodePrintedInformation),
  };
}
