import { stat } from "node:fs/promises";
import { SecretsError } from "./errors.ts";

/**
 * Refuses a file with a secret in it that others may read. Windows has no such bits; there the folder's own protection
 * must do.
 *
 * @throws {SecretsError} `secrets/file_missing` | `secrets/file_loose`
 */
export async function refuseLoose(path: string): Promise<void> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new SecretsError("secrets/file_missing", `There is no file ${path}.`, { cause });
  });
  if (process.platform !== "win32" && (found.mode & 0o077) !== 0)
    throw new SecretsError(
      "secrets/file_loose",
      `Others may read ${path}. Take their rights away: chmod 600 ${path}`,
    );
}
