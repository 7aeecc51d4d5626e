import { fromHex } from "@lanyard/bytes";
import { encodeCommand } from "@lanyard/piv";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCommandApdu } from "./command-apdu.ts";

// biome-ignore format: the columns are the documentation
const FORMS = [
  ["1",  "00200080",                   "",     undefined, false],
  ["2S", "00c0000010",                 "",     16,        false],
  ["2S", "00c0000000",                 "",     256,       false],
  ["3S", "00cb3fff035c017e",           "5c017e", undefined, false],
  ["4S", "00cb3fff035c017e08",         "5c017e", 8,         false],
  ["4S", "00cb3fff035c017e00",         "5c017e", 256,       false],
  ["2E", "00c00000000100",             "",     256,       true],
  ["2E", "00c00000000000",             "",     65_536,    true],
  ["3E", "00cb3fff0000035c017e",       "5c017e", undefined, true],
  ["4E", "00cb3fff0000035c017e0000",   "5c017e", 65_536,    true],
  ["4E", "00cb3fff0000035c017e0102",   "5c017e", 258,       true],
] as const;

test.each(FORMS)("[7816-4 §5.1] case %s: %s", (_case, hex, data, expectedBytes, isExtended) => {
  expect(parseCommandApdu(fromHex(hex))).toMatchObject({
    data: fromHex(data),
    expectedBytes,
    isExtended,
  });
});

test.each([
  "",
  "00",
  "002000",
  "00cb3fff045c017e",
  "00cb3fff035c017e0000",
  "00cb3fff0000",
  "00cb3fff00000000",
  "00cb3fff0000045c017e",
  "00cb3fff0000035c017e00",
  "00cb3fff0000035c017e000000",
])("[7816-4 §5.1] %j is no command", (hex) => {
  expect(parseCommandApdu(fromHex(hex))).toBeUndefined();
});

test("[7816-4 §5.1] reads what a PIV client writes, short and extended", () => {
  const byte = fc.nat(255);
  const command = fc.record({
    cla: byte,
    ins: byte,
    p1: byte,
    p2: byte,
    data: fc.uint8Array({ maxLength: 600 }),
    expectedBytes: fc.option(fc.integer({ min: 1, max: 65_536 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(command, (sent) => {
      expect(parseCommandApdu(encodeCommand(sent))).toMatchObject(sent);
    }),
  );
});
