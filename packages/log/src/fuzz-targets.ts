import { BytesError, utf8Bytes, utf8Text } from "@lanyard/bytes";
import type { FuzzTargets } from "@lanyard/bytes/fuzz";
import { formatCheckpoint, openCheckpoint, parseCheckpoint } from "./checkpoint.ts";
import { LogError } from "./errors.ts";
import { formatNote, formatVerifierKey, parseNote, parseVerifierKey, verifierKey } from "./note.ts";

/** Not SHA-256: what is fuzzed is the reading, and 32 bytes that depend on the input are all it takes. */
function hash(bytes: Uint8Array): Uint8Array {
  const digest = new Uint8Array(32);
  for (const [index, byte] of bytes.entries())
    digest[index % 32] = (digest[index % 32] ?? 0) ^ byte;
  return digest;
}

const crypto = { hash, verify: () => true };
const KEY = verifierKey(hash, "log.example", new Uint8Array(32).fill(7));
const TEXT = formatCheckpoint({ origin: "log.example", size: 42, root: new Uint8Array(32) });
const NOTE = formatNote(TEXT, KEY, new Uint8Array(64));

/** Everything of a log that strangers may hand us. */
export const fuzzTargets: FuzzTargets = {
  note: { samples: [utf8Bytes(NOTE)], run: quietly((text) => parseNote(text)) },
  checkpoint: {
    samples: [utf8Bytes(TEXT)],
    run: quietly((text) => {
      if (formatCheckpoint(parseCheckpoint(text)) !== text)
        throw new Error("A checkpoint has two forms.");
    }),
  },
  signedCheckpoint: {
    samples: [utf8Bytes(NOTE)],
    run: quietly((text) => openCheckpoint(crypto, text, KEY)),
  },
  verifierKey: {
    samples: [utf8Bytes(formatVerifierKey(KEY))],
    run: quietly((text) => {
      if (formatVerifierKey(parseVerifierKey(hash, text)) !== text)
        throw new Error("A key has two forms.");
    }),
  },
};

function quietly(read: (text: string) => unknown): (bytes: Uint8Array) => void {
  return (bytes) => {
    try {
      read(utf8Text(bytes));
    } catch (error) {
      if (!(error instanceof LogError || error instanceof BytesError)) throw error;
    }
  };
}
