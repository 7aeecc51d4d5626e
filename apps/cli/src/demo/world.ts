import { existsSync } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseCareId, type Store } from "@lanyard/identity";
import { createMasterKeyFile, takeDirectoryLock } from "@lanyard/server";
import { createLogKeyFile } from "@lanyard/server/audit";
import { CliError } from "../errors.ts";
import { DEMO_PEOPLE, type DemoPerson } from "./people.ts";
import { createDemoAuthority, DEMO_FILES, type Seeding, seedDemo } from "./seed.ts";

/** The demo's data directory, held by this process alone. */
export interface World {
  /** People and cards are yet to be made: see {@link settleWorld}. */
  readonly isNew: boolean;
  leave(): void;
}

/** Written first: what {@link OWN} names in a directory with it is ours to throw away. */
const OURS = "made-by-lanyard-demo";
/** Written last: a directory with it is whole. */
const WHOLE = "demo-is-whole";

/** The name of the demo's audit log. */
const DEMO_LOG = "demo.lanyard.example/audit";

/** Everything a first start makes. Nothing else in the directory is ever removed. */
const OWN = [
  DEMO_FILES.authority,
  DEMO_FILES.trust,
  DEMO_FILES.masterKeys,
  DEMO_FILES.auditKey,
  DEMO_FILES.cards,
];
const OWN_FOLDERS = [DEMO_FILES.database, DEMO_FILES.agent];

/**
 * Enters the data directory, and makes authority and master key at the first start. A first start that was cut off is
 * thrown away and made anew; a directory that holds something else is left as it is.
 *
 * @throws {CliError} `cli/environment`
 * @throws {DatabaseError} `database/in_use` while another demo has it
 */
export async function enterWorld(directory: string, now: Date): Promise<World> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const isWhole = existsSync(join(directory, WHOLE));
  const isHalf = !isWhole && existsSync(join(directory, OURS));
  if (!isWhole && !isHalf && (await readdir(directory)).some((name) => !name.startsWith(".lock")))
    throw new CliError(
      "cli/environment",
      `${directory} holds something else. Choose another place: --data FOLDER`,
    );
  const leave = takeDirectoryLock(directory);
  try {
    if (isWhole) {
      await addLogKey(directory);
      return { isNew: false, leave };
    }
    await writeMark(directory, OURS);
    for (const name of [...OWN, ...OWN_FOLDERS])
      await rm(join(directory, name), { recursive: true, force: true });
    await createDemoAuthority(directory, now);
    await createMasterKeyFile(join(directory, DEMO_FILES.masterKeys));
    await addLogKey(directory);
    return { isNew: true, leave };
  } catch (error) {
    leave();
    throw error;
  }
}

/**
 * Makes the people and cards of a new world, or sees that those of an old one are in this database.
 *
 * @throws {CliError} `cli/environment`
 */
export async function settleWorld({ isNew }: World, seeding: Seeding): Promise<void> {
  const { directory, store, people = DEMO_PEOPLE } = seeding;
  const isThere = await knows(store, people);
  if (isNew && isThere)
    throw new CliError(
      "cli/environment",
      "The database holds a demo already, with cards made elsewhere. Give this one an empty database.",
    );
  if (!isNew && !isThere)
    throw new CliError(
      "cli/environment",
      `The people of ${directory} are in another database. Start with the DATABASE_URL, or without one, as at its first start; or choose a new place: --data FOLDER`,
    );
  if (!isNew) return;
  await seedDemo(seeding);
  await writeMark(directory, WHOLE);
}

/** A world from before there was a log gets its key now. */
async function addLogKey(directory: string): Promise<void> {
  const path = join(directory, DEMO_FILES.auditKey);
  if (!existsSync(path)) await createLogKeyFile(path, DEMO_LOG);
}

async function knows(store: Store, people: readonly DemoPerson[]): Promise<boolean> {
  const careId = parseCareId(people[0]?.careId);
  if (careId === undefined) return false;
  const found = await store.transaction((records) => records.people.find(careId));
  return found !== undefined;
}

/** On the disk when it resolves, so that marks tell the truth after a power cut as well. */
function writeMark(directory: string, name: string): Promise<void> {
  return writeFile(join(directory, name), "", { mode: 0o600, flush: true });
}
