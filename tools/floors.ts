import type { Finding, SourceFile } from "./source-files.ts";
import { keepOnly, lineAt } from "./source-text.ts";

/** One workspace: what its package.json says, and its sources, tests among them. */
export interface Workspace {
  /** `@lanyard/piv`; the command's own is `lanyard`. */
  readonly name: string;
  /** `packages/piv`. */
  readonly folder: string;
  readonly dependencies: readonly string[];
  /** The keys of `exports`, such as `.` and `./testing`. */
  readonly doors: readonly string[];
  readonly files: readonly SourceFile[];
}

interface Floor {
  readonly floor: number | "side";
  /** The workspaces that production code may import: all of them lie below. */
  readonly mayImport: readonly string[];
  /** Packages from outside that may be imported; `any` where only package.json decides. */
  readonly outside: readonly string[] | "any";
}

/** The stairs. Read a row as "may go down to". A workspace without a row is itself a finding. */
// biome-ignore format: the columns are the documentation
export const FLOORS: Readonly<Record<string, Floor>> = {
  "@lanyard/bytes":        { floor: 0,      outside: [],      mayImport: [] },
  "@lanyard/piv":          { floor: 1,      outside: [],      mayImport: ["@lanyard/bytes"] },
  "@lanyard/identity":     { floor: 1,      outside: [],      mayImport: ["@lanyard/bytes"] },
  "@lanyard/log":          { floor: 1,      outside: [],      mayImport: ["@lanyard/bytes"] },
  "@lanyard/wire":         { floor: 2,      outside: ["zod"], mayImport: ["@lanyard/bytes", "@lanyard/identity"] },
  "@lanyard/virtual-card": { floor: 2,      outside: [],      mayImport: ["@lanyard/bytes", "@lanyard/piv"] },
  "@lanyard/crypto":       { floor: "side", outside: "any",   mayImport: ["@lanyard/bytes", "@lanyard/piv", "@lanyard/virtual-card"] },
  "@lanyard/pages":        { floor: "side", outside: "any",   mayImport: ["@lanyard/bytes"] },
  "@lanyard/testkit":      { floor: "side", outside: "any",   mayImport: ["@lanyard/bytes", "@lanyard/piv", "@lanyard/identity", "@lanyard/wire", "@lanyard/virtual-card", "@lanyard/crypto"] },
  "@lanyard/agent":        { floor: 3,      outside: "any",   mayImport: ["@lanyard/bytes", "@lanyard/piv", "@lanyard/identity", "@lanyard/wire", "@lanyard/virtual-card", "@lanyard/crypto", "@lanyard/pages"] },
  "@lanyard/server":       { floor: 3,      outside: "any",   mayImport: ["@lanyard/bytes", "@lanyard/piv", "@lanyard/identity", "@lanyard/log", "@lanyard/wire", "@lanyard/crypto", "@lanyard/pages"] },
  "lanyard":               { floor: 3,      outside: "any",   mayImport: ["@lanyard/bytes", "@lanyard/piv", "@lanyard/identity", "@lanyard/log", "@lanyard/wire", "@lanyard/virtual-card", "@lanyard/crypto", "@lanyard/pages", "@lanyard/agent", "@lanyard/server"] },
};

/** Declared and not imported, with the reason. */
const DECLARED_FOR_OTHERS: Readonly<Record<string, readonly string[]>> = {
  // tools/build.mjs compiles the style sheet from nhsuk-frontend; the other two are peers of nhsuk-react-components.
  "@lanyard/pages": ["nhsuk-frontend", "classnames", "tslib"],
};

/** What the root declares for tests; testkit, which is for tests, need not declare it again. */
const TEST_TOOLS = ["vitest", "fast-check"];

/**
 * Uses of the clock, of chance and of the machine. The compiler knows only some of them as missing. `Date` as a type
 * is let through: a time that came as an argument is no clock.
 */
