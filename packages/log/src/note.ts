import {
  asciiBytes,
  BytesError,
  bytesEqual,
  concatBytes,
  fromBase64,
  toBase64,
  toHex,
  utf8Bytes,
} from "@lanyard/bytes";
import { LogError } from "./errors.ts";
import type { Hash } from "./tree.ts";

/** What checking a note takes of cryptography. */
export interface NoteCrypto {
  readonly hash: Hash;
  /** Ed25519 [RFC8032]; false for anything that is not a valid signature. */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

/** The public half of a log's key, under the log's name. */
export interface VerifierKey {
  readonly name: string;
  /** Four bytes that tell a signature's key apart; no security rests on them. */
  readonly id: Uint8Array;
  /** Raw Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** A text and the lines that sign it [SIGNED-NOTE]. The text ends with a newline and is what is signed. */
export interface Note {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface NoteSignature {
  readonly name: string;
  readonly id: Uint8Array;
  readonly value: Uint8Array;
}

const ED25519 = 0x01;
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
/** What no name may hold, or a note could be read in two ways. */
const NAME = /^[^\s+]+$/u;
const SIGNATURE_LINE = /^— ([^\s+]+) ([A-Za-z0-9+/=]+)$/u;

/** @throws {LogError} `log/key_malformed` for a name that may not be one */
export function verifierKey(hash: Hash, name: string, publicKey: Uint8Array): VerifierKey {
  if (!NAME.test(name) || publicKey.length !== KEY_BYTES) throw badKey();
  const typed = concatBytes(Uint8Array.of(ED25519), publicKey);
  const id = hash(concatBytes(utf8Bytes(name), asciiBytes("\n"), typed)).slice(0, 4);
  // Copies: the hash may give, and a caller may hand, a subclass.
  return { name, id: Uint8Array.from(id), publicKey: Uint8Array.from(publicKey) };
}

/** The key as people pass it on: `name+id+key` [SIGNED-NOTE]. */
export function formatVerifierKey({ name, id, publicKey }: VerifierKey): string {
  return `${name}+${toHex(id)}+${toBase64(concatBytes(Uint8Array.of(ED25519), publicKey))}`;
}

/** @throws {LogError} `log/key_malformed` */
export function parseVerifierKey(hash: Hash, text: string): VerifierKey {
  const [, name = "", id = "", key = ""] = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/u.exec(text) ?? [];
  const typed = decoded(key);
  if (typed?.[0] !== ED25519) throw badKey();
  const parsed = verifierKey(hash, name, typed.slice(1));
  if (toHex(parsed.id) !== id) throw badKey();
  return parsed;
}

/** The note with one more signature line; `value` was made over {@link Note.text}. */
export function formatNote(text: string, { name, id }: VerifierKey, value: Uint8Array): string {
  return `${text}\n— ${name} ${toBase64(concatBytes(id, value))}\n`;
}

/** @throws {LogError} `log/note_malformed` */
export function parseNote(note: string): Note {
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || !note.endsWith("\n")) throw badNote();
  const lines = note.slice(end + 2, -1).split("\n");
  return { text: note.slice(0, end + 1), signatures: lines.map(parseSignature) };
}

function parseSignature(line: string): NoteSignature {
  const [, name = "", text = ""] = SIGNATURE_LINE.exec(line) ?? [];
  const bytes = decoded(text);
  if (bytes === undefined || bytes.length < 5) throw badNote();
  return { name, id: bytes.slice(0, 4), value: bytes.slice(4) };
}

/**
 * Gives the signed text. Signatures by other keys are passed over; one by this key must be there and be good.
 *
 * @throws {LogError} `log/note_malformed` | `log/not_signed_by_key` | `log/signature_invalid`
 */
export function openNote(crypto: NoteCrypto, note: string, key: VerifierKey): string {
  const { text, signatures } = parseNote(note);
  const own = signatures.filter(({ name, id }) => name === key.name && bytesEqual(id, key.id));
  if (own.length === 0)
    throw new LogError("log/not_signed_by_key", `The note is not signed by ${key.name}'s key.`);
  const message = utf8Bytes(text);
  for (const { value } of own)
    if (value.length !== SIGNATURE_BYTES || !crypto.verify(key.publicKey, message, value))
      throw new LogError("log/signature_invalid", `The note's signature by ${key.name} is wrong.`);
  return text;
}

/** Where a text is base64 of our one form; `undefined` otherwise. */
function decoded(text: string): Uint8Array | undefined {
  try {
    return fromBase64(text);
  } catch (error) {
    if (error instanceof BytesError) return undefined;
    throw error;
  }
}

function badKey(): LogError {
  return new LogError("log/key_malformed", "Not a verifier key: expected name+id+key.");
}

function badNote(): LogError {
  return new LogError("log/note_malformed", "Not a signed note.");
}
