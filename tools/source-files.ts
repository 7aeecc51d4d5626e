import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** One file of the repository. `path` is from its root, with forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** What a rule found wrong, said to the person who wrote it. */
export interface Finding {
  readonly rule: string;
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

const SKIPPED_FOLDERS = new Set(["node_modules", "dist", "coverage"]);

/** Every file below `folder` that ends in one of `endings`, in a fixed order. No folder gives none. */
export function readFiles(
  root: string,
  folder: string,
  endings: readonly string[],
): readonly SourceFile[] {
  const top = join(root, folder);
  if (!existsSync(top)) return [];
  const entries = readdirSync(top, { withFileTypes: true }).toSorted((left, right) =>
    left.name < right.name ? -1 : 1,
  );
  return entries.flatMap((entry) => {
    const path = join(top, entry.name);
    const fromRoot = relative(root, path).replaceAll("\\", "/");
    if (entry.isDirectory())
      return SKIPPED_FOLDERS.has(entry.name) ? [] : readFiles(root, fromRoot, endings);
    if (!endings.some((ending) => entry.name.endsWith(ending))) return [];
    return [{ path: fromRoot, text: readFileSync(path, "utf8") }];
  });
}

/** Prints findings, one a line, as `path:line rule message`. The exit code says whether there were any. */
export function report(name: string, findings: readonly Finding[]): void {
  for (const { path, line, rule, message } of findings)
    process.stdout.write(`${path}:${line} ${rule} ${message}\n`);
  process.stdout.write(
    findings.length === 0 ? `${name}: nothing to say.\n` : `${name}: ${findings.length} to mend.\n`,
  );
  process.exitCode = findings.length === 0 ? 0 : 1;
}
