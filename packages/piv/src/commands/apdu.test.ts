import { fromHex, toHex } from "@lanyard/bytes";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CommandApdu, encodeCommand, parseCommand } from "./apdu.ts";

const header = { cla: 0x00, ins: 0xcb, p1: 0x3f, p2: 0xff };

function command(dataBytes: number, expectedBytes: number | undefined): CommandApdu {
  return { ...header, data: new Uint8Array(dataBytes).fill(0xaa), expectedBytes };
}

describe("[7816-4 §5.1] command APDUs", () => {
  test.each<[string, number, number | undefined, string]>([
    ["case 1", 0, undefined, "00cb3fff"],
    ["case 2 short", 0, 8, "00cb3fff 08"],
    ["case 2 short, all", 0, 256, "00cb3fff 00"],
    ["case 3 short", 2, undefined, "00cb3fff 02 aaaa"],
    ["case 4 short", 2, 256, "00cb3fff 02 aaaa 00"],
    ["case 2 extended", 0, 257, "00cb3fff 00 0101"],
    ["case 2 extended, all", 0, 65_536, "00cb3fff 00 0000"],
    ["case 4 extended, all", 2, 65_536, "00cb3fff 00 0002 aaaa 0000"],
  ])("%s", (_, dataBytes, expectedBytes, hex) => {
    const written = encodeCommand(command(dataBytes, expectedBytes));
    expect(toHex(written)).toBe(toHex(fromHex(hex)));
    expect(parseCommand(written)).toEqual(command(dataBytes, expectedBytes));
  });

  test("data over 255 bytes takes the extended form, and so does its expected length", () => {
    expect(toHex(encodeCommand(command(256, undefined))).slice(0, 14)).toBe("00cb3fff000100");
    expect(toHex(encodeCommand(command(256, 256))).slice(-4)).toBe("0100");
  });

  test("comes back as it went", () => {
    const any = fc.record({
      cla: fc.nat(255),
      ins: fc.nat(255),
      p1: fc.nat(255),
      p2: fc.nat(255),
      data: fc.uint8Array({ maxLength: 300 }),
      expectedBytes: fc.option(fc.integer({ min: 1, max: 65_536 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(any, (given) => {
        expect(parseCommand(encodeCommand(given))).toEqual(given);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    "",
    "00cb3f",
    "00cb3fff02aa",
    "00cb3fff02aaaa0000",
    "00cb3fff000000aa",
    "00cb3fff0000",
    "00cb3fff000002aa",
  ])("refuses %j", (hex) => {
    expect(() => parseCommand(fromHex(hex))).toThrowError(
      expect.objectContaining({ code: "card/bad_argument" }),
    );
  });

  test("more than an APDU holds is refused, never cut", () => {
    expect(() => encodeCommand(command(65_536, undefined))).toThrowError(
      expect.objectContaining({ code: "card/bad_argument" }),
    );
  });
});
