export { fromBase64, fromBase64Url, toBase64, toBase64Url } from "./base64.ts";
export type { Branded } from "./branded.ts";
export { bytesEqual, concatBytes, uint16be, uint32be } from "./bytes.ts";
export { BytesError, type BytesErrorCode } from "./errors.ts";
export { frame } from "./framing.ts";
export { fromHex, toHex } from "./hex.ts";
export { Secret } from "./secret.ts";
export { asciiBytes, asciiText, utf8Bytes, utf8Text } from "./text.ts";
export { encodeTlv, findTlv, parseTlvs, type Tlv } from "./tlv.ts";
