import { concatBytes, Secret, uint32be } from "@lanyard/bytes";
import type { PukOf } from "@lanyard/identity";
import type { Mac } from "./master-keys.ts";
import { pukMessage } from "./messages.ts";

/** [PIV-2 §2.4.3] wants eight bytes; letters and digits only, because some cards take no byte above 7f. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const PUK_CHARACTERS = 8;

/** The largest multiple of 62 a byte can hold: bytes from here on would favour the first characters. */
const FAIR_BYTES = 248;

/**
 * The PUK with this index of one card: eight characters from HMAC-SHA-256 [RFC2104] of everything that makes the card
 * what it is. Nothing of it is stored: the master key alone, or the database alone, reveals nothing.
 *
 * `mac` is under the master key of the version that this index has. Block 0 is the MAC of the framed fields; should its fair bytes not be enough, block k is the MAC of the same bytes
 * followed by `uint32(k)`.
 */
export async function derivePuk(mac: Mac, of: PukOf, index: number): Promise<Secret> {
  const message = pukMessage(of, index);
  const puk = new Uint8Array(PUK_CHARACTERS);
  let filled = 0;
  for (let block = 0; filled < PUK_CHARACTERS; block += 1) {
    const text = block === 0 ? message : concatBytes(message, uint32be(block));
    const bytes = await mac(text);
    for (const byte of bytes) {
      if (byte >= FAIR_BYTES || filled === PUK_CHARACTERS) continue;
      puk[filled] = ALPHABET.charCodeAt(byte % ALPHABET.length);
      filled += 1;
    }
    bytes.fill(0);
  }
  return new Secret(puk);
}
