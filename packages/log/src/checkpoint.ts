import { BytesError, fromBase64, toBase64 } from "@lanyard/bytes";
import { LogError } from "./errors.ts";
import { type NoteCrypto, openNote, type VerifierKey } from "./note.ts";
import type { TreeHead } from "./proofs.ts";

/** What a log says of itself at one moment [TLOG-CHECKPOINT]. */
export interface Checkpoint extends TreeHead {
  /** The log's name; the same as its key's. */
  readonly origin: string;
}

const ROOT_BYTES = 32;

/** The three lines that are signed. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** Reads {@link formatCheckpoint}'s form only: no leading zeros, no extension lines.
 *
 * @throws {LogError} `log/checkpoint_malformed`
 */
export function parseCheckpoint(text: string): Checkpoint {
  const [, origin = "", size = "", root = ""] =
    /^([^\n]+)\n(0|[1-9][0-9]{0,15})\n([^\n]+)\n$/u.exec(text) ?? [];
  const checkpoint = { origin, size: Number(size), root: rootIn(root) };
  if (origin === "" || !Number.isSafeInteger(checkpoint.size)) throw malformed();
  return checkpoint;
}

/**
 * The checkpoint in a signed note, once its signature and its origin are those of the log's key.
 *
 * @throws {LogError} `log/note_malformed` | `log/not_signed_by_key` | `log/signature_invalid` |
 *   `log/checkpoint_malformed`
 */
export function openCheckpoint(crypto: NoteCrypto, note: string, key: VerifierKey): Checkpoint {
  const checkpoint = parseCheckpoint(openNote(crypto, note, key));
  if (checkpoint.origin !== key.name) throw malformed();
  return checkpoint;
}

function rootIn(text: string): Uint8Array {
  try {
    const root = fromBase64(text);
    if (root.length === ROOT_BYTES) return root;
  } catch (error) {
    if (!(error instanceof BytesError)) throw error;
  }
  throw malformed();
}

function malformed(): LogError {
  return new LogError("log/checkpoint_malformed", "Not a checkpoint of this log.");
}
