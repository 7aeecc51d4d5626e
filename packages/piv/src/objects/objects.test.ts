import { concatBytes, encodeTlv, fromHex, toHex } from "@lanyard/bytes";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeCardCapabilityContainer,
  encodeCardCapabilityContainer,
} from "./card-capability-container.ts";
import { decodeCertificate, encodeCertificate } from "./certificate.ts";
import { decodeChuid, encodeChuid } from "./chuid.ts";
import { decodeDiscovery, encodeDiscovery } from "./discovery.ts";
import { decodeFascN, encodeFascN } from "./fasc-n.ts";
import { decodeKeyHistory, encodeKeyHistory } from "./key-history.ts";
import { decodePrintedInformation, encodePrintedInformation } from "./printed-information.ts";
import { decodeSecurityObject, encodeSecurityObject } from "./security-object.ts";

const malformed = expect.objectContaining({ name: "CardError", code: "card/malformed_answer" });

const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const blob = fc.uint8Array({ maxLength: 300 });
const date = fc
  .tuple(
    fc.integer({ min: 0, max: 9999 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 31 }),
  )
  .map(([year, month, day]) =>
    [
      String(year).padStart(4, "0"),
      String(month).padStart(2, "0"),
      String(day).padStart(2, "0"),
    ].join("-"),
  );
const digits = (count: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: count, maxLength: count });
const shortText = fc.string({ maxLength: 15, unit: "binary-ascii" });
/** An optional field is there, or its key is not. */
const optional = { requiredKeys: ["fascN", "guid", "expiryDate", "issuerSignature"] } as const;

describe("what is stored comes back as it went", () => {
  test("[PIV-1 §3.1.2] CHUID", () => {
    const chuids = fc.record(
      {
        fascN: bytesOf(25),
        organizationalIdentifier: bytesOf(4),
        duns: bytesOf(9),
        guid: bytesOf(16),
        expiryDate: date,
        cardholderUuid: bytesOf(16),
        issuerSignature: blob,
      },
      { requiredKeys: [...optional.requiredKeys] },
    );
    fc.assert(
      fc.property(chuids, (chuid) => {
        expect(decodeChuid(encodeChuid(chuid))).toEqual(chuid);
      }),
    );
  });

  test("[PIV-1 §3.1.1] card capability container", () => {
    const containers = fc.record({
      cardIdentifier: fc.oneof(bytesOf(21), bytesOf(0)),
      containerVersion: fc.nat(255),
      grammarVersion: fc.nat(255),
      applicationUrls: fc.array(fc.uint8Array({ minLength: 1, maxLength: 48 }), { maxLength: 3 }),
      pkcs15: fc.nat(255),
      dataModel: fc.nat(255),
    });
    fc.assert(
      fc.property(containers, (container) => {
        expect(decodeCardCapabilityContainer(encodeCardCapabilityContainer(container))).toEqual(
          container,
        );
      }),
    );
  });

  test("[PIV-1 §3.3.2] discovery object", () => {
    const discoveries = fc.record({
      passcode: fc.boolean(),
      globalPin: fc.boolean(),
      onCardComparison: fc.boolean(),
      virtualContactInterface: fc.boolean(),
      pairingCodeRequired: fc.boolean(),
      prefersGlobalPin: fc.boolean(),
    });
    fc.assert(
      fc.property(discoveries, (discovery) => {
        expect(decodeDiscovery(encodeDiscovery(discovery))).toEqual(discovery);
      }),
    );
  });

  test("[PIV-1 §3.1.3] certificate object", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 2000 }), (der) => {
        expect(decodeCertificate(encodeCertificate(der))).toEqual(der);
      }),
    );
  });

  test("[PIV-1 §3.1.6] printed information, names of any alphabet included", () => {
    const printed = fc.record({
      name: fc
        .string({ unit: "grapheme", maxLength: 10 })
        .filter((name) => new TextEncoder().encode(name).length <= 125),
      employeeAffiliation: shortText,
      expiryDate: date,
      cardSerial: shortText,
      issuer: shortText,
      organizationLine1: shortText,
      organizationLine2: shortText,
    });
    fc.assert(
      fc.property(printed, (information) => {
        expect(decodePrintedInformation(encodePrintedInformation(information))).toEqual(
          information,
        );
      }),
    );
  });

  test("[PIV-1 §3.1.7] security object", () => {
    fc.assert(
      fc.property(fc.record({ mapping: blob, signedHashes: blob }), (object) => {
        expect(decodeSecurityObject(encodeSecurityObject(object))).toEqual(object);
      }),
    );
  });

  test("[PIV-1 §3.3.3] key history object", () => {
    const histories = fc.record(
      {
        withCertificateOnCard: fc.nat(20),
        withCertificateElsewhere: fc.nat(20),
        elsewhereUrl: fc.string({ minLength: 1, maxLength: 40, unit: "binary-ascii" }),
      },
      { requiredKeys: ["withCertificateOnCard", "withCertificateElsewhere"] },
    );
    fc.assert(
      fc.property(histories, (history) => {
        expect(decodeKeyHistory(encodeKeyHistory(history))).toEqual(history);
      }),
    );
  });

  test("[PIV-1 §3.1.2] FASC-N", () => {
    const numbers = fc.record({
      agencyCode: digits(4),
      systemCode: digits(4),
      credentialNumber: digits(6),
      credentialSeries: digits(1),
      individualCredentialIssue: digits(1),
      personIdentifier: digits(10),
      organizationalCategory: digits(1),
      organizationalIdentifier: digits(4),
      personAssociation: digits(1),
    });
    fc.assert(
      fc.property(numbers, (fascN) => {
        expect(decodeFascN(encodeFascN(fascN))).toEqual(fascN);
      }),
    );
  });
});

