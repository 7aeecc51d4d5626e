import type { CardSecrets } from "@lanyard/identity";
import type { Config } from "../config.ts";
import { secretsElsewhere } from "../releases/remote-sealer.ts";
import type { ReleaseSealer } from "../releases/sealer.ts";
import { cardSecrets } from "./card-secrets.ts";
import { openMasterKeyFile } from "./key-file.ts";
import type { MasterKeys } from "./master-keys.ts";
import { openTokenKeys } from "./pkcs11/token-keys.ts";

export interface OpenSecrets {
  readonly secrets: CardSecrets;
  /** Set when another process seals. */
  readonly releases?: ReleaseSealer;
  /** Set when this process holds the keys, and must close them. */
  readonly keys?: MasterKeys;
}

/** The master keys themselves, from where the settings say. Rejects with a `SecretsError`. */
export function openMasterKeys(
  config: Pick<Config, "token" | "masterKeyFile">,
): Promise<MasterKeys> {
  return config.token === undefined
    ? openMasterKeyFile(config.masterKeyFile)
    : openTokenKeys(config.token);
}

/** What a server works with: keys of its own, or the line to the process that has them. */
export async function openSecrets(config: Config): Promise<OpenSecrets> {
  if (config.secretsSocket !== undefined) return secretsElsewhere(config.secretsSocket);
  const keys = await openMasterKeys(config);
  return { secrets: cardSecrets(keys), keys };
}
