import { encodeTlv, findTlv } from "@lanyard/bytes";
import { tryParseTlvs } from "./data-tags.ts";

const TEMPLATE = 0x7c;

/** The parts of a dynamic authentication template [PIV-2 §3.2.4] Table 7. An empty part asks for that value. */
export interface DynamicAuthentication {
  readonly witness: Uint8Array | undefined;
  readonly challenge: Uint8Array | undefined;
  readonly response: Uint8Array | undefined;
  readonly exponentiation: Uint8Array | undefined;
}

export const DYNAMIC_AUTHENTICATION_TAGS = {
  witness: 0x80,
  challenge: 0x81,
  response: 0x82,
  exponentiation: 0x85,
} as const;

/** Reads the command's template; `undefined` when the data is anything else. */
export function parseDynamicAuthentication(data: Uint8Array): DynamicAuthentication | undefined {
  const outer = tryParseTlvs(data);
  const template = outer?.length === 1 ? findTlv(outer, TEMPLATE) : undefined;
  const parts = template === undefined ? undefined : tryParseTlvs(template);
  if (parts === undefined) return undefined;
  const { witness, challenge, response, exponentiation } = DYNAMIC_AUTHENTICATION_TAGS;
  return {
    witness: findTlv(parts, witness),
    challenge: findTlv(parts, challenge),
    response: findTlv(parts, response),
    exponentiation: findTlv(parts, exponentiation),
  };
}

/** The answer's template with one part. */
export function dynamicAuthentication(
  part: keyof typeof DYNAMIC_AUTHENTICATION_TAGS,
  value: Uint8Array,
): Uint8Array {
  return encodeTlv(TEMPLATE, encodeTlv(DYNAMIC_AUTHENTICATION_TAGS[part], value));
}
