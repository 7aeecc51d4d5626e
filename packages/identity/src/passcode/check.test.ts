import { utf8Bytes } from "@lanyard/bytes";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkPasscode, passcodeChecker } from "./check.ts";
import type { HolderTokens } from "./holder.ts";
import { type PasscodePolicy, SITE_POLICIES } from "./policy.ts";
import { PASSCODE_REFUSALS, type PasscodeRefusal } from "./verdict.ts";

/** An invented person, as is everybody in this project. */
const MARIA: HolderTokens = {
  names: ["Maria", "Okafor", "mokafor"],
  dob: "1984-03-17",
  numbers: ["555083916274", "07700 900142", "98261750"],
  codes: ["RX1"],
};
const NOBODY: HolderTokens = { names: [], dob: undefined, numbers: [], codes: [] };

type Expected = PasscodeRefusal | "OK";

// biome-ignore format: one reason a row
const CARE_4_8 = {
  TOO_SHORT: ["", "1", "abc", "é7", "１２"],
  TOO_LONG:  ["482913650", "qwertyuiop", "maria1984", "         "],
  BAD_CHAR:  ["k7m!", "８３０５", "12 34", " 7294", "7294 ", "k7m\t", "café", "7294\0", "ｋ7m4", "٧٢٩٤", "k-7m", "🔑🔑🔑🔑"],
  REPEAT:    ["9999", "111111", "aaaa", "aAaA", "1212", "abab", "123123", "abcabc", "12121", "100010", "110011", "a1a1a1", "2552255", "k7k7", "x9zx9z", "12341234"],
  SEQUENCE:  ["1234", "4321", "7890", "8901", "0987", "2109", "1357", "2468", "9753", "8642", "abcd", "dcba", "wxyz", "aceg", "ABC123", "123abc", "cba321", "1122", "112233", "aabb", "11223", "665544", "1221", "12321", "123321", "abccba", "7447", "12345a", "a12345", "abc1", "1abc", "71234", "1290", "9012", "1298", "ab12", "7700", "456789", "654987", "192837", "101112", "1a2b3c"],
  KEYBOARD:  ["qwerty", "poiuy", "asdf", "asdf1", "1asdf", "zxcvbn", "qwe123", "asd12", "qwepoi", "1qaz", "zaq1", "1qaz2wsx", "qazwsx", "1q2w3e4r", "q1w2e3", "1q2w", "qawsed", "12qw", "qweasd", "2580", "0852", "8520", "0258", "7410", "1470", "1478", "3698", "1236987", "147896", "159753", "147258", "25801", "2580a", "a147"],
  PERSONAL:  ["maria", "Maria1", "maria84", "84maria", "1maria2", "m4ria", "okafor", "0kafor7", "mokafor", "mokaf9", "mari2", "RX19", "rx12024", "mariarx1", "nhsmaria", "1984", "1703", "0317", "0384", "8403", "1784", "170384", "031784", "840317", "841703", "17031984", "19840317", "03171984", "17384", "171984", "a1703", "1984mo", "1703842", "17mar84", "march84", "6274", "0839", "916274", "83916274", "a6274", "9162741", "0142", "900142", "98261750", "9826", "1750", "770090"],
  DATE:      ["1930", "1966", "1987", "1991", "1999", "2000", "2012", "2024", "2015", "2026", "2039", "31121999", "12311999", "19991231", "19993112", "29022000"],
  CONTEXT:   ["nurse", "nhs1", "1nhs", "nhs2025", "NHS47", "nurse22", "22nurse", "nur5e", "ward9", "care2030", "smart7", "hospital", "letmein1", "welcome7", "login83", "mynhs", "nhscare", "doctor0"],
  COMMON:    ["password", "Passw0rd", "pa55w0rd", "dr4g0n", "dragon", "monkey1", "sunshine", "iloveyou", "Liverp00", "summer24", "summer25", "5683", "1379", "trustno1", "arsenal1", "starwars", "pr1nc355", "football"],
  OK:        ["7294", "k7m4", "582931", "40718263", "Blue7Kx2", "harbour7", "4718", "73916", "plum83", "9405", "3806", "kettle42", "r7wq", "x29tb4", "83jukebo", "copper58", "6sxb9", "815206", "1929", "2040", "30021999", "52916038"],
} as const satisfies Record<Expected, readonly string[]>;

