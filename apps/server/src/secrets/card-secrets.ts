import { Secret } from "@lanyard/bytes";
import { type CardSecrets, keyVersionOf } from "@lanyard/identity";
import { unknownVersion } from "./errors.ts";
import type { Mac, MasterKeys } from "./master-keys.ts";
import { hintMessage, managementKeyMessage } from "./messages.ts";
import { derivePuk } from "./puk.ts";

/** Everything that is derived for a card, over whatever holds the master keys. */
export function cardSecrets(keys: MasterKeys): CardSecrets {
  const under =
    (version: number): Mac =>
    (message) =>
      keys.mac(version, message);
  return {
    get keyVersion() {
      return keys.newest;
    },
    ready: async (versions) => {
      await keys.refresh();
      const missing = versions.find((version) => !keys.versions.includes(version));
      if (missing !== undefined) throw unknownVersion(missing);
    },
    derivePuk: (of, index) => derivePuk(under(keyVersionOf(of, index)), of, index),
    // Set at issuance and not rotated with the PUK: of the version the card was issued under.
    deriveManagementKey: async (of) =>
      new Secret(await keys.mac(of.keyVersion, managementKeyMessage(of))),
    // An old backup does not know of later versions, and the hint is read to make up for old backups.
    hintMac: (of, index) => keys.mac(of.keyVersion, hintMessage(of, index)),
  };
}
