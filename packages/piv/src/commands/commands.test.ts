import { fromHex, Secret, toHex } from "@lanyard/bytes";
import { describe, expect, test } from "vitest";
import type { CommandApdu } from "./apdu.ts";
import { encodeCommand } from "./apdu.ts";
import { getDataCommand, parseGetData, putDataCommand } from "./data.ts";
import {
  challengeCommand,
  challengeResponseCommand,
  keyAgreementCommand,
  parseAgreedSecret,
  parseAuthenticationBlock,
  parseSignature,
  signCommand,
  witnessCommand,
  witnessResponseCommand,
} from "./general-authenticate.ts";
import { encodePublicKey, generateKeyCommand, parseGeneratedKey } from "./generate-key.ts";
import {
  changePasscodeCommand,
  changePukCommand,
  resetRetryCounterCommand,
  resetVerificationCommand,
  verifyCommand,
  verifyStatusCommand,
} from "./reference-data.ts";
import { parseApplicationProperties, selectCommand } from "./select.ts";

const secret = (text: string): Secret =>
  new Secret(new Uint8Array([...text].map((c) => c.charCodeAt(0))));
const written = (command: CommandApdu): string => toHex(encodeCommand(command));
const hex = (text: string): string => toHex(fromHex(text));
const badArgument = expect.objectContaining({ name: "CardError", code: "card/bad_argument" });
const malformed = expect.objectContaining({ name: "CardError", code: "card/malformed_answer" });
const point = `04${"11".repeat(64)}`;

describe("what is sent, byte for byte", () => {
  test.each<[string, CommandApdu, string]>([
    ["[PIV-2 §3.1.1] SELECT", selectCommand(), "00a40400 09 a00000030800001000 00"],
    ["[PIV-2 §3.1.2] GET DATA", getDataCommand(0x5fc102), "00cb3fff 05 5c035fc102 00"],
    ["[PIV-2 §3.1.2] GET DATA, discovery", getDataCommand(0x7e), "00cb3fff 03 5c017e 00"],
    [
      "[PIV-2 §3.1.2] GET DATA, biometric templates",
      getDataCommand(0x7f61),
      "00cb3fff 04 5c027f61 00",
    ],
    [
      "[PIV-2 §3.3.1] PUT DATA",
      putDataCommand(0x5fc102, fromHex("3000")),
      "00db3fff 09 5c035fc102 53023000",
    ],
    [
      "[PIV-2 §3.3.1] PUT DATA, discovery",
      putDataCommand(0x7e, fromHex("4f00")),
      "00db3fff 04 7e024f00",
    ],
    ["[PIV-2 §3.2.1] VERIFY, status", verifyStatusCommand(), "00200080"],
    ["[PIV-2 §3.2.1] VERIFY, reset status", resetVerificationCommand(), "0020ff80"],
    ["[PIV-2 §3.2.1] VERIFY", verifyCommand(secret("123456")), "00200080 08 313233343536ffff"],
    ["[PIV-2 §3.2.1] VERIFY, one byte", verifyCommand(secret("1")), "00200080 08 31ffffffffffffff"],
    [
      "[PIV-2 §3.2.2] CHANGE, passcode",
      changePasscodeCommand(secret("1234"), secret("87654321")),
      "00240080 10 31323334ffffffff 3837363534333231",
    ],
    [
      "[PIV-2 §3.2.2] CHANGE, PUK",
      changePukCommand(secret("ABCDEFGH"), secret("ZYXWVUTS")),
      "00240081 10 4142434445464748 5a59585756555453",
    ],
    [
      "[PIV-2 §3.2.3] RESET RETRY COUNTER",
      resetRetryCounterCommand(secret("ABCDEFGH"), secret("123456")),
      "002c0080 10 4142434445464748 313233343536ffff",
    ],
    [
      "[PIV-2 §3.2.4] sign, P-256",
      signCommand("9a", "p256", new Uint8Array(32)),
      `0087119a 26 7c248200 8120${"00".repeat(32)} 00`,
    ],
    [
      "[PIV-2 §3.2.4] sign, P-384",
      signCommand("9c", "p384", new Uint8Array(48)),
      `0087149c 36 7c348200 8130${"00".repeat(48)} 00`,
    ],
    [
      "[PIV-2 §3.2.4] sign, RSA-2048",
      signCommand("9e", "rsa2048", new Uint8Array(256)),
      `0087079e 00010a 7c820106 8200 81820100${"00".repeat(256)} 0100`,
    ],
    [
      "[PIV-2 A.5] agree",
      keyAgreementCommand("9d", "p256", fromHex(point)),
      `0087119d 47 7c458200 8541${point} 00`,
    ],
    ["[PIV-2 A.1] ask for a challenge", challengeCommand("3des"), "0087039b 04 7c028100 00"],
    [
      "[PIV-2 A.1] answer it",
      challengeResponseCommand("3des", new Uint8Array(8)),
      "0087039b 0c 7c0a82080000000000000000",
    ],
    ["[PIV-2 A.2] ask for a witness", witnessCommand("aes192"), "00870a9b 04 7c028000 00"],
    [
      "[PIV-2 A.2] give it back",
      witnessResponseCommand("3des", new Uint8Array(8), fromHex("0101010101010101")),
      "0087039b 18 7c168008 0000000000000000 8108 0101010101010101 8200 00",
    ],
    ["[PIV-2 §3.3.2] GENERATE", generateKeyCommand("9a", "p256"), "0047009a 05 ac03800111 00"],
  ])("%s", (_, command, expected) => {
    expect(written(command)).toBe(hex(expected));
  });
});

