import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkCitations } from "./citations.ts";
import { checkLinks } from "./links.ts";
import { readFiles, report } from "./source-files.ts";
import { checkThrows } from "./throws.ts";

// Promises that comments and documents make: a clause can be looked up, an error has that code, a link leads somewhere.
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const SPECS = "docs/specs.md";
// The samples in tests of the checks themselves break the rules on purpose.
const SAMPLES = /^tools\/(?:citations|throws|floors|source-text)\.test\.ts$/;

const sources = ["packages", "apps", "e2e", "bench", "tools"]
  .flatMap((folder) => readFiles(ROOT, folder, [".ts", ".tsx"]))
  .filter(({ path }) => !SAMPLES.test(path));
const documents = [
  ...readFiles(ROOT, "docs", [".md"]),
  ...readFiles(ROOT, ".", [".md"]).filter(({ path }) => !path.includes("/")),
];
const specs = documents.find(({ path }) => path === SPECS) ?? { path: SPECS, text: "" };

report("citations", [
  ...checkCitations([...sources, ...documents], specs),
  ...checkThrows(sources),
  ...checkLinks(documents, (path) => existsSync(join(ROOT, path))),
]);
