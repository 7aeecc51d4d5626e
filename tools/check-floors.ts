import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkFloors, type Workspace } from "./floors.ts";
import { readFiles, report } from "./source-files.ts";

// The floors of ARCHITECTURE.md, checked on what the sources really import.
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const folders = ["packages", "apps"].flatMap((parent) =>
  readdirSync(join(ROOT, parent)).map((name) => `${parent}/${name}`),
);
const reasons = readFileSync(join(ROOT, "docs/adr/0002-dependencies.md"), "utf8");
report("floors", checkFloors(folders.map(readWorkspace), reasons));

function readWorkspace(folder: string): Workspace {
  const manifest: unknown = JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8"));
  return {
    name: String(field(manifest, "name")),
    folder,
    dependencies: Object.keys(Object(field(manifest, "dependencies"))),
    doors: Object.keys(Object(field(manifest, "exports"))),
    files: readFiles(ROOT, `${folder}/src`, [".ts", ".tsx"]),
  };
}

function field(value: unknown, name: string): unknown {
  return Object.entries(Object(value)).find(([key]) => key === name)?.[1];
}