// biome-ignore format: one reason a row
const CARE_6_8_DIGITS = {
  TOO_SHORT: ["", "7294", "73916", "1234", "k7m4", "k7m!"],
  TOO_LONG:  ["482913650"],
  BAD_CHAR:  ["Blue7Kx2", "harbour7", "plum83", "maria84", "password", "58293a", "58 2931"],
  REPEAT:    ["111111", "123123", "100010"],
  SEQUENCE:  ["123456", "987654", "112233", "456789"],
  KEYBOARD:  ["159753", "147258"],
  PERSONAL:  ["170384", "916274", "900142"],
  DATE:      ["31121999"],
  CONTEXT:   [],
  COMMON:    ["112358", "8675309"],
  OK:        ["582931", "40718263", "815206", "311299"],
} as const satisfies Record<Expected, readonly string[]>;

function codeOf(
  passcode: string,
  { policy = SITE_POLICIES["care-4-8"], holder = MARIA }: Partial<Situation> = {},
): Expected {
  const verdict = checkPasscode(utf8Bytes(passcode), policy, holder);
  return verdict.ok ? "OK" : verdict.code;
}

interface Situation {
  readonly policy: PasscodePolicy;
  readonly holder: HolderTokens;
}

function rows(cases: Readonly<Record<Expected, readonly string[]>>): readonly [string, string][] {
  return Object.entries(cases).flatMap(([code, passcodes]) =>
    passcodes.map((passcode): [string, string] => [passcode, code]),
  );
}

describe("care-4-8 gives each passcode exactly one reason", () => {
  test.each(rows(CARE_4_8))("%j: %s", (passcode, code) => {
    expect(codeOf(passcode)).toBe(code);
  });
});

describe("care-6-8-digits takes numbers only, and length comes before characters", () => {
  const policy = SITE_POLICIES["care-6-8-digits"];
  test.each(rows(CARE_6_8_DIGITS))("%j: %s", (passcode, code) => {
    expect(codeOf(passcode, { policy })).toBe(code);
  });
});

describe("the holder's own data", () => {
  test("is nobody else's: without it the same passcodes pass", () => {
    for (const passcode of ["maria84", "170384", "6274", "0142", "rx12024"])
      expect(codeOf(passcode, { holder: NOBODY })).toBe("OK");
  });

  test.each([
    ["Anne-Marie O'Neill", "oneill7", "PERSONAL"],
    ["Anne-Marie O'Neill", "marie83", "PERSONAL"],
    ["José Muñoz", "munoz9", "PERSONAL"],
    ["Jo", "jo47", "PERSONAL"],
    ["Jo", "j047", "OK"],
    ["Christopherson", "christo8", "PERSONAL"],
    ["李", "7294", "OK"],
    ["", "k7m4", "OK"],
  ])("of the name %j, %j is %s", (name, passcode, code) => {
    expect(codeOf(passcode, { holder: { ...NOBODY, names: [name] } })).toBe(code);
  });

  test("a staff number with letters is matched with them and by its digits", () => {
    const holder = { ...NOBODY, numbers: ["AB 604-817"] };
    for (const passcode of ["ab6048", "604817", "4817"])
      expect(codeOf(passcode, { holder })).toBe("PERSONAL");
    expect(codeOf("4816", { holder })).toBe("OK");
  });

  test("a date of birth in an unknown form is left out, not guessed at", () => {
    expect(codeOf("170384", { holder: { ...NOBODY, dob: "17 March 1984" } })).toBe("OK");
  });
});

test("six-digit dates are refused only where the policy says so", () => {
  const policy = { ...SITE_POLICIES["care-4-8"], sixDigitDates: true };
  for (const passcode of ["251283", "831225", "122583"]) {
    expect(codeOf(passcode)).toBe("OK");
    expect(codeOf(passcode, { policy })).toBe("DATE");
  }
  expect(codeOf("320983", { policy })).toBe("OK");
});

