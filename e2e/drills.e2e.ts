import { describe, test } from "vitest";
import type { Drill } from "../drills/drill.ts";
import { DRILLS } from "../drills/registry.ts";
import { runShort } from "../drills/short.ts";
import { pcscUnavailable } from "./harness/pcscd.ts";
import { findPostgresBinaries } from "./harness/postgres.ts";

const UNAVAILABLE: Readonly<Record<Drill["needs"], string | undefined>> = {
  nothing: undefined,
  pcsc: pcscUnavailable(),
  postgres: findPostgresBinaries() === undefined ? "PostgreSQL is not installed" : undefined,
};

describe("drills in their short form, on what has to be installed", () => {
  for (const drill of DRILLS.filter(({ needs }) => needs !== "nothing")) {
    const missing = UNAVAILABLE[drill.needs];
    const skipped = missing === undefined ? "" : ` (skipped: ${missing})`;
    test.skipIf(missing !== undefined)(`${drill.name}: ${drill.passes}${skipped}`, () =>
      runShort(drill),
    );
  }
});
