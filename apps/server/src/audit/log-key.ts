import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from "node:crypto";
import { readFile, stat, writeFile } from "node:fs/promises";
import {
  formatNote,
  formatVerifierKey,
  type NoteCrypto,
  type VerifierKey,
  verifierKey,
} from "@lanyard/log";
import { AuditError } from "./errors.ts";

/** Signs the checkpoints of one log. */
export interface LogKey {
  /** What outsiders check with. */
  readonly verifier: VerifierKey;
  /** The text as a signed note [SIGNED-NOTE]. */
  sign(text: string): string;
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return createHash("sha256").update(bytes).digest();
}

export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  return createHmac("sha256", key).update(message).digest();
}

/** Node's cryptography for reading notes. */
export const noteCrypto: NoteCrypto = {
  hash: sha256,
  verify: (publicKey, message, signature) =>
    verify(null, message, publicKeyOf(publicKey), signature),
};

const SEED_BYTES = 32;
/** What stands before the 32 bytes of an Ed25519 key in PKCS #8 and in SubjectPublicKeyInfo [RFC8410 §7], [RFC8410 §4]. */
const PKCS8_START = Buffer.from("302e020100300506032b657004220420", "hex");
const SPKI_START = Buffer.from("302a300506032b6570032100", "hex");

/** Parsed once for each key: that costs more than a signature check. */
const publicKeys = new Map<string, KeyObject>();

function publicKeyOf(raw: Uint8Array): KeyObject {
  const name = Buffer.from(raw).toString("hex");
  const known = publicKeys.get(name);
  if (known !== undefined) return known;
  const der = Buffer.concat([SPKI_START, raw]);
  const key = createPublicKey({ key: der, format: "der", type: "spki" });
  publicKeys.set(name, key);
  return key;
}

/**
 * Makes the key of a new log, readable by the owner only, and gives the half that outsiders check with.
 *
 * @param name the log's name for ever, such as `care.example/audit`
 * @throws {AuditError} `audit/key_exists`: one that is there is never overwritten
 * @throws {LogError} `log/key_malformed` for a name that may not be one
 */
export async function createLogKeyFile(path: string, name: string): Promise<string> {
  const key = keyOf(name, randomBytes(SEED_BYTES));
  try {
    await writeFile(path, `${key.secret}\n`, { flag: "wx", mode: 0o600, flush: true });
  } catch (cause) {
    throw new AuditError(
      "audit/key_exists",
      `The log's key file ${path} could not be made; one that is there is never overwritten.`,
      { cause },
    );
  }
  return formatVerifierKey(key.verifier);
}

/**
 * Opens the key that checkpoints are signed with.
 *
 * @throws {AuditError} `audit/key_missing` | `audit/key_loose` | `audit/key_malformed`
 */
export async function openLogKeyFile(path: string): Promise<LogKey> {
  await refuseLoose(path);
  const text = (await readFile(path, "utf8")).trim();
  const [, name = "", secret = ""] =
    /^PRIVATE\+KEY\+([^\s+]+)\+[0-9a-f]{8}\+(\S+)$/u.exec(text) ?? [];
  const typed = Buffer.from(secret, "base64");
  if (typed.length !== SEED_BYTES + 1) throw malformed(path);
  const key = keyOf(name, typed.subarray(1));
  if (key.secret !== text) throw malformed(path);
  return key;
}

/** `secret`: as Go's notes have it, `PRIVATE+KEY+name+id+key`. */
function keyOf(name: string, seed: Uint8Array): LogKey & { readonly secret: string } {
  const der = Buffer.concat([PKCS8_START, seed]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  const verifier = verifierKey(sha256, name, spki.subarray(SPKI_START.length));
  const typed = Buffer.concat([Uint8Array.of(0x01), seed]).toString("base64");
  return {
    verifier,
    secret: `PRIVATE+KEY+${name}+${Buffer.from(verifier.id).toString("hex")}+${typed}`,
    sign: (text) => formatNote(text, verifier, sign(null, Buffer.from(text), key)),
  };
}

/** Windows has no such bits; there the folder's own protection must do. */
async function refuseLoose(path: string): Promise<void> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new AuditError(
      "audit/key_missing",
      `There is no key for the audit log at ${path}. Make one, once: lanyard audit key --out ${path} --name NAME`,
      { cause },
    );
  });
  if (process.platform !== "win32" && (found.mode & 0o077) !== 0)
    throw new AuditError(
      "audit/key_loose",
      `Others may read ${path}. Take their rights away: chmod 600 ${path}`,
    );
}

function malformed(path: string): AuditError {
  return new AuditError("audit/key_malformed", `${path} is not the key of an audit log.`);
}
