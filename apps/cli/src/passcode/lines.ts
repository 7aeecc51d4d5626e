const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * The lines of a stream of bytes. A line ends with LF or CR LF; the last one needs no end. The arrays are the
 * caller's, to be wiped after use; what the stream held is wiped here.
 */
export async function* linesOf(chunks: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  let held = new Uint8Array();
  for await (const chunk of chunks) {
    const bytes = bytesOf(chunk);
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
      yield withoutReturn(joined(held, bytes.subarray(start, end)));
      held = new Uint8Array();
      start = end + 1;
    }
    held = joined(held, bytes.subarray(start));
    bytes.fill(0);
  }
  if (held.length > 0) yield withoutReturn(held);
}

function bytesOf(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  return typeof chunk === "string" ? new TextEncoder().encode(chunk) : new Uint8Array();
}

function joined(left: Uint8Array, right: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(left.length + right.length);
  whole.set(left);
  whole.set(right, left.length);
  left.fill(0);
  return whole;
}

function withoutReturn(line: Uint8Array): Uint8Array {
  return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}
