import { expect, test } from "vitest";
import { checkCitations } from "./citations.ts";

const SPECS = {
  path: "docs/specs.md",
  text: "| [PIV-2] | SP 800-73-4, May 2015 | <https://example.org/piv2> |\n| [X690] | 2021 | <https://example.org/x690> |",
};

function findings(path: string, text: string): readonly string[] {
  return checkCitations([{ path, text }], SPECS).map(({ line, message }) => `${line} ${message}`);
}

test("known keys pass in comments, test names and documents", () => {
  expect(findings("a.ts", "/** See [PIV-2 §3.2.1] and [X690]. */\nconst a = 1;")).toEqual([]);
  expect(findings("a.test.ts", 'test("[PIV-2 §3.2.1] a wrong PIN", () => {});')).toEqual([]);
  expect(findings("docs/a.md", "As [PIV-2 table 4b] has it.")).toEqual([]);
});

test("an unknown key is found with its line", () => {
  expect(findings("a.ts", "\n// [PIV-9 §1]")).toEqual([
    "2 [PIV-9] is not defined in docs/specs.md.",
  ]);
  expect(findings("a.ts", "/** [RFC 4648 §4] */")).toEqual([
    "1 [RFC 4648] is not defined in docs/specs.md.",
  ]);
  expect(findings("a.test.ts", 'test("[7816-9 §5] x", () => {});')).toEqual([
    "1 [7816-9] is not defined in docs/specs.md.",
  ]);
  expect(findings("docs/a.md", "See [NOPE].")).toEqual([
    "1 [NOPE] is not defined in docs/specs.md.",
  ]);
});

test("ranges, links, code and lists are not citations", () => {
  expect(findings("a.ts", "// [A-Z0-9] `[NOPE]`\nconst a = [NOPE];")).toEqual([]);
  expect(
    findings("docs/a.md", "[HTML](https://x.org) `[NOPE]`\n```\n[NOPE]\n```\n- [x] [0]"),
  ).toEqual([]);
});

test.each([
  ["| [PIV-2] |  | <https://example.org/a> |", "[PIV-2] has no edition."],
  ["| [PIV-2] | 2015 | somewhere |", "[PIV-2] has no https address."],
  [`${SPECS.text}\n| [X690] | 2021 | <https://example.org/b> |`, "[X690] is defined twice."],
])("a definition that is not whole is found: %s", (text, message) => {
  const found = checkCitations([], { path: SPECS.path, text }).map((finding) => finding.message);
  expect(found).toEqual([message]);
});
