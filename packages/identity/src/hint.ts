/**
 * The hint: our own counter on the card. Before the card's PUK is changed from index `c`, `c` is written there with a MAC
 * that only the server can make. Whatever the server forgets after that, by a fail-over or an old backup, the
 * card tells it again: it holds `c` or `c + 1`.
 */
export interface Hint {
  /** The PUK index that the card had accepted when this was written. */
  readonly index: number;
  /** Over this card and this index; {@link HINT_MAC_BYTES} long. Proves nothing before it was checked. */
  readonly mac: Uint8Array;
}

/** Where it is on the card: a data object outside PIV's own range. Everybody may read it, only 9B may write it. */
export const HINT_OBJECT_TAG = 0x5fff20;

/** HMAC-SHA-256. */
export const HINT_MAC_BYTES = 32;

const FORMAT = 1;
const HEADER_BYTES = 5;
const BYTES = HEADER_BYTES + HINT_MAC_BYTES;

/** One format byte, the index as four bytes, the MAC. */
export function encodeHint({ index, mac }: Hint): Uint8Array {
  const bytes = new Uint8Array(BYTES);
  bytes[0] = FORMAT;
  new DataView(bytes.buffer).setUint32(1, index);
  bytes.set(mac, HEADER_BYTES);
  return bytes;
}

/** The reverse; `undefined` for anything that we did not write in this form. Copies. */
export function decodeHint(bytes: Uint8Array): Hint | undefined {
  if (bytes.length !== BYTES || bytes[0] !== FORMAT) return undefined;
  // Not `slice`: Node's Buffer gives a view of a larger buffer for that.
  const copy = new Uint8Array(bytes);
  return { index: new DataView(copy.buffer).getUint32(1), mac: copy.slice(HEADER_BYTES) };
}
