import {
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  scrypt,
  sign,
  verify,
} from "node:crypto";
import { frame, utf8Bytes } from "@lanyard/bytes";

/**
 * A one-time code as a key pair. The code is stretched [RFC7914] to the seed of an Ed25519 key [RFC8032]: whoever holds
 * the code can sign, whoever made it keeps the public half. So nothing that is stored, and nothing that travels, can be
 * used to enrol another desk, and guessing from either costs a stretch a guess.
 */
const STRETCH = { N: 2 ** 14, r: 8, p: 1 } as const;

/** PKCS #8 around a 32-byte Ed25519 seed, and SubjectPublicKeyInfo around a 32-byte public key [RFC8410 §7]. */
const PRIVATE_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const PUBLIC_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
const KEY_BYTES = 32;

/** The public half, 32 bytes. `origin`: the server's, so that a code is good at one server. About 40 ms of CPU. */
export async function enrolmentVerifier(symbols: string, origin: string): Promise<Uint8Array> {
  const spki = createPublicKey(await privateKeyOf(symbols, origin)).export({
    type: "spki",
    format: "der",
  });
  return new Uint8Array(spki.subarray(-KEY_BYTES));
}

/** Signs with the code's key. About 40 ms of CPU. */
export async function signWithCode(
  symbols: string,
  origin: string,
  statement: Uint8Array,
): Promise<Uint8Array> {
  return new Uint8Array(sign(null, statement, await privateKeyOf(symbols, origin)));
}

/** Whether the code with this public half signed the statement. Never throws, whatever the signature is. */
export function isSignedWithCode(
  verifier: Uint8Array,
  statement: Uint8Array,
  signature: Uint8Array,
): boolean {
  const key = createPublicKey({
    key: Buffer.concat([PUBLIC_PREFIX, verifier]),
    type: "spki",
    format: "der",
  });
  return verify(null, statement, key, signature);
}

async function privateKeyOf(symbols: string, origin: string): Promise<KeyObject> {
  const salt = frame("lanyard/desk-code/1", utf8Bytes(origin));
  const seed = await new Promise<Buffer>((resolve, reject) =>
    scrypt(symbols, salt, KEY_BYTES, STRETCH, (error, key) =>
      error === null ? resolve(key) : reject(error),
    ),
  );
  const der = Buffer.concat([PRIVATE_PREFIX, seed]);
  seed.fill(0);
  try {
    return createPrivateKey({ key: der, type: "pkcs8", format: "der" });
  } finally {
    der.fill(0);
  }
}