describe("[PIV-2 §2.4.3] what cannot be sent is refused before anything is", () => {
  test.each<[string, () => unknown]>([
    ["an empty passcode", () => verifyCommand(secret(""))],
    ["a passcode of nine bytes", () => verifyCommand(secret("123456789"))],
    ["a passcode with the padding byte in it", () => verifyCommand(secret("1234\xff"))],
    [
      "a new passcode of nine bytes",
      () => changePasscodeCommand(secret("1234"), secret("123456789")),
    ],
    ["a PUK of seven bytes", () => resetRetryCounterCommand(secret("ABCDEFG"), secret("1234"))],
    ["a PUK of nine bytes", () => changePukCommand(secret("ABCDEFGH"), secret("ABCDEFGHI"))],
    ["a digest of another size", () => signCommand("9a", "p256", new Uint8Array(48))],
    ["an RSA block not padded", () => signCommand("9a", "rsa2048", new Uint8Array(32))],
    ["a compressed point", () => keyAgreementCommand("9d", "p256", new Uint8Array(33).fill(2))],
  ])("%s", (_, build) => {
    expect(build).toThrowError(badArgument);
  });

  test("the refusal does not repeat the passcode", () => {
    expect(() => verifyCommand(secret("918273645"))).toThrowError(
      expect.not.objectContaining({ message: expect.stringContaining("9182") }),
    );
  });
});

describe("[PIV-2 §3.1.1] the application property template", () => {
  test("as cards send it: the identifier after its first five bytes", () => {
    const answer = fromHex("61 11 4f06 000010000100 79074f05a000000308");
    expect(parseApplicationProperties(answer)).toEqual({
      applicationId: fromHex("000010000100"),
      label: undefined,
      url: undefined,
      algorithmIds: [],
    });
  });

  test("the whole identifier, a label and algorithms", () => {
    const answer = fromHex(
      "61 21 4f0b a000000308000010000100 50 03 504956 5f50 01 78 ac 09 800107 800111 060100",
    );
    expect(parseApplicationProperties(answer)).toMatchObject({
      label: "PIV",
      url: "x",
      algorithmIds: [0x07, 0x11],
    });
  });

  test.each(["", "6100", "6f00", "61 02 4f05", "6104 4f02 0000 00"])("refuses %j", (answer) => {
    expect(() => parseApplicationProperties(fromHex(answer))).toThrowError(
      expect.objectContaining({ name: "CardError" }),
    );
  });

  test("another application's identifier is not PIV", () => {
    expect(() => parseApplicationProperties(fromHex("61 09 4f07 a0000005272001"))).toThrowError(
      expect.objectContaining({ code: "card/not_piv" }),
    );
  });
});

