import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { DRILLS } from "./registry.ts";
import { runShort } from "./short.ts";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

describe("drills in their short form, on nothing but Node", () => {
  for (const drill of DRILLS.filter(({ needs }) => needs === "nothing"))
    test(`${drill.name}: ${drill.passes}`, { timeout: 120_000 }, () => runShort(drill));
  test("every drill has a name of its own", () => {
    const names = DRILLS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  for (const { name: drill, mutants } of DRILLS)
    for (const { name, file, find, replace } of mutants)
      test(`${drill} / ${name}: the place to break is there, once`, () => {
        expect(readFileSync(join(ROOT, file), "utf8").split(find)).toHaveLength(2);
        expect(replace).not.toBe(find);
      });
});
