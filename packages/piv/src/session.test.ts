import { encodeTlv, fromHex, toHex } from "@lanyard/bytes";
import { cardFromTranscript, type TranscriptCard } from "@lanyard/testkit";
import { describe, expect, test } from "vitest";
import { encodeCardCapabilityContainer } from "./objects/card-capability-container.ts";
import { encodeCertificate } from "./objects/certificate.ts";
import { encodePrintedInformation } from "./objects/printed-information.ts";
import { openPivSession, type PivSession } from "./session.ts";

const SELECT = `
  > 00A40400 09 A00000030800001000 00
  < 6111 4F06000010000100 79074F05A000000308 9000`;

/** A session on short APDUs with this transcript after SELECT. */
async function sessionWith(transcript: string): Promise<[PivSession, TranscriptCard]> {
  const card = cardFromTranscript(SELECT + transcript);
  return [await openPivSession(card, { extendedLength: false }), card];
}

describe("openPivSession", () => {
  test("[PIV-2 §3.1.1] selects the application, and reads the discovery object in extended form", async () => {
    const card = cardFromTranscript(`${SELECT}
      > 00CB3FFF 00 0003 5C017E 0000
      < 7E12 4F0BA000000308000010000100 5F2F024000 9000
      > 00CB3FFF 00 0005 5C035FC102 0000         so does all that follows
      < 6A82
    `);
    const session = await openPivSession(card);
    expect(session.extendedLength).toBe(true);
    expect(await session.readChuid()).toBeUndefined();
    card.expectDone();
  });

  test.each(["6700", "6D00", "6F00", "6E00", "transport"])(
    "[7816-4 §5.1] %s to the extended form: short APDUs from then on",
    async (answer) => {
      const card = cardFromTranscript(`${SELECT}
        > 00CB3FFF 00 0003 5C017E 0000
        < ${answer}
        > 00CB3FFF 05 5C035FC102 00
        < 6A82
      `);
      const session = await openPivSession(card);
      expect(session.extendedLength).toBe(false);
      await session.readChuid();
      card.expectDone();
    },
  );

  test("a card taken out while it is asked is an error, not a guess", async () => {
    const card = cardFromTranscript(`${SELECT}
      > 00CB3FFF 00 0003 5C017E 0000
      < removed
    `);
    await expect(openPivSession(card)).rejects.toMatchObject({ code: "card/removed" });
  });

  test.each(["6A82", "6D00", "6999"])("%s to SELECT: not a PIV card", async (answer) => {
    const card = cardFromTranscript(`
      > 00A40400 09 A00000030800001000 00
      < ${answer}
    `);
    await expect(openPivSession(card)).rejects.toMatchObject({
      name: "CardError",
      code: "card/not_piv",
      statusWord: Number.parseInt(answer, 16),
    });
  });
});

describe("[PIV-2 §3.2.4] GENERAL AUTHENTICATE", () => {
  test("signs a digest", async () => {
    const [session, card] = await sessionWith(`
      > 0087119E 26 7C248200 8120 ${"11".repeat(32)} 00
      < 7C0A 8208 3006020101020102 9000
    `);
    const signature = await session.sign("9e", "p256", new Uint8Array(32).fill(0x11));
    expect(signature).toEqual(fromHex("3006020101020102"));
    card.expectDone();
  });

  test.each([
    ["6982", "card/security_status"],
    ["6A80", "card/unexpected_status"],
    ["7C00 9000", "card/malformed_answer"],
  ])("%s is thrown as %s, and the passcode is not asked for again", async (answer, code) => {
    const [session, card] = await sessionWith(`
      > 0087119A 26 7C248200 8120 ${"11".repeat(32)} 00
      < ${answer}
    `);
    await expect(session.sign("9a", "p256", new Uint8Array(32).fill(0x11))).rejects.toMatchObject({
      code,
    });
    card.expectDone();
  });

  test("agrees on a secret", async () => {
    const point = `04${"22".repeat(64)}`;
    const [session, card] = await sessionWith(`
      > 0087119D 47 7C458200 8541 ${point} 00
      < 7C22 8220 ${"33".repeat(32)} 9000
    `);
    expect(await session.agree("9d", "p256", fromHex(point))).toEqual(
      new Uint8Array(32).fill(0x33),
    );
    card.expectDone();
  });
});

