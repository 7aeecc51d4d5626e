import { asciiBytes, utf8Bytes } from "@lanyard/bytes";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseFormBytes } from "./form-bytes.ts";

describe("[HTML] application/x-www-form-urlencoded, bytes to bytes", () => {
  test("decodes what a browser sends, for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (passcode) => {
        const body = utf8Bytes(new URLSearchParams({ passcode, token: "t-1" }).toString());
        const form = parseFormBytes(body);
        expect(form?.text("token")).toBe("t-1");
        expect(form?.takeSecret("passcode").reveal()).toEqual(utf8Bytes(passcode));
      }),
    );
  });

  test("hostile bytes never throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (body) => {
        parseFormBytes(body)?.wipe();
      }),
    );
  });

  test.each([
    ["a=1&a=2", "a field twice"],
    ["=1", "no name"],
    ["a", "no value"],
    ["a=%4", "half an escape"],
    ["a=%zz", "no hex"],
    ["a=%", "an escape at the end"],
    ["%ff=1", "a name that is not ASCII"],
    [Array.from({ length: 17 }, (_, index) => `f${index}=1`).join("&"), "too many fields"],
  ])("refuses %s: %s", (body) => {
    expect(parseFormBytes(asciiBytes(body))).toBeUndefined();
  });

  test("a secret is taken out once, wiped by its taker; the rest is wiped by wipe()", () => {
    const form = parseFormBytes(asciiBytes("passcode=r7k2mz&other=x9"));
    const secret = form?.takeSecret("passcode");
    expect(secret?.reveal()).toEqual(asciiBytes("r7k2mz"));
    expect(form?.takeSecret("passcode").length).toBe(0);
    form?.wipe();
    expect(form?.text("other")).toBeUndefined();
    expect(secret?.reveal()).toEqual(asciiBytes("r7k2mz"));
  });
});
