import { createHmac, randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { Secret } from "@lanyard/bytes";
import type { CardSecrets } from "@lanyard/identity";
import { z } from "zod";
import { cardSecrets, unknownVersion } from "./card-secrets.ts";
import { SecretsError } from "./errors.ts";
import { refuseLoose } from "./loose.ts";
import type { MasterKeys } from "./master-keys.ts";

const KEY_BYTES = 32;

/** Every version ever used stays in the file: cards issued under it need it until their PUK has moved on. */
const keyFile = z.object({
  format: z.literal("lanyard-master-keys/1"),
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
  const keys = [{ version: 1, key: randomBytes(KEY_BYTES).toString("base64") }];
  const text = `${JSON.stringify({ format: "lanyard-master-keys/1", keys }, null, 2)}\n`;
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
  return {
    get newest() {
      return Math.max(...keys.keys());
    },
    get versions() {
      return [...keys.keys()].sort((left, right) => left - right);
    },
    refresh,
    mac: async (version, message) => {
      const key = keys.get(version);
      if (key === undefined) throw unknownVersion(version);
      return createHmac("sha256", key.reveal()).update(message).digest();
    },
    close: async () => {
      for (const key of keys.values()) key.wipe();
    },
  };
}

async function readKeys(path: string): Promise<ReadonlyMap<number, Secret>> {
  await refuseLoose(path);
  const parsed = keyFile.safeParse(parseJson(await readFile(path, "utf8")));
  if (!parsed.success)
    throw new SecretsError("secrets/file_malformed", `${path} is not a master key file.`);
  return new Map(
    parsed.data.keys.map(({ version, key }) => [version, new Secret(Buffer.from(key, "base64"))]),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
