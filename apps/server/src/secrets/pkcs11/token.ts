import type { Secret } from "@lanyard/bytes";
import { SecretsError } from "../errors.ts";
import {
  type Attribute,
  KEY_BYTES,
  MASTER_KEY,
  masterKeyTemplate,
  type Template,
  templateOf,
} from "./attributes.ts";
import type { NativePkcs11 } from "./native.ts";
import { hasReturned, Pkcs11Error } from "./return-codes.ts";

/**
 * A session on the token with the user logged in: one thing at a time, for it has one search and one signature under
 * way at most [PKCS11 §5]. Its methods reject with `Pkcs11Error` when the token refuses.
 */
export interface TokenSession {
  /** The master keys that are there, by version. @throws {SecretsError} `secrets/key_exposed` */
  findKeys(): Promise<ReadonlyMap<number, bigint>>;
  generateKey(version: number): Promise<void>;
  /** Brings a key in that was made outside. From here on the token never gives it out. */
  importKey(version: number, key: Secret): Promise<void>;
  mac(key: bigint, message: Uint8Array): Promise<Uint8Array>;
  close(): Promise<void>;
}

export interface TokenPlace {
  /** The token's label. */
  readonly token: string;
  readPin(): Promise<Secret>;
}

const SERIAL_AND_WRITABLE = 6n;
const SERIAL = 4n;
const USER = 1n;
const OS_LOCKING = 2n;
const MECHANISMS = { hmacSha256: 0x251n, generateGenericSecret: 0x350n } as const;
const MOST_KEYS = 256;
const TOKEN_INFO_BYTES = 512;
const LABEL_BYTES = 32;

/**
 * Finds the token by its label, opens a session and logs in. A session that only reads is enough to use keys.
 *
 * @throws {SecretsError} `secrets/unavailable`: no such token
 */
export async function openToken(
  native: NativePkcs11,
  place: TokenPlace,
  access: "use" | "write" = "use",
): Promise<TokenSession> {
  await initialise(native);
  const slot = await findSlot(native, place.token);
  const handle = new BigUint64Array(1);
  const flags = access === "write" ? SERIAL_AND_WRITABLE : SERIAL;
  await native.call("C_OpenSession", slot, flags, null, null, handle);
  const session = handle[0] ?? 0n;
  await logIn(native, session, place);
  return {
    findKeys: () => findKeys(native, session),
    generateKey: async (version) => {
      const { words, count, values } = templateOf(native, [
        ...masterKeyTemplate(version),
        ["VALUE_LEN", BigInt(KEY_BYTES)],
      ]);
      const made = new BigUint64Array(1);
      const how = mechanism(MECHANISMS.generateGenericSecret);
      await keeping(values, native.call("C_GenerateKey", session, how, words, count, made));
    },
    importKey: async (version, key) => {
      const value: Attribute = ["VALUE", key.reveal()];
      const { words, count, values } = templateOf(native, [...masterKeyTemplate(version), value]);
      const made = new BigUint64Array(1);
      await keeping(values, native.call("C_CreateObject", session, words, count, made));
    },
    mac: (key, message) => mac(native, session, { key, message }),
    close: () => native.call("C_CloseSession", session),
  };
}

/** After a fault: some modules see a token that came back only when they begin anew. */
export async function forgetModule(native: NativePkcs11): Promise<void> {
  await native.call("C_Finalize", null).catch(() => undefined);
}

/** One program initialises a module once; that somebody did already is fine. */
async function initialise(native: NativePkcs11): Promise<void> {
  const args = BigUint64Array.of(0n, 0n, 0n, 0n, OS_LOCKING, 0n);
  try {
    await native.call("C_Initialize", args);
  } catch (error) {
    if (!hasReturned(error, "cryptoki_already_initialized")) throw error;
  }
}

async function findSlot(native: NativePkcs11, label: string): Promise<bigint> {
  const count = new BigUint64Array(1);
  await native.call("C_GetSlotList", 1, null, count);
  const slots = new BigUint64Array(Number(count[0]));
  await native.call("C_GetSlotList", 1, slots, count);
  for (const slot of slots.subarray(0, Number(count[0]))) {
    if ((await labelOf(native, slot)) === label) return slot;
  }
  throw new SecretsError(
    "secrets/unavailable",
    `There is no token called ${label}. Is it connected, and LANYARD_PKCS11_TOKEN right?`,
  );
}

