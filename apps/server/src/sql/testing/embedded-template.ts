import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { DatabaseEvents } from "../connection.ts";
import { openEmbedded } from "../embedded/open-embedded.ts";

/** Faults are the test's failure, not noise. */
export const failingEvents: DatabaseEvents = {
  onDeath: (error) => {
    throw error;
  },
  onIdleError: (error) => {
    throw error;
  },
};

/** A new directory holding an embedded database that was made before, which is much quicker than making one. */
export async function freshEmbeddedDirectory(): Promise<{
  readonly directory: string;
  remove(): void;
}> {
  const template = await embeddedTemplate();
  const directory = mkdtempSync(join(tmpdir(), "lanyard-db-"));
  cpSync(template, directory, { recursive: true });
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

/** Made once per machine and version of PGlite, beside the packages it belongs to. */
async function embeddedTemplate(): Promise<string> {
  const packages = resolve(import.meta.dirname, "../../../../../node_modules");
  const manifest = readFileSync(join(packages, "@electric-sql/pglite/package.json"), "utf8");
  const { version }: { version: string } = JSON.parse(manifest);
  const template = join(packages, ".cache/lanyard", `embedded-${version}`);
  if (existsSync(template)) return template;
  mkdirSync(dirname(template), { recursive: true });
  const draft = mkdtempSync(`${template}-`);
  const database = await openEmbedded(draft, failingEvents);
  await database.close();
  try {
    renameSync(draft, template);
  } catch (error) {
    // Another test file was quicker.
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(template)) throw error;
  }
  return template;
}
