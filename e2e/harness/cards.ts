import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { asciiBytes, fromHex, Secret } from "@lanyard/bytes";
import { nodeBlockCipher, nodeCardCrypto } from "@lanyard/crypto";
import { parseCareId } from "@lanyard/identity";
import { openKeyFile } from "@lanyard/server";
import { createAuthority, issueCard, openAuthority } from "@lanyard/server/issuance";
import {
  blankCardState,
  CARD_PROFILES,
  type CardState,
  createVirtualCard,
  createVirtualReader,
  FACTORY,
  openVirtualSession,
  parseCardState,
  type VirtualCard,
} from "@lanyard/virtual-card";

const DAY_MS = 86_400_000;
const PROFILE = CARD_PROFILES.care;

/** A card of the demo taken into the test's own hand, where it can be made to fail. Changes are not kept. */
export function cardInHand(directory: string, serial: string): VirtualCard {
  const text = readFileSync(cardFile(directory, serial), "utf8");
  return inHand(parseCardState(JSON.parse(text)));
}

export interface StrayCard {
  readonly serial: string;
  readonly passcode: string;
  /** `ours`: issued properly, but no record of it. `another`: by an authority that this service does not know. */
  readonly authority: "ours" | "another";
}

/** Puts a smartcard on the shelf that the records know nothing of. */
export async function shelveStrayCard(directory: string, stray: StrayCard): Promise<void> {
  const now = Date.now();
  const notBefore = new Date(now - DAY_MS);
  const notAfter = new Date(now + 365 * DAY_MS);
  const kept =
    stray.authority === "another"
      ? await createAuthority("Another authority", { notBefore, notAfter })
      : JSON.parse(readFileSync(join(directory, "authority.json"), "utf8"));
  const careId = parseCareId("555999000117");
  if (careId === undefined) throw new Error("Not a care identity number.");
  const card = inHand(blank(stray.serial, notAfter));
  const reader = createVirtualReader("The test's workbench");
  reader.insert(card);
  const session = openVirtualSession(reader);
  const { managementKey } = card.state;
  await issueCard(
    session,
    {
      ...{ careId, serial: stray.serial, notBefore, notAfter, issuedAt: notBefore },
      profile: {
        ...{ name: PROFILE.name, passcodeRule: PROFILE.passcodeRule, pukChangeable: true },
        ...{ passcodeTries: PROFILE.passcodeTries, pukTries: PROFILE.pukTries },
        pukTriesComeBack: PROFILE.resetsPukCounterOnSuccess,
        hint: PROFILE.hasHintObject,
      },
      passcode: new Secret(asciiBytes(stray.passcode)),
    },
    {
      authority: await openAuthority(kept),
      secrets: await openKeyFile(join(directory, "master-keys.json")),
      blank: {
        management: {
          algorithm: managementKey.algorithm,
          key: new Secret(fromHex(managementKey.value)),
          cipher: nodeBlockCipher,
        },
        passcode: new Secret(asciiBytes(FACTORY.passcode)),
        puk: new Secret(asciiBytes(FACTORY.puk)),
      },
    },
  );
  await session.close();
  reader.remove();
  writeFileSync(cardFile(directory, stray.serial), JSON.stringify(card.state));
}

function blank(serial: string, notAfter: Date): CardState {
  return blankCardState(PROFILE, {
    serial,
    guid: randomBytes(16),
    expires: notAfter.toISOString().slice(0, 10),
    managementKey: { algorithm: "aes256", value: randomBytes(32).toString("hex") },
  });
}

function inHand(state: CardState): VirtualCard {
  return createVirtualCard({ state, crypto: nodeCardCrypto, save: async () => undefined });
}

function cardFile(directory: string, serial: string): string {
  return join(directory, "cards", `${serial}.json`);
}