test("the working copy and nothing else is written to: the passcode comes back as it went in", () => {
  const passcode = utf8Bytes("dr4g0n");
  checkPasscode(passcode, SITE_POLICIES["care-4-8"], MARIA);
  expect(passcode).toEqual(utf8Bytes("dr4g0n"));
});

test("no message, hint or code repeats what was typed", () => {
  for (const [passcode] of rows(CARE_4_8)) {
    if (passcode.length < 5 || ["nurse", "password"].includes(passcode)) continue;
    const verdict = checkPasscode(utf8Bytes(passcode), SITE_POLICIES["care-4-8"], MARIA);
    expect(JSON.stringify(verdict).toLowerCase()).not.toContain(
      JSON.stringify(passcode).slice(1, -1).toLowerCase(),
    );
  }
});

describe("what the rules cost", () => {
  /** Every code of so many digits, or every so many: 7, 37 and their like divide 1001 and 999, so they pick patterns. */
  const share = (digits: 4 | 5 | 6): number => {
    const check = passcodeChecker(SITE_POLICIES["care-4-8"], NOBODY);
    const stride = { 4: 1, 5: 17, 6: 43 }[digits];
    let [refused, checked] = [0, 0];
    for (let code = 0; code < 10 ** digits; code += stride) {
      checked += 1;
      if (!check(utf8Bytes(`${code}`.padStart(digits, "0"))).ok) refused += 1;
    }
    return refused / checked;
  };

  test.each([
    [4, 0.15, 0.26],
    [5, 0.025, 0.05],
    [6, 0.005, 0.02],
  ] as const)("of all codes of %i digits between %f and %f are refused", (digits, least, most) => {
    const refused = share(digits);
    expect(refused).toBeGreaterThan(least);
    expect(refused).toBeLessThan(most);
  });

  test("of random six letters or digits, fewer than 0.05 % are refused", () => {
    const check = passcodeChecker(SITE_POLICIES["care-4-8"], MARIA);
    const alphabet = utf8Bytes("abcdefghijklmnopqrstuvwxyz0123456789");
    const next = lcg(20261124);
    let refused = 0;
    for (let round = 0; round < 40_000; round += 1) {
      const passcode = Uint8Array.from({ length: 6 }, () => alphabet[next(36)] ?? 0);
      if (!check(passcode).ok) refused += 1;
    }
    expect(refused).toBeLessThan(20);
  });
});

test("the twenty most popular codes of four digits and the ten of six are all refused", () => {
  const popular =
    "1234 1111 0000 1212 7777 1004 2000 4444 2222 6969 9999 3333 5555 6666 1122 1313 8888 4321 2001 1010 " +
    "2580 5683 0852 1998 123456 654321 111111 000000 123123 666666 121212 112233 789456 159753";
  for (const passcode of popular.split(" "))
    expect(codeOf(passcode, { holder: NOBODY })).not.toBe("OK");
});

test("any bytes and any holder give a verdict, and an accepted passcode is within the policy", () => {
  const holders = fc.record({
    names: fc.array(fc.string({ unit: "binary", maxLength: 20 }), { maxLength: 4 }),
    dob: fc.option(fc.string({ maxLength: 12 }), { nil: undefined }),
    numbers: fc.array(fc.string({ maxLength: 20 }), { maxLength: 4 }),
    codes: fc.array(fc.string({ maxLength: 6 }), { maxLength: 4 }),
  });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), holders, (passcode, holder) => {
      const verdict = checkPasscode(passcode, SITE_POLICIES["care-4-8"], holder);
      if (!verdict.ok) expect(PASSCODE_REFUSALS).toContain(verdict.code);
      else expect(String.fromCharCode(...passcode)).toMatch(/^[0-9A-Za-z]{4,8}$/);
    }),
  );
});

/** Numbers that are the same in every run. */
function lcg(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
