/** A command as a card sees it [7816-4 §5.1]. */
export interface CommandApdu {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  readonly data: Uint8Array;
  /** Most bytes wanted back; `undefined` when the command has no Le field. */
  readonly expectedBytes: number | undefined;
  readonly isExtended: boolean;
}

const HEADER_BYTES = 4;

/** Reads the seven forms of [7816-4 §5.1] Table 1; anything else is `undefined`, which a card answers with 6700. */
export function parseCommandApdu(bytes: Uint8Array): CommandApdu | undefined {
  const [cla, ins, p1, p2] = bytes;
  if (cla === undefined || ins === undefined || p1 === undefined || p2 === undefined)
    return undefined;
  const body = parseBody(bytes.subarray(HEADER_BYTES));
  return body === undefined ? undefined : { cla, ins, p1, p2, ...body };
}

type Body = Pick<CommandApdu, "data" | "expectedBytes" | "isExtended">;

const NO_DATA = new Uint8Array(0);

function parseBody(body: Uint8Array): Body | undefined {
  const [first] = body;
  if (first === undefined) return { data: NO_DATA, expectedBytes: undefined, isExtended: false };
  if (body.length === 1)
    return { data: NO_DATA, expectedBytes: first === 0 ? 256 : first, isExtended: false };
  if (first === 0 && body.length >= 3) return parseExtendedBody(body);
  if (first === 0) return undefined;
  const data = body.slice(1, 1 + first);
  const rest = body.subarray(1 + first);
  if (data.length < first || rest.length > 1) return undefined;
  const [expected] = rest;
  return { data, expectedBytes: expected === 0 ? 256 : expected, isExtended: false };
}

function parseExtendedBody(body: Uint8Array): Body | undefined {
  const length = uint16(body, 1);
  if (body.length === 3)
    return { data: NO_DATA, expectedBytes: length === 0 ? 65_536 : length, isExtended: true };
  if (length === 0) return undefined;
  const data = body.slice(3, 3 + length);
  const rest = body.subarray(3 + length);
  if (data.length < length || (rest.length !== 0 && rest.length !== 2)) return undefined;
  if (rest.length === 0) return { data, expectedBytes: undefined, isExtended: true };
  const expected = uint16(rest, 0);
  return { data, expectedBytes: expected === 0 ? 65_536 : expected, isExtended: true };
}

function uint16(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] ?? 0) * 256 + (bytes[offset + 1] ?? 0);
}
