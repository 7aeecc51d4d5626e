import {
  asciiBytes,
  asciiText,
  BytesError,
  bytesEqual,
  concatBytes,
  fromHex,
} from "@lanyard/bytes";
import type { FuzzTargets } from "@lanyard/bytes/fuzz";
import { CardError } from "@lanyard/piv";
import { parseCommandApdu } from "./apdu/command-apdu.ts";
import type { CardCrypto } from "./card-crypto.ts";
import { CARD_PROFILES } from "./card-profile.ts";
import type { CardState } from "./card-state.ts";
import { VirtualCardError } from "./errors.ts";
import { parseCardState } from "./parse-card-state.ts";
import { blankCardState } from "./personalise.ts";
import { createVirtualCard } from "./virtual-card.ts";
import { createVpcdDecoder, encodeVpcdFrame, type VpcdRequest } from "./vpcd/protocol.ts";

/** Whoever sends a challenge back has answered it, so that hostile bytes get as far as PUT DATA. */
const TOY_CRYPTO: CardCrypto = {
  randomBytes: (count) => new Uint8Array(count),
  generateKey: async (algorithm) => ({
    privateKey: fromHex("30"),
    publicKey:
      algorithm === "rsa2048"
        ? { algorithm, modulus: new Uint8Array(256).fill(0x81), exponent: fromHex("010001") }
        : { algorithm, point: new Uint8Array(algorithm === "p256" ? 65 : 97).fill(4) },
  }),
  signDigest: (_algorithm, _privateKey, digest) => digest.slice(),
  agree: (_algorithm, _privateKey, point) => (point[0] === 4 ? point.slice(1) : undefined),
  rsaPrivate: (_privateKey, block) => block.slice(),
  encryptBlock: (_algorithm, _key, block) => block.slice(),
};

const KEY = { privateKey: "30" };
const STATE: CardState = {
  ...blankCardState(CARD_PROFILES.care, {
    serial: "LT1",
    guid: new Uint8Array(16),
    expires: "2031-12-31",
  }),
  keys: {
    "9a": { ...KEY, algorithm: "p256" },
    "9c": { ...KEY, algorithm: "p384" },
    "9d": { ...KEY, algorithm: "p256" },
    "9e": { ...KEY, algorithm: "rsa2048" },
  },
};

const SELECT = fromHex("00a4040009a0000003080000100000");
const VERIFY = fromHex("0020008008313233343536ffff");
// biome-ignore format: one command a line
const COMMANDS: readonly Uint8Array[] = [
  SELECT,
  VERIFY,
  fromHex("00200080"),
  fromHex("0020ff80"),
  fromHex("0024008010313233343536ffff363534333231ffff"),
  fromHex("002400811031323334353637383837363534333231"),
  fromHex("002c0080103132333435363738363534333231ffff"),
  fromHex("00cb3fff055c035fc10208"),
  fromHex("00cb3fff0000055c035fc1020000"),
  fromHex("00c0000000"),
  fromHex("0087039b047c02810000"),
  fromHex("0087039b0c7c0a8208000000000000000000"),
  fromHex("0087039b047c02800000"),
  fromHex("0087039b167c14800800000000000000008108000000000000000000"),
  fromHex("00db3fff0f5c035fc1055308700430020500fe00"),
  fromHex("10db3fff055c035fc108"),
  concatBytes(fromHex("00db3fff5153814e"), new Uint8Array(0x4e)),
  fromHex("0047009a05ac0380011100"),
  concatBytes(fromHex("0087119a267c2482008120"), new Uint8Array(33)),
  concatBytes(fromHex("0087149c367c3482008130"), new Uint8Array(49)),
  concatBytes(fromHex("0087119d477c458200854104"), new Uint8Array(65)),
  concatBytes(fromHex("0087079e00010a7c82010682008182010000"), new Uint8Array(255), fromHex("0000")),
];

/** Every decoder of this package, and the card behind them. */
export const fuzzTargets: FuzzTargets = {
  command: { samples: COMMANDS, run: (bytes) => void parseCommandApdu(bytes) },
  card: { samples: COMMANDS, run: (bytes) => survives([SELECT, bytes]) },
  session: {
    samples: [
      framed(SELECT, VERIFY, ...COMMANDS.slice(10, 12), ...COMMANDS.slice(14, 18)),
      framed(SELECT, ...COMMANDS.slice(12, 15), ...COMMANDS.slice(2, 7)),
      framed(SELECT, VERIFY, ...COMMANDS.slice(18)),
      framed(SELECT, ...COMMANDS.slice(7, 10)),
    ],
    run: (bytes) => survives(apdusIn(createVpcdDecoder().push(bytes))),
  },
  vpcd: {
    samples: [framed(new Uint8Array([4]), SELECT, new Uint8Array([0]), VERIFY)],
    run: decodesAlike,
  },
  cardState: {
    samples: [asciiBytes(JSON.stringify(STATE))],
    run: (bytes) => quiet(() => parseCardState(JSON.parse(asciiText(bytes)))),
  },
};

/** Plays the commands on a card of its own. Each is answered, and afterwards the card is still a card. */
async function survives(commands: readonly Uint8Array[]): Promise<void> {
  const card = createVirtualCard({
    state: STATE,
    crypto: TOY_CRYPTO,
    save: async () => undefined,
  });
  const inserted = card.insert();
  for (const command of commands) {
    const response = await inserted.transmit(command);
    if (response.length < 2) throw new Error("A command was not answered.");
  }
  parseCardState(card.state);
  if (card.state.passcode.triesLeft > 3 || card.state.puk.triesLeft > 15)
    throw new Error("A counter rose above full.");
}

/** A stream means the same however it is cut. */
function decodesAlike(bytes: Uint8Array): void {
  const whole = createVpcdDecoder().push(bytes);
  const decoder = createVpcdDecoder();
  const cut = Array.from(bytes, (byte) => decoder.push(new Uint8Array([byte]))).flat();
  const isAlike =
    whole.length === cut.length && whole.every((request, index) => isSame(request, cut[index]));
  if (!isAlike) throw new Error("A stream cut differently means something else.");
}

function isSame(left: VpcdRequest, right: VpcdRequest | undefined): boolean {
  if (left.kind !== "apdu" || right?.kind !== "apdu") return left.kind === right?.kind;
  return bytesEqual(left.apdu, right.apdu);
}

function framed(...payloads: readonly Uint8Array[]): Uint8Array {
  return concatBytes(...payloads.map(encodeVpcdFrame));
}

function apdusIn(requests: readonly VpcdRequest[]): readonly Uint8Array[] {
  return requests.flatMap((request) => (request.kind === "apdu" ? [request.apdu] : []));
}

function quiet(decode: () => unknown): void {
  try {
    decode();
  } catch (error) {
    const isOurs =
      error instanceof VirtualCardError ||
      error instanceof BytesError ||
      error instanceof CardError ||
      error instanceof SyntaxError;
    if (!isOurs) throw error;
  }
}
