import { utf8Bytes } from "@lanyard/bytes";
import { expect, test } from "vitest";
import { checkPasscode } from "./check.ts";
import { effectivePolicy, parseSitePolicyName, policySentence, SITE_POLICIES } from "./policy.ts";

const NOBODY = { names: [], dob: undefined, numbers: [], codes: [] };

test.each([
  ["care-4-8", "alphanumeric-4-8", "Use 4 to 8 letters or numbers."],
  ["care-4-8", "digits-6-8", "Use 6 to 8 numbers."],
  ["care-6-8-digits", "alphanumeric-4-8", "Use 6 to 8 numbers."],
  ["care-6-8-digits", "digits-6-8", "Use 6 to 8 numbers."],
] as const)("%s on a card that takes %s: %s", (site, card, sentence) => {
  expect(policySentence(effectivePolicy(SITE_POLICIES[site], card))).toBe(sentence);
});

test("a site that asks for more than the card keeps its own rule, and keeps its dates", () => {
  const site = {
    minLength: 7,
    maxLength: 7,
    alphabet: "letters-and-digits",
    sixDigitDates: true,
  } as const;
  const policy = effectivePolicy(site, "digits-6-8");
  expect(policy).toEqual({ minLength: 7, maxLength: 7, alphabet: "digits", sixDigitDates: true });
  expect(policySentence(policy)).toBe("Use 7 numbers.");
});

test("the refusals of length and characters say the rule in force", () => {
  const check = (passcode: string, card: "alphanumeric-4-8" | "digits-6-8") =>
    checkPasscode(utf8Bytes(passcode), effectivePolicy(SITE_POLICIES["care-4-8"], card), NOBODY);
  expect(check("k7m", "alphanumeric-4-8")).toMatchObject({ message: "Use 4 to 8 characters." });
  expect(check("7294", "digits-6-8")).toMatchObject({
    code: "TOO_SHORT",
    message: "Use 6 to 8 numbers.",
  });
  expect(check("harbour7", "digits-6-8")).toMatchObject({
    code: "BAD_CHAR",
    message: "Use only numbers 0-9. No letters, spaces or symbols.",
  });
});

test("a policy's name is read exactly", () => {
  expect(parseSitePolicyName("care-4-8")).toBe("care-4-8");
  for (const other of ["Care-4-8", "toString", "", undefined, 4])
    expect(parseSitePolicyName(other)).toBeUndefined();
});
