import { concatBytes, encodeTlv, fromHex } from "@lanyard/bytes";
import { describe, expect, test } from "vitest";
import {
  decodeCardCapabilityContainer,
  encodeCardCapabilityContainer,
} from "./card-capability-container.ts";
import { decodeCertificate, encodeCertificate } from "./certificate.ts";
import { decodeChuid, encodeChuid } from "./chuid.ts";
import { decodeDiscovery } from "./discovery.ts";
import { decodeFascN, encodeFascN } from "./fasc-n.ts";
import { decodeKeyHistory, encodeKeyHistory } from "./key-history.ts";
import { decodePrintedInformation, encodePrintedInformation } from "./printed-information.ts";
import { decodeSecurityObject } from "./security-object.ts";

const malformed = expect.objectContaining({ name: "CardError", code: "card/malformed_answer" });
const badArgument = expect.objectContaining({ name: "CardError", code: "card/bad_argument" });

describe("[PIV-1 §3.1.3] certificates", () => {
  test("a compressed certificate is refused, not unpacked", () => {
    expect(() => decodeCertificate(fromHex("7002aabb 710101 fe00"))).toThrowError(
      expect.objectContaining({ name: "CardError", code: "card/unsupported" }),
    );
  });

  test("an object that is there but empty holds no certificate", () => {
    expect(decodeCertificate(new Uint8Array(0))).toBeUndefined();
    expect(decodeCertificate(fromHex("7000 710100 fe00"))).toBeUndefined();
  });

  test("what is handed out is a copy", () => {
    const object = encodeCertificate(fromHex("aabb"));
    const der = decodeCertificate(object);
    object.fill(0);
    expect(der).toEqual(fromHex("aabb"));
  });
});

describe("what is not as it must be", () => {
  test.each<[string, () => unknown]>([
    ["a CHUID without a GUID", () => decodeChuid(fromHex("fe00"))],
    [
      "a CHUID that expires on 31 of month 13",
      () =>
        decodeChuid(
          concatBytes(
            encodeTlv(0x30, new Uint8Array(25)),
            encodeTlv(0x34, new Uint8Array(16)),
            encodeTlv(0x35, fromHex("3230333031333331")),
          ),
        ),
    ],
    ["a discovery object without its policy", () => decodeDiscovery(fromHex("4f00"))],
    ["a policy of three bytes", () => decodeDiscovery(fromHex("5f2f03401000"))],
    [
      "a capability container without versions",
      () => decodeCardCapabilityContainer(fromHex("f000")),
    ],
    ["a certificate object without a certificate", () => decodeCertificate(fromHex("fe00"))],
    ["printed information without a date", () => decodePrintedInformation(fromHex("010141"))],
    ["printed information that is not text", () => decodePrintedInformation(fromHex("0101ff"))],
    ["a security object without hashes", () => decodeSecurityObject(fromHex("ba00"))],
    ["21 retired keys", () => decodeKeyHistory(fromHex("c10115c20100"))],
    ["a FASC-N of 24 bytes", () => decodeFascN(new Uint8Array(24))],
    ["bytes cut short", () => decodeChuid(fromHex("3019"))],
  ])("%s is malformed", (_, decode) => {
    expect(decode).toThrowError(malformed);
  });

  const chuid = {
    fascN: new Uint8Array(25),
    guid: new Uint8Array(16),
    expiryDate: "2030-01-02",
    issuerSignature: new Uint8Array(0),
  };
  test.each<[string, () => unknown]>([
    ["a GUID of 15 bytes", () => encodeChuid({ ...chuid, guid: new Uint8Array(15) })],
    ["a date that is none", () => encodeChuid({ ...chuid, expiryDate: "2030-13-01" })],
    [
      "a FASC-N field with a digit too few",
      () =>
        encodeFascN({
          ...decodeFascN(fromHex("d0439458210c2c19a0846d83685a1082108ce73984108ca3fc")),
          agencyCode: "032",
        }),
    ],
    [
      "a card identifier of 20 bytes",
      () =>
        encodeCardCapabilityContainer({
          cardIdentifier: new Uint8Array(20),
          containerVersion: 0,
          grammarVersion: 0,
          applicationUrls: [],
          pkcs15: 0,
          dataModel: 0,
        }),
    ],
    [
      "a version of two bytes",
      () =>
        encodeCardCapabilityContainer({
          cardIdentifier: new Uint8Array(0),
          containerVersion: 256,
          grammarVersion: 0,
          applicationUrls: [],
          pkcs15: 0,
          dataModel: 0,
        }),
    ],
    [
      "a printed line too long",
      () =>
        encodePrintedInformation({
          name: "x".repeat(126),
          employeeAffiliation: "",
          expiryDate: "2030-01-01",
          cardSerial: "",
          issuer: "",
          organizationLine1: "",
          organizationLine2: "",
        }),
    ],
    [
      "21 retired keys",
      () => encodeKeyHistory({ withCertificateOnCard: 21, withCertificateElsewhere: 0 }),
    ],
  ])("%s is not written", (_, encode) => {
    expect(encode).toThrowError(badArgument);
  });
});
