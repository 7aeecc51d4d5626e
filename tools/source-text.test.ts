import { expect, test } from "vitest";
import { keepOnly, lineAt } from "./source-text.ts";

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: the sample is source text
const SOURCE = [
  'const a = "not // a comment"; // a comment',
  "/* Date */ const b = `text ${Math.random() + `in ${c}`} Date`;",
  "const d = /[\"'/]/.test(a) ? a / b : b; // last",
].join("\n");
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: the sample is source text

test("code is kept, also inside a template, and comments and strings are not", () => {
  const code = keepOnly("code", SOURCE);
  expect(code).toContain("Math.random()");
  expect(code).toContain("a / b : b");
  expect(code).not.toMatch(/Date|comment|last/);
});

test("comments are kept without what only looks like one", () => {
  const comments = keepOnly("comments", SOURCE);
  expect(comments.replace(/\s+/g, " ").trim()).toBe("// a comment /* Date */ // last");
});

test("blanking moves nothing", () => {
  for (const kept of ["code", "code and strings", "comments"] as const) {
    const text = keepOnly(kept, SOURCE);
    expect(text).toHaveLength(SOURCE.length);
    expect(text.split("\n")).toHaveLength(3);
  }
  expect(lineAt(SOURCE, SOURCE.indexOf("const d"))).toBe(3);
});