const CLOCK_CHANCE_MACHINE =
  /\bMath\s*\.\s*random\b|\bnew\s+Date\b|(?<![.\w])Date\s*[.(]|(?<![.\w])(?:performance|process|Buffer|setTimeout|setInterval|queueMicrotask|fetch|console)\b(?!\s*\??:)/g;

/** Runs every rule on the whole project. `reasons` is the text of ADR 0002, where each outside package is named. */
export function checkFloors(workspaces: readonly Workspace[], reasons: string): readonly Finding[] {
  return workspaces.flatMap((workspace) => {
    const floor = FLOORS[workspace.name];
    if (floor === undefined) return [unknownWorkspace(workspace)];
    return [
      ...workspace.files.flatMap((file) => checkFile(file, workspace, floor, workspaces)),
      ...checkDependencies(workspace),
      ...checkReasons(workspace, reasons),
    ];
  });
}

/** Where a file imports, re-exports or asks for something. */
interface Import {
  readonly from: string;
  readonly line: number;
}

const IMPORT =
  /(?:\b(?:import|export)\s+(?:type\s+)?[\w*{}\s,$]*?\bfrom\s*|\bimport\s*\(?\s*|\brequire(?:\.resolve)?\s*\(\s*)(?:"([^"\n]+)"|'([^'\n]+)')/g;

/** Every module a source names, by `import`, `export from`, `import()` or `require()`, types included. */
export function importsOf(source: string): readonly Import[] {
  const text = keepOnly("code and strings", source);
  const code = keepOnly("code", source);
  return [...text.matchAll(IMPORT)]
    .filter(({ index }) => code[index] === text[index])
    .map((match) => ({ from: match[1] ?? match[2] ?? "", line: lineAt(text, match.index) }));
}

function checkFile(
  file: SourceFile,
  workspace: Workspace,
  floor: Floor,
  workspaces: readonly Workspace[],
): readonly Finding[] {
  const found = (rule: string, line: number, message: string) => ({
    rule,
    path: file.path,
    line,
    message,
  });
  const imports = importsOf(file.text);
  const findings = imports.flatMap(({ from, line }) => {
    const wall = throughWall(from, file, workspace, workspaces);
    return wall === undefined ? [] : [found("floors/through_the_wall", line, wall)];
  });
  if (isTest(file.path)) return findings;
  for (const { from, line } of imports) {
    const up = upward(from, workspace, floor, workspaces);
    if (up !== undefined) findings.push(found("floors/upward", line, up));
    const test = testOnly(from, workspace);
    if (test !== undefined) findings.push(found("floors/test_only", line, test));
  }
  if (floor.floor === "side" || floor.floor === 3) return findings;
  return [...findings, ...checkPurity(file, floor.floor)];
}

function checkPurity(file: SourceFile, floor: number): readonly Finding[] {
  const code = keepOnly("code", file.text);
  return [...code.matchAll(CLOCK_CHANCE_MACHINE)].map((match) => ({
    rule: "floors/clock_or_chance",
    path: file.path,
    line: lineAt(code, match.index),
    message: `${match[0]} on floor ${floor}: time, chance and the machine come as arguments.`,
  }));
}

/** Going into another package other than by its front door. */
function throughWall(
  from: string,
  file: SourceFile,
  workspace: Workspace,
  workspaces: readonly Workspace[],
): string | undefined {
  if (from.startsWith(".")) {
    const target = resolvePath(file.path, from);
    const isHarness = isTest(file.path) && target.startsWith("e2e/");
    return isHarness || target.startsWith(`${workspace.folder}/`)
      ? undefined
      : `${from} leaves ${workspace.folder}: import the other package by its name.`;
  }
  const other = workspaces.find(({ name }) => from.startsWith(`${name}/`));
  if (other === undefined || other.doors.includes(`.${from.slice(other.name.length)}`))
    return undefined;
  return `${from} reaches inside ${other.name}: import what its index.ts exports.`;
}

function upward(
  from: string,
  workspace: Workspace,
  floor: Floor,
  workspaces: readonly Workspace[],
): string | undefined {
  if (from.startsWith(".")) return undefined;
  const isOutside = !workspaces.some(({ name }) => name === packageOf(from));
  if (!isOutside) {
    const other = packageOf(from);
    if (other === workspace.name) return `${workspace.name} imports itself by name.`;
    return floor.mayImport.includes(other) || other === "@lanyard/testkit"
      ? undefined
      : `${workspace.name} imports ${other}: a package imports only floors below it.`;
  }
  if (floor.outside === "any" || floor.outside.includes(packageOf(from))) return undefined;
  return from.startsWith("node:")
    ? `${from} on floor ${floor.floor}: floors 0 to 2 have no Node.`
    : `${from} on floor ${floor.floor}: not among the packages this floor may use.`;
}

function testOnly(from: string, workspace: Workspace): string | undefined {
  if (packageOf(from) === "@lanyard/testkit" && workspace.name !== "@lanyard/testkit")
    return "testkit is imported by tests only.";
  return from.startsWith(".") && isTest(from)
    ? `${from} is for tests: only tests import it.`
    : undefined;
}

/** package.json says what the sources import: no more, no less. Tests may also use what the root declares. */
function checkDependencies(workspace: Workspace): readonly Finding[] {
  const production = workspace.files.filter((file) => !isTest(file.path));
  const used = new Set(production.flatMap((file) => outsideNames(file, workspace)));
  const path = `${workspace.folder}/package.json`;
  const excused = DECLARED_FOR_OTHERS[workspace.name] ?? [];
  const missing = [...used].filter((name) => !workspace.dependencies.includes(name));
  const unused = workspace.dependencies.filter(
    (name) => !used.has(name) && !excused.includes(name),
  );
  return [
    ...missing.map((name) => ({
      rule: "floors/undeclared_dependency",
      path,
      line: 1,
      message: `${name} is imported and not declared.`,
    })),
    ...unused.map((name) => ({
      rule: "floors/unused_dependency",
      path,
      line: 1,
      message: `${name} is declared and not imported.`,
    })),
  ];
}

function outsideNames(file: SourceFile, workspace: Workspace): readonly string[] {
  const names = importsOf(file.text)
    .map(({ from }) => from)
    .filter((from) => !from.startsWith(".") && !from.startsWith("node:"))
    .map(packageOf)
    .filter((name) => name !== workspace.name)
    .filter((name) => workspace.name !== "@lanyard/testkit" || !TEST_TOOLS.includes(name));
  // The compiler adds `react/jsx-runtime` to every file with markup.
  return file.path.endsWith(".tsx") ? [...names, "react"] : names;
}

function checkReasons(workspace: Workspace, reasons: string): readonly Finding[] {
  return workspace.dependencies
    .filter((name) => FLOORS[name] === undefined && !reasons.includes(`\`${name}\``))
    .map((name) => ({
      rule: "floors/dependency_without_reason",
      path: `${workspace.folder}/package.json`,
      line: 1,
      message: `${name} is not named in docs/adr/0002-dependencies.md: say why, and why not our own.`,
    }));
}

function unknownWorkspace(workspace: Workspace): Finding {
  return {
    rule: "floors/unknown_workspace",
    path: `${workspace.folder}/package.json`,
    line: 1,
    message: `${workspace.name} has no floor: give it a row in tools/floors.ts.`,
  };
}

/** Tests, and what only tests share: `testing.ts`, or a folder of that name. */
function isTest(path: string): boolean {
  return /\.test\.tsx?$|\/testing\.ts$|\/testing\//.test(path);
}

/** `zod/v4` is of `zod`, `@hpke/core/x` of `@hpke/core`. */
function packageOf(from: string): string {
  const [first = "", second = ""] = from.split("/");
  return first.startsWith("@") ? `${first}/${second}` : first;
}

function resolvePath(file: string, from: string): string {
  const path = file.split("/").slice(0, -1);
  for (const part of from.split("/")) {
    if (part === "..") path.pop();
    else if (part !== ".") path.push(part);
  }
  return path.join("/");
}
