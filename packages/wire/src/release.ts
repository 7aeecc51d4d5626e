import { Secret } from "@lanyard/bytes";
import { WireError } from "./errors.ts";

/** Every PUK is eight characters [PIV-2 §2.4.3]. */
const PUK_BYTES = 8;

/** The PUKs of one release, as sealed: the one to try (if any), and the one to rotate to (if it may leave now). */
export interface ReleasedPuks {
  readonly candidate: Secret | undefined;
  readonly next: Secret | undefined;
}

const FLAGS = { candidate: 1, next: 2 } as const;

/** One flag byte, then eight bytes for each PUK that is there. The caller seals the result and wipes it. */
export function encodeRelease(puks: ReleasedPuks): Uint8Array {
  const parts = [puks.candidate, puks.next];
  const present = parts.filter((puk) => puk !== undefined);
  const bytes = new Uint8Array(1 + present.length * PUK_BYTES);
  bytes[0] =
    (puks.candidate === undefined ? 0 : FLAGS.candidate) |
    (puks.next === undefined ? 0 : FLAGS.next);
  for (const [index, puk] of present.entries()) bytes.set(puk.reveal(), 1 + index * PUK_BYTES);
  return bytes;
}

/**
 * The reverse. The secrets are copies; the caller wipes `bytes`.
 *
 * @throws {WireError} `wire/not_a_message`
 */
export function decodeRelease(bytes: Uint8Array): ReleasedPuks {
  const flags = bytes[0] ?? 0;
  const wanted = [(flags & FLAGS.candidate) !== 0, (flags & FLAGS.next) !== 0];
  const count = wanted.filter(Boolean).length;
  if (flags > 3 || count === 0 || bytes.length !== 1 + count * PUK_BYTES)
    throw new WireError("wire/not_a_message", "The release has the wrong length.");
  let offset = 1;
  const take = (present: boolean | undefined): Secret | undefined => {
    if (!present) return undefined;
    const puk = new Secret(bytes.slice(offset, offset + PUK_BYTES));
    offset += PUK_BYTES;
    return puk;
  };
  return { candidate: take(wanted[0]), next: take(wanted[1]) };
}
