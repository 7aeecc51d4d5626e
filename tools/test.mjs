// What `npm test` runs. Needs Node and the packages of `npm ci`; brings or names the rest (tools/debian.mjs).
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { describeMissing, installPackages, isCi, mayInstall, missingPackages } from "./debian.mjs";
import { PRIVATE_NETWORK_ENV, privateNetwork } from "./private-network.mjs";
import {
  addResults,
  forbidSkips,
  noResults,
  oneResult,
  summary,
  vitestResults,
} from "./results.mjs";

const HELP = `npm test [-- options]

  --unit            the unit tests only, without the checks
  --e2e             the end-to-end tests only, without the checks
  --only PATTERN    only test files whose path contains PATTERN, without the checks
  --help            this

Environment
  CI=true                 a skipped test is a failure
  LANYARD_INSTALL=1       as root: install missing Debian packages on any machine
  LANYARD_NO_INSTALL=1    never install anything

The last line is "N passed, N failed", and ", N skipped" when there are any. Exit code 1 when something failed.`;

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const MINUTE_MS = 60_000;
const STOP_GRACE_MS = 5_000;

/** The steps in their order. `part` is what an option selects; without one all of them run. */
// biome-ignore format: the columns are the documentation
const STEPS = [
  { part: "always", name: "build and types",       run: (on) => check(on, ["tools/build.mjs"]), isFatal: true },
  { part: "check",  name: "style (biome)",         run: (on) => check(on, [bin("@biomejs/biome", "biome"), "check", "."]) },
  { part: "check",  name: "floors",                run: (on) => check(on, [bin("tsx", "tsx"), "tools/check-floors.ts"]) },
  { part: "check",  name: "citations",             run: (on) => check(on, [bin("tsx", "tsx"), "tools/check-citations.ts"]) },
  { part: "unit",   name: "unit tests",            run: (on) => vitest(on, "unit", [], ["--maxWorkers=100%"]) },
  { part: "e2e",    name: "end-to-end tests",      run: (on) => vitest(on, "e2e", privateNetworkIfAny()) },
];

const LIMIT_MS = {
  always: 10 * MINUTE_MS,
  check: 5 * MINUTE_MS,
  unit: 30 * MINUTE_MS,
  e2e: 45 * MINUTE_MS,
};

/** Process groups that are running now, by the id of their first process, and whether we were told to stop. */
const running = new Set();
let isInterrupted = false;

async function main() {
  const { values: options } = parseArgs({
    options: {
      unit: { type: "boolean" },
      e2e: { type: "boolean" },
      only: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (options.help) return say(HELP);
  const scratch = makeScratch();
  try {
    providePackages();
    const results = await runSteps(stepsFor(options), { scratch, only: options.only });
    const judged = isCi() ? forbidSkips(results) : results;
    say(`\n${summary(judged)}`);
    process.exitCode = judged.failed.length === 0 ? 0 : 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A folder of this run, like /tmp itself: everything that is started makes its temporary files in it. */
function makeScratch() {
  const scratch = mkdtempSync(join(tmpdir(), "lanyard-test-"));
  chmodSync(scratch, 0o1777);
  return scratch;
}

function providePackages() {
  const missing = missingPackages();
  if (missing.length === 0) return;
  if (mayInstall()) {
    say(`Installing from Debian: ${missing.map((row) => row.package).join(" ")}`);
    installPackages(missing);
  }
  const stillMissing = missingPackages();
  if (stillMissing.length > 0) say(describeMissing(stillMissing));
}

function stepsFor({ unit, e2e, only }) {
  if (!unit && !e2e && only === undefined) return STEPS;
  const isBoth = !unit && !e2e;
  return STEPS.filter(
    ({ part }) =>
      part === "always" ||
      (part === "unit" && (unit || isBoth)) ||
      (part === "e2e" && (e2e || isBoth)),
  );
}

async function runSteps(steps, on) {
  let results = noResults();
  for (const step of steps) {
    say(`\n== ${step.name}`);
    const result = await step.run({ ...on, name: step.name, limitMs: LIMIT_MS[step.part] });
    results = addResults(results, result);
    if (isInterrupted || (step.isFatal && result.failed.length > 0)) break;
  }
  return results;
}

async function check(on, words) {
  const exitCode = await runProcess(on, [process.execPath, ...words], {});
  return oneResult(on.name, exitCode === 0);
}

/**
 * `wrapper` is a command that runs the rest of its line somewhere else, or nothing. Vitest's own choice leaves one
 * processor free, which on two would be half of them.
 */
async function vitest(on, project, wrapper, options = []) {
  const reportFile = join(on.scratch, `${project}.json`);
  const words = [
    ...wrapper,
    process.execPath,
    bin("vitest", "vitest"),
    "run",
    ...["--project", project],
    ...options,
    ...["--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`],
    ...(on.only === undefined ? [] : ["--passWithNoTests", on.only]),
  ];
  const env = wrapper.length > 0 ? PRIVATE_NETWORK_ENV : {};
  const exitCode = await runProcess(on, words, env);
  if (on.only !== undefined && exitCode === 0 && !existsSync(reportFile)) return noResults();
  return vitestResults({ project, report: readReport(reportFile), exitCode, root: ROOT });
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** The command in front of the end-to-end tests, or nothing where only root on Linux could have it. */
function privateNetworkIfAny() {
  const words = privateNetwork();
  if (words.length === 0)
    say("No private network here (it takes root on Linux, and ip): tests over PC/SC are skipped.");
  return words;
}

/** Runs one command in a process group of its own and stops what is left of the group. Gives its exit code. */
function runProcess(on, [command, ...words], env) {
  const child = spawn(command, words, {
    cwd: ROOT,
    detached: true,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...env, TMPDIR: on.scratch },
  });
  return new Promise((resolve) => {
    const limit = setTimeout(() => {
      say(`${on.name}: not finished after ${on.limitMs / MINUTE_MS} minutes, stopped.`);
      stopGroup(child.pid);
    }, on.limitMs);
    const end = (exitCode) => {
      clearTimeout(limit);
      stopGroup(child.pid);
      running.delete(child.pid);
      resolve(exitCode);
    };
    if (child.pid !== undefined) running.add(child.pid);
    child.once("error", (error) => {
      say(`${command}: ${error.message}`);
      end(null);
    });
    child.once("exit", (exitCode) => end(exitCode));
  });
}

function stopGroup(pid) {
  if (!signalGroup(pid, "SIGTERM")) return;
  setTimeout(() => signalGroup(pid, "SIGKILL"), STOP_GRACE_MS);
}

/** Whether the group was still there. */
function signalGroup(pid, signal) {
  if (pid === undefined) return false;
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** A package's program as a path, so that it runs under this Node and no shell. */
function bin(packageName, program) {
  const folder = join(ROOT, "node_modules", packageName);
  const { bin: programs } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return join(folder, typeof programs === "string" ? programs : programs[program]);
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

/** Ctrl-C and the like: the step that runs is ended and counts as failed, the next ones do not start. */
function stopEverything() {
  isInterrupted = true;
  for (const pid of running) stopGroup(pid);
}

process.once("SIGINT", stopEverything);
process.once("SIGTERM", stopEverything);
await main();
