import { createHmac, randomBytes } from "node:crypto";
import { readFile, stat, writeFile } from "node:fs/promises";
import { Secret } from "@lanyard/bytes";
import type { CardSecrets } from "@lanyard/identity";
import { z } from "zod";
import { SecretsError } from "./errors.ts";
import { hintMessage, managementKeyMessage } from "./messages.ts";
import { derivePuk } from "./puk.ts";

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
  await refuseLoose(path);
  const parsed = keyFile.safeParse(parseJson(await readFile(path, "utf8")));
  if (!parsed.success)
    throw new SecretsError("secrets/file_malformed", `${path} is not a master key file.`);
  const keys = new Map(
    parsed.data.keys.map(({ version, key }) => [version, new Secret(Buffer.from(key, "base64"))]),
  );
  const keyOf = (version: number): Uint8Array => {
    const key = keys.get(version);
    if (key === undefined)
      throw new SecretsError(
        "secrets/version_unknown",
        `The master key version ${version} is not in ${path}. Restore it from its backup.`,
      );
    return key.reveal();
  };
  const mac = (version: number, message: Uint8Array) =>
    createHmac("sha256", keyOf(version)).update(message).digest();
  return {
    keyVersion: Math.max(...keys.keys()),
    derivePuk: async (of, index) => derivePuk(keyOf(of.keyVersion), of, index),
    deriveManagementKey: async (of) => new Secret(mac(of.keyVersion, managementKeyMessage(of))),
    hintMac: async (of, index) => mac(of.keyVersion, hintMessage(of, index)),
  };
}

/** Windows has no such bits; there the folder's own protection must do. */
async function refuseLoose(path: string): Promise<void> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new SecretsError("secrets/file_missing", `There is no master key file at ${path}.`, {
      cause,
    });
  });
  if (process.platform !== "win32" && (found.mode & 0o077) !== 0)
    throw new SecretsError(
      "secrets/file_loose",
      `Others may read ${path}. Take their rights away: chmod 600 ${path}`,
    );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
