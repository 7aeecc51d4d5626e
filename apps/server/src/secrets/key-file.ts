import { randomBytes } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { Secret } from "@lanyard/bytes";
import type { CardSecrets } from "@lanyard/identity";
import { z } from "zod";
import { cardSecrets } from "./card-secrets.ts";
import { SecretsError, unknownVersion } from "./errors.ts";
import { refuseLoose } from "./loose.ts";
import { keysInMemory, type MasterKeys } from "./master-keys.ts";

const KEY_BYTES = 32;
const FORMAT = "lanyard-master-keys/1";

/** Every version ever used stays in the file: cards issued under it need it until their PUK has moved on. */
const keyFile = z.object({
  format: z.literal(FORMAT),
  keys: z
    .array(
      z.object({
        version: z.number().int().min(1),
        key: z.base64().refine((text) => Buffer.from(text, "base64").length === KEY_BYTES),
      }),
    )
    .min(1),
});

/**
 * Makes a new file with one fresh key, readable by the owner only.
 *
 * @throws {SecretsError} `secrets/file_exists`: an existing key is never overwritten
 */
export async function createMasterKeyFile(path: string): Promise<void> {
  const key = new Secret(randomBytes(KEY_BYTES));
  await addFileKey(path, { first: true, key });
  key.wipe();
}

/**
 * Writes a key into the file as its next version, and gives the version. The file is replaced whole, so that a power
 * cut leaves the old one or the new one.
 *
 * @throws {SecretsError} `secrets/file_exists` | `secrets/file_missing` | `secrets/file_loose` | `secrets/file_malformed`
 */
export async function addFileKey(
  path: string,
  { first, key }: { readonly first: boolean; readonly key: Secret },
): Promise<number> {
  const rows = first ? [] : await readRows(path);
  const version = 1 + Math.max(0, ...rows.map((row) => row.version));
  const keys = [...rows, { version, key: Buffer.from(key.reveal()).toString("base64") }];
  const text = `${JSON.stringify({ format: FORMAT, keys }, null, 2)}\n`;
  if (first) await writeNew(path, text);
  else {
    const draft = `${path}.new`;
    await rm(draft, { force: true });
    await writeNew(draft, text);
    await rename(draft, path);
  }
  return version;
}

/** The bytes of one version, for splitting. The caller wipes them. */
export async function readFileKey(path: string, version: number): Promise<Secret> {
  const keys = await readKeys(path);
  const key = keys.get(version);
  if (key === undefined) throw unknownVersion(version);
  return key;
}

async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: "wx", mode: 0o600, flush: true });
  } catch (cause) {
    throw new SecretsError(
      "secrets/file_exists",
      `The master key file ${path} could not be made; one that is there is never overwritten.`,
      { cause },
    );
  }
}

/**
 * Opens the key file as the embedded default's {@link CardSecrets}. New cards use the highest version.
 *
 * @throws {SecretsError} `secrets/file_missing` | `secrets/file_loose` | `secrets/file_malformed`
 */
export async function openKeyFile(path: string): Promise<CardSecrets> {
  return cardSecrets(await openMasterKeyFile(path));
}

/**
 * The keys of the file. Versions that were added since are found by `refresh`; one that was there stays usable until
 * the end, whatever happens to the file.
 *
 * @throws {SecretsError} `secrets/file_missing` | `secrets/file_loose` | `secrets/file_malformed`
 */
export async function openMasterKeyFile(path: string): Promise<MasterKeys> {
  const keys = new Map<number, Secret>();
  const refresh = async (): Promise<void> => {
    for (const [version, key] of await readKeys(path))
      if (keys.has(version)) key.wipe();
      else keys.set(version, key);
  };
  await refresh();
  return keysInMemory(keys, refresh);
}

async function readKeys(path: string): Promise<ReadonlyMap<number, Secret>> {
  const rows = await readRows(path);
  return new Map(rows.map(({ version, key }) => [version, new Secret(Buffer.from(key, "base64"))]));
}

async function readRows(path: string): Promise<z.infer<typeof keyFile>["keys"]> {
  await refuseLoose(path);
  const parsed = keyFile.safeParse(parseJson(await readFile(path, "utf8")));
  if (!parsed.success)
    throw new SecretsError("secrets/file_malformed", `${path} is not a master key file.`);
  return parsed.data.keys;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
