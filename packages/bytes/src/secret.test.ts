import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { Secret } from "./secret.ts";
import { asciiBytes } from "./text.ts";

describe("Secret", () => {
  test.each<[string, (secret: Secret) => string]>([
    ["String()", (secret) => String(secret)],
    ["a template", (secret) => `${secret}`],
    ["JSON", (secret) => JSON.stringify({ secret })],
    ["inspect", (secret) => inspect({ secret }, { showHidden: true, depth: 9 })],
    ["Object.entries", (secret) => JSON.stringify(Object.entries(secret))],
    ["an error's cause", (secret) => inspect(new Error("x", { cause: secret }))],
  ])("%s does not show it", (_, show) => {
    const shown = show(new Secret(asciiBytes("482915")));
    expect(shown).not.toMatch(/482915|52, ?56|3438/);
  });

  test("reveal gives the caller's own array, so that wiping wipes it", () => {
    const bytes = asciiBytes("482915");
    const secret = new Secret(bytes);
    expect(secret.reveal()).toBe(bytes);
    secret.wipe();
    expect(bytes).toEqual(new Uint8Array(6));
  });

  test("after wipe it cannot be revealed, and wiping again does no harm", () => {
    const secret = new Secret(asciiBytes("482915"));
    secret.wipe();
    secret.wipe();
    expect(secret.length).toBe(6);
    expect(() => secret.reveal()).toThrowError(
      expect.objectContaining({ code: "bytes/secret_wiped" }),
    );
  });
});
