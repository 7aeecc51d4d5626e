import { expect, test } from "vitest";
import { checkThrows } from "./throws.ts";

const ERRORS = {
  path: "packages/piv/src/errors.ts",
  text: 'export type CardErrorCode =\n  | "card/removed"\n  | "card/pin_wrong"; // why\nexport class CardError<Code extends CardErrorCode = CardErrorCode> extends Error {}',
};
const TABLE = {
  path: "packages/wire/src/errors.ts",
  text: 'const CODES = { "wire/not_json": 1 } as const;\nexport type WireErrorCode = keyof typeof CODES;\nexport class WireError extends Error {}\nexport class LeashLost extends Error {}',
};

function messages(comment: string): readonly string[] {
  const file = { path: "a.ts", text: `/** ${comment} */\nexport function a() {}` };
  return checkThrows([ERRORS, TABLE, file]).map(({ message }) => message);
}

test("promised codes of the union pass, with words between them", () => {
  expect(messages("@throws {CardError} `card/removed` when pulled | `card/pin_wrong`")).toEqual([]);
  expect(messages("@throws {WireError} `wire/not_json`")).toEqual([]);
  expect(messages("@throws {CardError} as {@link readObject}")).toEqual([]);
});

test("an error without codes is promised by its name", () => {
  expect(messages("@throws {RangeError} over 255")).toEqual([]);
  expect(messages("@throws {LeashLost} when no reply came")).toEqual([]);
});

test("a code outside the union is found", () => {
  expect(messages("@throws {CardError} `card/removed` | `card/pin_worng`")).toEqual([
    "card/pin_worng is not in CardErrorCode.",
  ]);
});

test("an error that does not exist, or a promise without a code, is found", () => {
  expect(messages("@throws {PinError} `pin/bad`")).toEqual(["There is no error class PinError."]);
  expect(messages("@throws {CardError} when it goes wrong")).toEqual([
    "Say which codes of CardErrorCode.",
  ]);
});
