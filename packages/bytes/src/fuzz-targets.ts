import { fromBase64, fromBase64Url } from "./base64.ts";
import { BytesError } from "./errors.ts";
import { fromHex } from "./hex.ts";
import { asciiBytes, asciiText, utf8Text } from "./text.ts";
import { encodeTlv, parseTlvs } from "./tlv.ts";

/** One decoder under hostile bytes. */
export interface FuzzTarget {
  /** Valid inputs, to be mutated. */
  readonly samples: readonly Uint8Array[];
  /** Decodes, and swallows the package's own errors only: anything else that is thrown is a bug. */
  readonly run: (bytes: Uint8Array) => void | Promise<void>;
}

export type FuzzTargets = Readonly<Record<string, FuzzTarget>>;

/** Every decoder of this package. */
export const fuzzTargets: FuzzTargets = {
  tlv: {
    samples: [encodeTlv(0x53, encodeTlv(0x5fc102, new Uint8Array(200))), encodeTlv(0x7f49)],
    run: (bytes) => quiet(() => parseTlvs(bytes)),
  },
  utf8: {
    samples: [asciiBytes("Zo"), new Uint8Array([0xc3, 0xab])],
    run: (bytes) => quiet(() => utf8Text(bytes)),
  },
  hex: { samples: [asciiBytes("00fF a0")], run: (bytes) => quiet(() => fromHex(asciiText(bytes))) },
  base64: {
    samples: [asciiBytes("Zm9vYg=="), asciiBytes("Zm9v")],
    run: (bytes) => quiet(() => fromBase64(asciiText(bytes))),
  },
  base64Url: {
    samples: [asciiBytes("Zm9vYg"), asciiBytes("Zm-_")],
    run: (bytes) => quiet(() => fromBase64Url(asciiText(bytes))),
  },
};

function quiet(decode: () => unknown): void {
  try {
    decode();
  } catch (error) {
    if (!(error instanceof BytesError)) throw error;
  }
}
