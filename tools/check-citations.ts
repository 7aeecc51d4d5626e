import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { checkCitations } from "./citations.ts";
import { readFiles, report } from "./source-files.ts";
import { checkThrows } from "./throws.ts";

// Promises that comments and documents make: that a clause can be looked up, that an error has that code.
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
]);
