/**
 * What a run came to. `passed` is a number because nobody reads the names; `failed` and `skipped` are names because
 * somebody has to.
 *
 * @typedef {{ passed: number, failed: string[], skipped: string[] }} Results
 */

/** @returns {Results} */
export function noResults() {
  return { passed: 0, failed: [], skipped: [] };
}

/** @param {...Results} parts @returns {Results} */
export function addResults(...parts) {
  return {
    passed: parts.reduce((sum, part) => sum + part.passed, 0),
    failed: parts.flatMap((part) => part.failed),
    skipped: parts.flatMap((part) => part.skipped),
  };
}

/** One check that either holds or does not. @returns {Results} */
export function oneResult(name, isOk) {
  return { passed: isOk ? 1 : 0, failed: isOk ? [] : [name], skipped: [] };
}

/**
 * Reads the report of vitest's JSON reporter. A file that could not be loaded has no test in the report and is one
 * failure; so is a run that ended badly although every test passed (an unhandled rejection, a crash of the runner).
 *
 * @param {{ project: string, report: unknown, exitCode: number | null, root: string }} run
 * @returns {Results}
 */
export function vitestResults({ project, report, exitCode, root }) {
  if (report === undefined)
    return oneResult(`${project}: vitest wrote no report (exit code ${exitCode})`, false);
  const results = addResults(...report.testResults.map((file) => fileResults(file, root)));
  if (exitCode !== 0 && results.failed.length === 0)
    results.failed.push(`${project}: vitest ended with ${exitCode} although no test failed`);
  return results;
}

function fileResults(file, root) {
  const path = file.name.startsWith(`${root}/`) ? file.name.slice(root.length + 1) : file.name;
  const results = noResults();
  for (const test of file.assertionResults) {
    const name = `${path}: ${[...test.ancestorTitles, test.title].join(" > ")}`;
    if (test.status === "passed") results.passed += 1;
    else if (test.status === "failed") results.failed.push(name);
    else results.skipped.push(name);
  }
  if (file.status === "failed" && results.failed.length === 0)
    results.failed.push(`${path}: ${firstLine(file.message) || "could not be run"}`);
  return results;
}

/** In CI nothing may be skipped: each skipped test becomes a failure that says so. @returns {Results} */
export function forbidSkips(results) {
  const failed = results.skipped.map((name) => `${name} (skipped, and CI skips nothing)`);
  return { passed: results.passed, failed: [...results.failed, ...failed], skipped: [] };
}

/** The end of the output. Its last line is the one that machines read. */
export function summary(results) {
  const lines = [];
  if (results.skipped.length > 0) lines.push("Skipped:", ...results.skipped.map((n) => `  ${n}`));
  if (results.failed.length > 0) lines.push("Failed:", ...results.failed.map((n) => `  ${n}`));
  const counts = [`${results.passed} passed`, `${results.failed.length} failed`];
  if (results.skipped.length > 0) counts.push(`${results.skipped.length} skipped`);
  return [...lines, counts.join(", ")].join("\n");
}

function firstLine(text) {
  return (text ?? "").split("\n")[0].trim();
}
