import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Drill, Mutant } from "./drill.ts";
import { DRILL_EXIT } from "./exit.ts";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** What a run from source needs of the tree, besides the packages of `npm ci`. */
const COPIED = ["packages", "apps", "drills", "e2e", "tools", "package.json", "tsconfig.base.json"];

/** Where npm puts links to our own packages: in a copy they must lead into the copy. */
const OWN_SCOPE = "@lanyard";

export type MutantVerdict =
  | { readonly red: true; readonly said: string }
  /** The drill passed on broken code, or came to grief for another reason than its promise. */
  | { readonly red: false; readonly said: string };

/** Runs the drill's short form on a copy of the tree with the defect in it. Red is what is wanted. */
export function runMutant(drill: Drill, mutant: Mutant, seed: number): MutantVerdict {
  const copy = mkdtempSync(join(tmpdir(), "lanyard-mutant-"));
  try {
    copyTree(copy);
    plant(copy, mutant);
    const tsx = join(copy, "node_modules/tsx/dist/cli.mjs");
    const from = ["--conditions=source", "--tsconfig", join(copy, "drills/tsconfig.json")];
    const words = [...from, join(copy, "drills/main.ts"), "--only", drill.name];
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [tsx, ...words, "--short", "--seed", String(seed)],
      { cwd: copy, encoding: "utf8", timeout: 10 * 60_000, maxBuffer: 64 * 2 ** 20 },
    );
    const said = lastLine(status === DRILL_EXIT.broken ? stdout : `${stdout}\n${stderr}`);
    return { red: status === DRILL_EXIT.broken, said };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** @throws {Error} when the place to break is not there exactly once: the mutant is out of date */
function plant(copy: string, { name, file, find, replace }: Mutant): void {
  const path = join(copy, file);
  const text = readFileSync(path, "utf8");
  if (text.split(find).length !== 2)
    throw new Error(
      `Mutant ${name}: its place is not in ${file} exactly once. Bring it up to date.`,
    );
  writeFileSync(
    path,
    text.replace(find, () => replace),
  );
}

function copyTree(copy: string): void {
  for (const name of COPIED)
    cpSync(join(ROOT, name), join(copy, name), {
      recursive: true,
      filter: (path) => basename(path) !== "node_modules",
    });
  linkPackages(copy, "node_modules");
  for (const folder of ["packages", "apps"])
    for (const name of readdirSync(join(ROOT, folder)))
      linkPackages(copy, join(folder, name, "node_modules"));
}

/** The same packages by links; our own by links into the copy. */
function linkPackages(copy: string, folder: string): void {
  if (!existsSync(join(ROOT, folder))) return;
  mkdirSync(join(copy, folder), { recursive: true });
  for (const name of readdirSync(join(ROOT, folder)))
    if (name !== OWN_SCOPE) symlinkSync(join(ROOT, folder, name), join(copy, folder, name));
  const own = join(ROOT, folder, OWN_SCOPE);
  if (!existsSync(own)) return;
  // Links in a workspace are relative, so they are right in the copy as they are.
  cpSync(own, join(copy, folder, OWN_SCOPE), { recursive: true, verbatimSymlinks: true });
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}

/** The line of a mutant in docs/assurance.md. */
export function describeMutant({ name, about, file }: Mutant): string {
  return `${name}: ${about} (${relative(".", file)})`;
}
