import { expect, test } from "vitest";
import {
  addResults,
  forbidSkips,
  noResults,
  oneResult,
  summary,
  vitestResults,
} from "./results.mjs";

function report(...files) {
  return { testResults: files };
}

function file(status, tests, message = "") {
  const assertionResults = tests.map(([title, state]) => ({
    ancestorTitles: ["unlock"],
    title,
    status: state,
  }));
  return { name: "/repo/e2e/a.e2e.ts", status, message, assertionResults };
}

function results(given, exitCode) {
  return vitestResults({ project: "e2e", report: given, exitCode, root: "/repo" });
}

test("tests are counted, and named when they failed or did not run", () => {
  const given = file("failed", [
    ["a", "passed"],
    ["b", "failed"],
    ["c", "skipped"],
    ["d", "todo"],
  ]);
  expect(results(report(given), 1)).toEqual({
    passed: 1,
    failed: ["e2e/a.e2e.ts: unlock > b"],
    skipped: ["e2e/a.e2e.ts: unlock > c", "e2e/a.e2e.ts: unlock > d"],
  });
});

test("a file that could not be loaded is a failure", () => {
  expect(results(report(file("failed", [], "Cannot find x\nat y")), 1).failed).toEqual([
    "e2e/a.e2e.ts: Cannot find x",
  ]);
});

test("a bad end is a failure although every test passed, and so is no report at all", () => {
  expect(results(report(file("passed", [["a", "passed"]])), 1).failed).toHaveLength(1);
  expect(results(undefined, null).failed).toEqual(["e2e: vitest wrote no report (exit code null)"]);
});

test("the last line counts, and says skipped only when there are any", () => {
  const held = addResults(noResults(), oneResult("floors", true));
  expect(summary(held)).toBe("1 passed, 0 failed");
  const both = addResults(held, oneResult("style", false), {
    passed: 0,
    failed: [],
    skipped: ["s"],
  });
  expect(summary(both)).toBe("Skipped:\n  s\nFailed:\n  style\n1 passed, 1 failed, 1 skipped");
});

test("in CI a skipped test is a failure that says so", () => {
  const judged = forbidSkips({ passed: 1, failed: [], skipped: ["s"] });
  expect(judged.failed).toEqual(["s (skipped, and CI skips nothing)"]);
  expect(summary(judged).split("\n").at(-1)).toBe("1 passed, 1 failed");
});
