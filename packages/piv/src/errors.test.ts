import { expect, test } from "vitest";
import { CardError, type CardErrorCode, isCardLost } from "./errors.ts";

test("only removed, reset and transport leave it open whether a command took effect", () => {
  const lost: readonly CardErrorCode[] = ["card/removed", "card/reset", "card/transport"];
  const others: readonly CardErrorCode[] = [
    "card/not_piv",
    "card/object_not_found",
    "card/malformed_answer",
    "card/answer_too_long",
    "card/security_status",
    "card/unexpected_status",
    "card/unsupported",
    "card/bad_argument",
  ];
  for (const code of lost) expect(isCardLost(new CardError(code, "x"))).toBe(true);
  for (const code of others) expect(isCardLost(new CardError(code, "x"))).toBe(false);
  expect(isCardLost(new Error("x"))).toBe(false);
  expect(isCardLost(undefined)).toBe(false);
});

test("keeps the word the card answered, and the cause", () => {
  const cause = new Error("below");
  const error = new CardError("card/unexpected_status", "x", { statusWord: 0x6f00, cause });
  expect(error).toMatchObject({ name: "CardError", statusWord: 0x6f00, cause });
});
