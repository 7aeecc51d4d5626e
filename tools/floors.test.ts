import { expect, test } from "vitest";
import { checkFloors, importsOf, type Workspace } from "./floors.ts";

const REASONS = "| `zod` | parses every edge |";

/** A package with one file, whose dependencies are right unless the test says otherwise. */
function workspace(name: string, text: string, more: Partial<Workspace> = {}): Workspace {
  const folder = `packages/${name.replace("@lanyard/", "")}`;
  const used = importsOf(text).map(({ from }) => from.split("/").slice(0, 2).join("/"));
  return {
    name,
    folder,
    dependencies: used.filter((from) => from.startsWith("@lanyard/") || from === "zod"),
    doors: ["."],
    files: [{ path: `${folder}/src/sample.ts`, text }],
    ...more,
  };
}

function rules(...workspaces: readonly Workspace[]): readonly string[] {
  return checkFloors(workspaces, REASONS).map(({ rule }) => rule);
}

const BYTES = workspace("@lanyard/bytes", "");

test("a package that keeps to its floor is left alone", () => {
  const piv = workspace(
    "@lanyard/piv",
    'import { toHex } from "@lanyard/bytes";\nexport * from "./a.ts";',
  );
  const wire = workspace("@lanyard/wire", 'import { z } from "zod";');
  expect(checkFloors([BYTES, piv, wire], REASONS)).toEqual([]);
});

test("an import upwards or sideways is found, with its line, and a type import too", () => {
  const piv = workspace("@lanyard/piv", '\nimport type { Person } from "@lanyard/identity";');
  const identity = workspace("@lanyard/identity", "");
  expect(checkFloors([piv, identity], REASONS)).toEqual([
    {
      rule: "floors/upward",
      path: "packages/piv/src/sample.ts",
      line: 2,
      message: "@lanyard/piv imports @lanyard/identity: a package imports only floors below it.",
    },
  ]);
});

test("an app does not import an app", () => {
  const agent = workspace("@lanyard/agent", 'export { x } from "@lanyard/server";');
  expect(rules(agent, workspace("@lanyard/server", ""))).toEqual(["floors/upward"]);
});

test.each([
  ["Node", 'import { readFile } from "node:fs/promises";'],
  ["a package from outside", 'const zod = await import("zod");'],
])("%s on floor 1 is found", (_, text) => {
  expect(rules(workspace("@lanyard/piv", text))).toContain("floors/upward");
});

test.each([
  "const now = new Date();",
  "const at = Date.now();",
  "const die = Math.random();",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the sample is source text
  "const die = `${Math\n.random()}`;",
  "const home = process.env.HOME;",
  "setTimeout(work, 1);",
])("the clock, chance and the machine are found on floors 0 to 2: %s", (text) => {
  expect(rules(workspace("@lanyard/virtual-card", text))).toEqual(["floors/clock_or_chance"]);
});

test("words in comments, strings, members and field names are not the clock", () => {
  const text =
    '// Date\nconst a = "Math.random()";\ncard.process();\ninterface B { Date: string; process?: 1 }\nfunction c(at: Date) { return at.getTime(); }';
  expect(rules(workspace("@lanyard/piv", text))).toEqual([]);
});

test("apps may read the clock", () => {
  expect(rules(workspace("@lanyard/agent", "Date.now();"))).toEqual([]);
});

test.each(["../../bytes/src/hex.ts", "@lanyard/bytes/src/hex.ts", "@lanyard/bytes/dist/hex.js"])(
  "going through the wall is found: %s",
  (from) => {
    const piv = workspace("@lanyard/piv", `import { toHex } from "${from}";`);
    expect(rules(BYTES, piv)).toContain("floors/through_the_wall");
  },
);

test("a second door that package.json exports may be used", () => {
  const bytes = workspace("@lanyard/bytes", "", { doors: [".", "./testing"] });
  expect(
    rules(bytes, workspace("@lanyard/piv", 'import { a } from "@lanyard/bytes/testing";')),
  ).toEqual([]);
});

test("tests and testkit are imported by tests only", () => {
  const kit = workspace("@lanyard/testkit", "");
  const text = 'import "./other.test.ts";\nimport { clock } from "@lanyard/testkit";';
  expect(rules(kit, workspace("@lanyard/piv", text))).toEqual([
    "floors/test_only",
    "floors/test_only",
  ]);
  const asTest = workspace("@lanyard/piv", "", {
    files: [{ path: "packages/piv/src/sample.test.ts", text }],
  });
  expect(rules(kit, asTest)).toEqual([]);
});

test("what tests share is test too: it may use the e2e harness, and only tests import it", () => {
  const path = "packages/piv/src/testing/helper.ts";
  const text = 'import "../../../../e2e/harness/a.ts";\nimport { test } from "vitest";';
  expect(rules(workspace("@lanyard/piv", "", { files: [{ path, text }] }))).toEqual([]);
  const production = workspace("@lanyard/piv", 'import "./testing/helper.ts";');
  expect(rules(production)).toEqual(["floors/test_only"]);
});

test("testkit uses the root's test tools without declaring them", () => {
  expect(rules(workspace("@lanyard/testkit", 'import { test } from "vitest";'))).toEqual([]);
});

test("package.json declares what is imported, no more, no less", () => {
  const text = 'import { toHex } from "@lanyard/bytes";';
  expect(rules(BYTES, workspace("@lanyard/piv", text, { dependencies: [] }))).toEqual([
    "floors/undeclared_dependency",
  ]);
  expect(rules(BYTES, workspace("@lanyard/piv", "", { dependencies: ["@lanyard/bytes"] }))).toEqual(
    ["floors/unused_dependency"],
  );
});

test("a dependency without a row in the ADR is found", () => {
  const agent = workspace("@lanyard/agent", 'import w from "ws";', { dependencies: ["ws"] });
  expect(rules(agent)).toEqual(["floors/dependency_without_reason"]);
});

test("a package without a floor is found", () => {
  expect(rules(workspace("@lanyard/attic", ""))).toEqual(["floors/unknown_workspace"]);
});

test("every form of import is seen, and none in comments or examples", () => {
  const source = [
    'import a, { b } from "one";',
    'import type {\n  C,\n} from "two";',
    'export * from "three";',
    'import "four";',
    'const d = await import("five");',
    'const e = createRequire(x).resolve("no"), f = require.resolve("six");',
    '// import g from "seven";',
    'const h = `import i from "eight"`;',
  ].join("\n");
  const names = importsOf(source).map(({ from }) => from);
  expect(names).toEqual(["one", "two", "three", "four", "five", "six"]);
});
