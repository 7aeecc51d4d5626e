import { asciiBytes, uint32be } from "@lanyard/bytes";
import type { NativePkcs11 } from "./native.ts";

/** Attribute types [PKCS11 §4]. */
const ATTRIBUTES = {
  CLASS: 0x00n,
  TOKEN: 0x01n,
  PRIVATE: 0x02n,
  LABEL: 0x03n,
  VALUE: 0x11n,
  KEY_TYPE: 0x100n,
  ID: 0x102n,
  SENSITIVE: 0x103n,
  ENCRYPT: 0x104n,
  DECRYPT: 0x105n,
  WRAP: 0x106n,
  UNWRAP: 0x107n,
  SIGN: 0x108n,
  VERIFY: 0x10an,
  DERIVE: 0x10cn,
  VALUE_LEN: 0x161n,
  EXTRACTABLE: 0x162n,
  MODIFIABLE: 0x170n,
} as const satisfies Record<string, bigint>;

export type AttributeName = keyof typeof ATTRIBUTES;
export type Attribute = readonly [AttributeName, bigint | boolean | Uint8Array];

const SECRET_KEY = 4n;
const GENERIC_SECRET = 0x10n;
const LABEL = asciiBytes("lanyard-master-key");
export const KEY_BYTES = 32;

/** What every master key on a token is found by; its version is its ID. */
export const MASTER_KEY: readonly Attribute[] = [
  ["CLASS", SECRET_KEY],
  ["LABEL", LABEL],
];

/** Never leaves the token, MACs and nothing else, and cannot be changed into one that may do more. */
export function masterKeyTemplate(version: number): readonly Attribute[] {
  return [
    ...MASTER_KEY,
    ["KEY_TYPE", GENERIC_SECRET],
    ["ID", uint32be(version)],
    ["TOKEN", true],
    ["PRIVATE", true],
    ["SENSITIVE", true],
    ["EXTRACTABLE", false],
    ["MODIFIABLE", false],
    ["SIGN", true],
    ["VERIFY", false],
    ["ENCRYPT", false],
    ["DECRYPT", false],
    ["WRAP", false],
    ["UNWRAP", false],
    ["DERIVE", false],
  ];
}

/** CK_ATTRIBUTE[]: type, pointer, length each. `values` must be kept while `words` is in use. */
export interface Template {
  readonly words: BigUint64Array;
  readonly count: bigint;
  readonly values: readonly Uint8Array[];
}

export function templateOf(native: NativePkcs11, attributes: readonly Attribute[]): Template {
  const values = attributes.map(([, value]) => bytesOf(value));
  const words = attributes.flatMap(([name], index) => {
    const value = values[index] ?? new Uint8Array(0);
    return [ATTRIBUTES[name], native.addressOf(value), BigInt(value.length)];
  });
  return { words: BigUint64Array.from(words), count: BigInt(attributes.length), values };
}

/** A CK_ULONG in this machine's own order, a CK_BBOOL, or bytes as they are. */
function bytesOf(value: bigint | boolean | Uint8Array): Uint8Array {
  if (typeof value === "bigint") return new Uint8Array(BigUint64Array.of(value).buffer);
  return typeof value === "boolean" ? Uint8Array.of(value ? 1 : 0) : value;
}