/** `undefined`: nothing to be had from this slot, which may be another program's. */
async function labelOf(native: NativePkcs11, slot: bigint): Promise<string | undefined> {
  const info = new Uint8Array(TOKEN_INFO_BYTES);
  try {
    await native.call("C_GetTokenInfo", slot, info);
  } catch (error) {
    if (!(error instanceof Pkcs11Error)) throw error;
    return undefined;
  }
  return Buffer.from(info.subarray(0, LABEL_BYTES)).toString("utf8").trimEnd();
}

async function logIn(native: NativePkcs11, session: bigint, place: TokenPlace): Promise<void> {
  const pin = await place.readPin();
  try {
    await native.call("C_Login", session, USER, pin.reveal(), BigInt(pin.length));
  } catch (error) {
    if (!hasReturned(error, "user_already_logged_in")) throw error;
  } finally {
    pin.wipe();
  }
}

async function findKeys(
  native: NativePkcs11,
  session: bigint,
): Promise<ReadonlyMap<number, bigint>> {
  const keys = new Map<number, bigint>();
  for (const handle of await findObjects(native, session)) {
    const { version, isSensitive, isExtractable } = await describe(native, session, handle);
    if (!isSensitive || isExtractable)
      throw new SecretsError(
        "secrets/key_exposed",
        `The token would give out its master key version ${version}: it must be sensitive and not extractable.`,
      );
    if (keys.has(version))
      throw new SecretsError(
        "secrets/key_exposed",
        `The token holds two master keys of version ${version}: nobody can tell which is meant.`,
      );
    keys.set(version, handle);
  }
  return keys;
}

async function findObjects(native: NativePkcs11, session: bigint): Promise<readonly bigint[]> {
  const { words, count, values } = templateOf(native, MASTER_KEY);
  await keeping(values, native.call("C_FindObjectsInit", session, words, count));
  try {
    const found = new BigUint64Array(MOST_KEYS);
    const number = new BigUint64Array(1);
    await native.call("C_FindObjects", session, found, BigInt(MOST_KEYS), number);
    return [...found.subarray(0, Number(number[0]))];
  } finally {
    await native.call("C_FindObjectsFinal", session);
  }
}

async function describe(native: NativePkcs11, session: bigint, handle: bigint) {
  const id = new Uint8Array(4);
  const [sensitive, extractable] = [new Uint8Array(1), new Uint8Array([1])];
  const asked = templateOf(native, [
    ["ID", id],
    ["SENSITIVE", sensitive],
    ["EXTRACTABLE", extractable],
  ]);
  await keepingTemplate(
    asked,
    native.call("C_GetAttributeValue", session, handle, asked.words, asked.count),
  );
  return {
    version: Buffer.from(id).readUInt32BE(0),
    isSensitive: sensitive[0] === 1,
    isExtractable: extractable[0] !== 0,
  };
}

async function mac(
  native: NativePkcs11,
  session: bigint,
  { key, message }: { readonly key: bigint; readonly message: Uint8Array },
): Promise<Uint8Array> {
  await native.call("C_SignInit", session, mechanism(MECHANISMS.hmacSha256), key);
  const result = new Uint8Array(KEY_BYTES);
  const length = BigUint64Array.of(BigInt(KEY_BYTES));
  await native.call("C_Sign", session, message, BigInt(message.length), result, length);
  return result;
}

/** CK_MECHANISM without a parameter. */
function mechanism(type: bigint): BigUint64Array {
  return BigUint64Array.of(type, 0n, 0n);
}

function keepingTemplate(template: Template, call: Promise<void>): Promise<void> {
  return keeping(template.values, call);
}

/** The words only hold addresses: what they point to must live until the call is over. */
async function keeping(values: readonly Uint8Array[], call: Promise<void>): Promise<void> {
  pointedTo.add(values);
  try {
    await call;
  } finally {
    pointedTo.delete(values);
  }
}

const pointedTo = new Set<readonly Uint8Array[]>();
