import type { IncomingMessage } from "node:http";

/** The longest form of ours is a few hundred bytes. */
export const BODY_BYTES_MAX = 4096;

/**
 * Reads a small body of announced length into one array that the caller wipes; the pieces it came in are wiped here.
 * `undefined` when it is too long, not announced, or was cut short.
 */
export async function readBody(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const announced = request.headers["content-length"] ?? "";
  if (!/^[0-9]{1,4}$/.test(announced) || Number(announced) > BODY_BYTES_MAX) return undefined;
  const body = new Uint8Array(Number(announced));
  let length = 0;
  try {
    for await (const piece of request) {
      if (!(piece instanceof Uint8Array)) continue;
      // The parser never lets more through than was announced.
      body.set(piece, length);
      length += piece.length;
      piece.fill(0);
    }
  } catch {
    length = -1;
  }
  if (length === body.length) return body;
  body.fill(0);
  return undefined;
}
