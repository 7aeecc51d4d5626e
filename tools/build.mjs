// Makes everything `npm start` and `npm test` need: types and JavaScript (tsc), the style sheet (sass) and the
// browser scripts (esbuild) in packages/pages/dist/assets. Does nothing that is already up to date.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const OUTPUT = join(ROOT, "packages/pages/dist/assets");
const STAMP = join(OUTPUT, "stamp.json");
const STYLES = join(ROOT, "packages/pages/src/styles");
const NHSUK = dirname(
  createRequire(join(ROOT, "packages/pages/package.json")).resolve("nhsuk-frontend/package.json"),
);
const BROWSER_SCRIPTS = ["apps/server/src/browser", "apps/cli/src/demo/browser"];

const [compiled, assets] = await Promise.allSettled([compileTypes(), buildAssets()]);
for (const step of [compiled, assets]) {
  if (step.status === "rejected") {
    console.error(step.reason instanceof Error ? step.reason.message : step.reason);
    process.exitCode = 1;
  }
}

/** `tsc -b` does its own skipping; its errors go straight to the terminal. */
function compileTypes() {
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [tsc, "-b"], { cwd: ROOT, stdio: "inherit" });
    child.on("error", reject);
    child.on("exit", (code) =>
      code === 0 ? resolve() : reject(new Error("The type check failed: see above.")),
    );
  });
}

async function buildAssets() {
  const entries = browserEntries();
  if (isUpToDate(entries)) return;
  const [styles, scripts] = await Promise.all([compileStyles(), bundleScripts(entries)]);
  const icon = join(STYLES, "favicon.svg");
  const files = new Map([
    ["lanyard.css", styles.css],
    ["favicon.svg", readFileSync(icon)],
    ...imagesIn(styles.css),
    ...scripts.files,
  ]);
  const own = fileURLToPath(import.meta.url);
  await write(files, entries, [own, icon, ...styles.inputs, ...scripts.inputs]);
}

/** Every `.ts` file directly in a browser folder is one script; folders below hold what they share. */
function browserEntries() {
  const entries = BROWSER_SCRIPTS.map((folder) => join(ROOT, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
        .map((name) => join(folder, name)),
    )
    .sort();
  const names = entries.map((entry) => basename(entry));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new Error(
      `Two browser scripts are called ${twice}. They are served from one folder: rename one.`,
    );
  return entries;
}

function isUpToDate(entries) {
  if (!existsSync(STAMP)) return false;
  const stamp = JSON.parse(readFileSync(STAMP, "utf8"));
  if (stamp.entries.join() !== entries.map(fromRoot).join()) return false;
  return Object.entries(stamp.inputs).every(([path, mark]) => markOf(join(ROOT, path)) === mark);
}

/** Time and size: enough to see an edit, a checkout or a new version of a dependency. */
function markOf(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? "missing" : `${stats.mtimeMs}:${stats.size}`;
}

async function compileStyles() {
  const { compileAsync } = await import("sass");
  const result = await compileAsync(join(STYLES, "lanyard.scss"), {
    style: "compressed",
    loadPaths: [dirname(NHSUK)],
    quietDeps: true,
  });
  return { css: result.css, inputs: result.loadedUrls.map((url) => fileURLToPath(url)) };
}

/** The library's pictures that the style sheet asks for, to lie beside it. */
function imagesIn(css) {
  const names = [...css.matchAll(/url\("?\.\/([a-z0-9-]+\.svg)"?\)/g)].map((match) => match[1]);
  return [...new Set(names)].map((name) => [
    name,
    readFileSync(join(NHSUK, "dist/nhsuk/assets/images", name)),
  ]);
}

async function bundleScripts(entries) {
  const { build } = await import("esbuild");
  const result = await build({
    absWorkingDir: ROOT,
    entryPoints: entries,
    outdir: OUTPUT,
    entryNames: "[name]",
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    conditions: ["source"],
    write: false,
    metafile: true,
    logLevel: "warning",
  });
  const files = result.outputFiles.map((file) => [basename(file.path), file.contents]);
  return { files, inputs: Object.keys(result.metafile.inputs).map((path) => join(ROOT, path)) };
}

/** The stamp goes last: a build cut short is done again. */
async function write(files, entries, inputs) {
  const hash = createHash("sha256");
  const names = [...files.keys()].sort();
  await rm(STAMP, { force: true });
  await mkdir(OUTPUT, { recursive: true });
  for (const name of names) {
    hash.update(name).update("\0").update(files.get(name));
    await replace(join(OUTPUT, name), files.get(name));
  }
  const manifest = { hash: hash.digest("hex").slice(0, 16), names };
  await replace(join(OUTPUT, "manifest.json"), JSON.stringify(manifest));
  const marks = inputs.map((path) => [fromRoot(path), markOf(path)]);
  const stamp = { entries: entries.map(fromRoot), inputs: Object.fromEntries(marks) };
  await replace(STAMP, JSON.stringify(stamp));
}

/** A reader sees the old file or the new one, never half of one. */
async function replace(path, bytes) {
  await writeFile(`${path}.new`, bytes);
  await rename(`${path}.new`, path);
}

function fromRoot(path) {
  return relative(ROOT, path);
}
