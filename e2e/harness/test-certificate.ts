import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { encodeTlv, fromHex, utf8Bytes } from "@lanyard/bytes";

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const VERSION = 0xa0;
/** OBJECT IDENTIFIER 1.2.840.10045.4.3.2, ecdsa-with-SHA256, and 2.5.4.3, commonName [X690 §8.19]. */
const ECDSA_WITH_SHA256 = fromHex("06082a8648ce3d040302");
const COMMON_NAME = fromHex("0603550403");

/**
 * The least a client needs to show a key: an X.509 certificate [RFC5280 §4.1] by an issuer nobody knows, valid until
 * the end of 2031. DER.
 */
export function testCertificate(commonName: string, publicKey: KeyObject): Uint8Array {
  const issuer = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = encodeTlv(SEQUENCE, ECDSA_WITH_SHA256);
  const toBeSigned = encodeTlv(
    SEQUENCE,
    encodeTlv(VERSION, encodeTlv(INTEGER, fromHex("02"))),
    encodeTlv(INTEGER, fromHex("01")),
    algorithm,
    name("Lanyard test issuer"),
    encodeTlv(SEQUENCE, time("260101000000Z"), time("311231235959Z")),
    name(commonName),
    new Uint8Array(publicKey.export({ format: "der", type: "spki" })),
  );
  const signature = new Uint8Array(sign("sha256", toBeSigned, issuer.privateKey));
  return encodeTlv(
    SEQUENCE,
    toBeSigned,
    algorithm,
    encodeTlv(BIT_STRING, fromHex("00"), signature),
  );
}

function name(commonName: string): Uint8Array {
  const attribute = encodeTlv(SEQUENCE, COMMON_NAME, encodeTlv(UTF8_STRING, utf8Bytes(commonName)));
  return encodeTlv(SEQUENCE, encodeTlv(SET, attribute));
}

function time(text: string): Uint8Array {
  return encodeTlv(UTC_TIME, utf8Bytes(text));
}