describe("bytes of the standard", () => {
  test("[PIV-1 §3.1.2] a FASC-N as packed by others", () => {
    const packed = "d0439458210c2c19a0846d83685a1082108ce73984108ca3fc";
    const fascN = decodeFascN(fromHex(packed));
    expect(fascN).toEqual({
      agencyCode: "0032",
      systemCode: "0001",
      credentialNumber: "092446",
      credentialSeries: "0",
      individualCredentialIssue: "1",
      personIdentifier: "1112223333",
      organizationalCategory: "1",
      organizationalIdentifier: "1223",
      personAssociation: "2",
    });
    expect(toHex(encodeFascN(fascN))).toBe(packed);
  });

  test("a FASC-N with any one bit turned is malformed", () => {
    const packed = fromHex("d0439458210c2c19a0846d83685a1082108ce73984108ca3fc");
    for (let bit = 0; bit < 200; bit += 1) {
      const turned = packed.slice();
      turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => decodeFascN(turned)).toThrowError(malformed);
    }
  });

  test("[PIV-1 §3.3.2] a discovery object: passcode only", () => {
    const value = fromHex("4f0ba000000308000010000100 5f2f024000");
    expect(decodeDiscovery(value)).toEqual({
      passcode: true,
      globalPin: false,
      onCardComparison: false,
      virtualContactInterface: false,
      pairingCodeRequired: true,
      prefersGlobalPin: false,
    });
  });

  test("[PIV-1 §3.1.6] the printed date is year, month name, day", () => {
    const encoded = encodePrintedInformation({
      name: "",
      employeeAffiliation: "",
      expiryDate: "2030-12-31",
      cardSerial: "",
      issuer: "",
      organizationLine1: "",
      organizationLine2: "",
    });
    expect(toHex(encoded)).toContain("04093230333044454333 31".replace(" ", ""));
  });

  test("fields nobody knows, and the old buffer length, are passed over", () => {
    const chuid = {
      fascN: new Uint8Array(25),
      guid: new Uint8Array(16),
      expiryDate: "2030-01-02",
      issuerSignature: new Uint8Array(0),
    };
    const more = concatBytes(
      fromHex("ee02 0000"),
      encodeTlv(0x3d, new Uint8Array(4)),
      encodeChuid(chuid),
    );
    expect(decodeChuid(more)).toEqual(chuid);
  });
});
