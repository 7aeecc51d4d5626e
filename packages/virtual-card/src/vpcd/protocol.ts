import { concatBytes, uint16be } from "@lanyard/bytes";

/** What vpcd asks of a card [VPCD]. Only `get_atr` and `apdu` are answered, each exactly once. */
export type VpcdRequest =
  | { readonly kind: "power_off" }
  | { readonly kind: "power_on" }
  | { readonly kind: "reset" }
  | { readonly kind: "get_atr" }
  | { readonly kind: "apdu"; readonly apdu: Uint8Array };

const LENGTH_BYTES = 2;

// biome-ignore format: one row a control code
const CONTROLS: ReadonlyMap<number, VpcdRequest> = new Map<number, VpcdRequest>([
  [0, { kind: "power_off" }],
  [1, { kind: "power_on" }],
  [2, { kind: "reset" }],
  [4, { kind: "get_atr" }],
]);

/** Puts requests together from a byte stream that cuts them anywhere. */
export interface VpcdDecoder {
  /** The requests that are whole now, in order. Holds at most one unfinished frame of 65537 bytes. */
  push(chunk: Uint8Array): readonly VpcdRequest[];
}

export function createVpcdDecoder(): VpcdDecoder {
  let unread: Uint8Array = new Uint8Array(0);
  return {
    push(chunk) {
      unread = unread.length === 0 ? chunk.slice() : concatBytes(unread, chunk);
      const requests: VpcdRequest[] = [];
      let offset = 0;
      for (;;) {
        const frame = frameAt(unread, offset);
        if (frame === undefined) break;
        requests.push(requestOf(frame));
        offset += LENGTH_BYTES + frame.length;
      }
      unread = unread.slice(offset);
      return requests;
    },
  };
}

/** One frame, to be written in one piece: vpcd reads half a frame as the end of the card. */
export function encodeVpcdFrame(payload: Uint8Array): Uint8Array {
  return concatBytes(uint16be(payload.length), payload);
}

/** A length of one is a control code; one nobody knows is a command too short to be one, which the card refuses. */
function requestOf(payload: Uint8Array): VpcdRequest {
  const [code = -1] = payload;
  const control = payload.length === 1 ? CONTROLS.get(code) : undefined;
  return control ?? { kind: "apdu", apdu: payload.slice() };
}

function frameAt(bytes: Uint8Array, offset: number): Uint8Array | undefined {
  const high = bytes[offset];
  const low = bytes[offset + 1];
  if (high === undefined || low === undefined) return undefined;
  const start = offset + LENGTH_BYTES;
  const end = start + high * 256 + low;
  return end > bytes.length ? undefined : bytes.subarray(start, end);
}
