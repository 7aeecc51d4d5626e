import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Drill, DrillFigures } from "./drill.ts";
import { DRILLS } from "./registry.ts";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const PAGE = join(ROOT, "docs/assurance.md");

/** The page's own words stand above this line; everything below is written by `npm run drill -- --publish`. */
const MARK = "<!-- Below: written by npm run drill -- --publish -->";

export interface PublishedRun {
  readonly rounds: number;
  readonly seed: number;
  readonly figures: DrillFigures;
}

/** Writes what was run into docs/assurance.md. Drills that were not run now keep the section they have. */
export function publish(runs: ReadonlyMap<Drill, PublishedRun>): void {
  const [words = "", written = ""] = readFileSync(PAGE, "utf8").split(MARK);
  const before = sectionsOf(written);
  const sections = DRILLS.flatMap((drill) => {
    const run = runs.get(drill);
    const section = run === undefined ? before.get(drill.name) : sectionFor(drill, run);
    return section === undefined ? [] : [section];
  });
  writeFileSync(PAGE, `${words}${MARK}\n\n${sections.join("\n")}`);
}

/** By the name of the drill, each from its heading to the next. */
function sectionsOf(text: string): ReadonlyMap<string, string> {
  const parts = text.split(/^(?=## )/m).filter((part) => part.startsWith("## "));
  return new Map(parts.map((part) => [part.slice(3, part.indexOf("\n")), `${part.trimEnd()}\n`]));
}

function sectionFor(drill: Drill, { rounds, seed, figures }: PublishedRun): string {
  const rows = Object.entries(figures).map(([name, value]) => `| ${name} | ${inWords(value)} |`);
  return [
    `## ${drill.name}`,
    "",
    `${capital(drill.about)}.`,
    "",
    `Must hold: ${drill.passes}.`,
    "",
    "| figure | value |",
    "|---|---|",
    `| rounds | ${inWords(rounds)} |`,
    ...rows,
    "",
    `Seed ${seed}, commit ${commit()}, ${new Date().toISOString().slice(0, 10)}.`,
    ...mutantsOf(drill),
    "",
  ].join("\n");
}

function mutantsOf({ mutants }: Drill): readonly string[] {
  if (mutants.length === 0) return [];
  return [
    "",
    "Found out when the code is broken on purpose:",
    "",
    ...mutants.map(({ about }) => `- ${about}`),
  ];
}

function inWords(value: number | string): string {
  return typeof value === "number" ? value.toLocaleString("en-GB") : value;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** With a mark when the tree differs from it: a figure belongs to the code that gave it. */
function commit(): string {
  const git = (...words: readonly string[]) =>
    spawnSync("git", words, { cwd: ROOT, encoding: "utf8" }).stdout.trim();
  const changed = git("status", "--porcelain", "--", "packages", "apps", "drills") !== "";
  return `${git("rev-parse", "--short", "HEAD")}${changed ? " and changes" : ""}`;
}