describe("keys and objects", () => {
  test("[PIV-2 §3.3.2] a key pair is generated on the card", async () => {
    const point = `04${"22".repeat(64)}`;
    const [session, card] = await sessionWith(`
      > 0047009A 05 AC03800111 00
      < 7F4943 8641 ${point} 9000
      > 0047009A 05 AC03800111 00
      < 6982
    `);
    expect(await session.generateKey("9a", "p256")).toEqual({
      algorithm: "p256",
      point: fromHex(point),
    });
    await expect(session.generateKey("9a", "p256")).rejects.toMatchObject({
      code: "card/security_status",
    });
    card.expectDone();
  });

  test("[PIV-2 §3.1.2] a certificate, in two pieces, and a slot without one", async () => {
    const [session, card] = await sessionWith(`
      > 00CB3FFF 05 5C035FC105 00
      < 5309 7002AABB 6105
      > 00C00000 05
      < 710100 FE00 9000
      > 00CB3FFF 05 5C035FC101 00
      < 6A82
    `);
    expect(await session.readCertificate("9a")).toEqual(fromHex("aabb"));
    expect(await session.readCertificate("9e")).toBeUndefined();
    card.expectDone();
  });

  test("[PIV-2 §3.3.1] a certificate is written as its object", async () => {
    expect(encodeCertificate(fromHex("aabb"))).toEqual(fromHex("7002aabb710100fe00"));
    const [session, card] = await sessionWith(`
      > 00DB3FFF 10 5C035FC101 5309 7002AABB710100FE00
      < 9000
      > 00DB3FFF 10 5C035FC101 5309 7002AABB710100FE00
      < 6982
    `);
    await session.writeCertificate("9e", fromHex("aabb"));
    await expect(session.writeCertificate("9e", fromHex("aabb"))).rejects.toMatchObject({
      code: "card/security_status",
    });
    card.expectDone();
  });

  test("[PIV-1 Table 2] printed information before the passcode is refused by the card", async () => {
    const [session, card] = await sessionWith(`
      > 00CB3FFF 05 5C035FC109 00
      < 6982
    `);
    await expect(session.readPrintedInformation()).rejects.toMatchObject({
      code: "card/security_status",
    });
    card.expectDone();
  });

  test("[PIV-1 §3] each reader asks for its own object, and decodes it", async () => {
    const printed = {
      name: "Sample Person",
      employeeAffiliation: "",
      expiryDate: "2030-12-31",
      cardSerial: "1",
      issuer: "",
      organizationLine1: "",
      organizationLine2: "",
    };
    const capabilities = {
      cardIdentifier: new Uint8Array(21),
      containerVersion: 0x21,
      grammarVersion: 0x21,
      applicationUrls: [],
      pkcs15: 0,
      dataModel: 0x10,
    };
    const [session, card] = await sessionWith(`
      > 00CB3FFF 05 5C035FC107 00
      < ${toHex(encodeTlv(0x53, encodeCardCapabilityContainer(capabilities)))} 9000
      > 00CB3FFF 03 5C017E 00
      < 7E12 4F0BA000000308000010000100 5F2F026020 9000
      > 00CB3FFF 05 5C035FC109 00
      < ${toHex(encodeTlv(0x53, encodePrintedInformation(printed)))} 9000
    `);
    expect(await session.readCardCapabilityContainer()).toEqual(capabilities);
    expect(await session.readDiscovery()).toMatchObject({
      globalPin: true,
      prefersGlobalPin: true,
    });
    expect(await session.readPrintedInformation()).toEqual(printed);
    card.expectDone();
  });

  test("an error says the command and the word's name, never the data", async () => {
    const [session] = await sessionWith(`
      > 00CB3FFF 05 5C035FC102 00
      < 53820100 AABB 6F00
    `);
    const error: unknown = await session.readChuid().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: "GET DATA was answered no precise diagnosis." });
  });

  test("calls made at the same time wait for each other", async () => {
    const [session, card] = await sessionWith(`
      > 00CB3FFF 05 5C035FC102 00
      < 6102
      > 00C00000 02
      < 5300 9000
      > 0020 0080
      < 63C3
    `);
    const [chuid, status] = await Promise.all([session.readChuid(), session.verifyStatus()]);
    expect(chuid).toBeUndefined();
    expect(status).toEqual({ state: "tries_left", tries: 3 });
    card.expectDone();
  });
});