describe("what is read", () => {
  test("[PIV-2 §3.1.2] an object's value out of its wrapper", () => {
    expect(parseGetData(0x5fc102, fromHex("5302aabb"))).toEqual(fromHex("aabb"));
    expect(parseGetData(0x7e, fromHex("7e02aabb"))).toEqual(fromHex("aabb"));
  });

  test.each([
    ["the wrong wrapper", 0x5fc102, "7e02aabb"],
    ["something after it", 0x5fc102, "5302aabb00"],
    ["cut short", 0x5fc102, "5303aabb"],
    ["nothing", 0x5fc102, ""],
  ])("%s is malformed", (_, tag, answer) => {
    expect(() => parseGetData(tag, fromHex(answer))).toThrowError(malformed);
  });

  test("[PIV-2 §3.2.4] signatures", () => {
    expect(toHex(parseSignature("p256", fromHex("7c0a 8208 3006020101020102")))).toBe(
      "3006020101020102",
    );
    const rsa = fromHex(`7c820104 82820100${"5a".repeat(256)}`);
    expect(parseSignature("rsa2048", rsa)).toEqual(new Uint8Array(256).fill(0x5a));
  });

  test.each<[string, () => unknown]>([
    ["an EC signature that is not DER", () => parseSignature("p256", fromHex("7c0482020101"))],
    [
      "an EC signature with a negative integer",
      () => parseSignature("p256", fromHex("7c0a82083006020180020102")),
    ],
    [
      "an RSA signature of another length",
      () => parseSignature("rsa2048", fromHex("7c0482020101")),
    ],
    ["a template without the field", () => parseSignature("p256", fromHex("7c0481020101"))],
    ["an agreed secret of another curve", () => parseAgreedSecret("p256", fromHex("7c0482020101"))],
    [
      "a witness of another block size",
      () => parseAuthenticationBlock("witness", fromHex("7c0480020101"), 16),
    ],
  ])("%s is malformed", (_, parse) => {
    expect(parse).toThrowError(malformed);
  });

  test("[PIV-2 §3.3.2] public keys come back as they went", () => {
    const ec = { algorithm: "p256", point: fromHex(point) } as const;
    const rsa = {
      algorithm: "rsa2048",
      modulus: new Uint8Array(256).fill(0x81),
      exponent: fromHex("010001"),
    } as const;
    expect(parseGeneratedKey("p256", encodePublicKey(ec))).toEqual(ec);
    expect(parseGeneratedKey("rsa2048", encodePublicKey(rsa))).toEqual(rsa);
    expect(toHex(encodePublicKey(ec))).toBe(`7f49438641${point}`);
  });

  test.each<[string, () => unknown]>([
    ["another curve's key", () => parseGeneratedKey("p384", fromHex(`7f49438641${point}`))],
    [
      "a compressed point",
      () => parseGeneratedKey("p256", fromHex(`7f4923862102${"11".repeat(32)}`)),
    ],
    [
      "an RSA key without an exponent",
      () => parseGeneratedKey("rsa2048", fromHex(`7f49820104 81820100${"81".repeat(256)}`)),
    ],
    [
      "a modulus a bit too short",
      () =>
        parseGeneratedKey("rsa2048", fromHex(`7f49820107 81820100 01${"81".repeat(255)} 820103`)),
    ],
    ["no template", () => parseGeneratedKey("p256", fromHex(`8641${point}`))],
  ])("%s is malformed", (_, parse) => {
    expect(parse).toThrowError(malformed);
  });
});
