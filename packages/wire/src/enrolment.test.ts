import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  deskFingerprint,
  ENROLMENT_CODE,
  formatEnrolmentCode,
  makeEnrolmentCode,
  parseEnrolmentCode,
} from "./enrolment.ts";

describe("one-time codes for desks", () => {
  test("ten secret symbols of 32: 50 bits, and none of them is I, L, O or U", () => {
    const seen = new Set<string>();
    for (let byte = 0; byte < 256; byte += 1)
      for (const symbol of makeEnrolmentCode(new Uint8Array(12).fill(byte)).symbols)
        seen.add(symbol);
    expect([...seen].sort().join("")).toBe("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    const secret = ENROLMENT_CODE.randomBytes - ENROLMENT_CODE.handleLength;
    expect(Math.log2(seen.size) * secret).toBe(50);
  });

  test("every symbol depends on its own random byte", () => {
    for (let index = 0; index < 12; index += 1) {
      const random = new Uint8Array(12);
      random[index] = 31;
      const expected = "0".repeat(12).split("");
      expected[index] = "Z";
      expect(makeEnrolmentCode(random).symbols).toBe(expected.join(""));
    }
  });

  test("what is read aloud and typed comes back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 12, maxLength: 12 }), (random) => {
        const code = makeEnrolmentCode(random);
        const text = formatEnrolmentCode(code);
        expect(text).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
        for (const typed of [text, text.toLowerCase(), text.replaceAll("-", " "), code.symbols])
          expect(parseEnrolmentCode(typed)).toEqual(code);
      }),
    );
  });

  test("O is read as 0, I and L as 1", () => {
    expect(parseEnrolmentCode("oOiI-lL00-1111")?.symbols).toBe("001111001111");
  });

  test.each(["", "K7TQ-9MBX-2HR", "K7TQ-9MBX-2HRDD", "K7TQ-9MBX-2HRU", "K7TQ_9MBX_2HRD"])(
    "no code: %j",
    (text) => expect(parseEnrolmentCode(text)).toBeUndefined(),
  );

  test("a fingerprint is 128 bits of the key's hash, in groups to be compared", () => {
    const keyHash = "00112233445566778899aabbccddeeff".padEnd(64, "7");
    expect(deskFingerprint(keyHash)).toBe("0011 2233 4455 6677 8899 aabb ccdd eeff");
  });
});
