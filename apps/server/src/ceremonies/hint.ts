import { createCipheriv, timingSafeEqual } from "node:crypto";
import {
  decodeHint,
  encodeHint,
  keyVersionOf,
  liftByHint,
  type PukOf,
  type PukRegisters,
  type Records,
  type Smartcard,
} from "@lanyard/identity";
import { type HintOrder, Refusal } from "@lanyard/wire";
import type { Core } from "../core.ts";
import { secretsOf } from "../secrets/card-identity.ts";
import { SecretsError } from "../secrets/errors.ts";

type SecretsCore = Pick<Core, "store" | "secrets">;

/** What the agent writes onto this card: the answer to its challenge, and the hint that says it accepted `index`. */
export async function makeHint(
  core: SecretsCore,
  card: Smartcard,
  { challenge, index }: { readonly challenge: string; readonly index: number },
): Promise<HintOrder> {
  const seed = await core.store.transaction((records) => records.cards.seedOf(card.serial));
  if (seed === undefined) throw new Refusal("not_released");
  const of = secretsOf(card, seed);
  const key = await core.secrets.deriveManagementKey(of);
  try {
    const response = encryptBlock(key.reveal(), Buffer.from(challenge, "base64"));
    const object = encodeHint({ index, mac: await core.secrets.hintMac(of, index) });
    return { response: base64(response), object: base64(object) };
  } finally {
    key.wipe();
  }
}

/** What came of the hint that the card showed. */
export type HintFinding =
  /** `unchecked`: the keys are not here, or not now. */
  | { readonly hint: "none" | "foreign" | "old" | "unchecked" }
  | { readonly hint: "ahead"; readonly index: number };

/**
 * Believes the hint on the card only with our own MAC on it, and lifts the card's registers if it knows more than our
 * records do: after a fail-over, or from an old backup. To be called in the transaction that records the card's proof.
 */
export async function heedHint(
  core: SecretsCore & Pick<Core, "now">,
  records: Records,
  shown: { readonly serial: string; readonly hint: string | undefined },
): Promise<HintFinding> {
  const card = await records.cards.lock(shown.serial);
  const seed = await records.cards.seedOf(shown.serial);
  if (card === undefined || seed === undefined || shown.hint === undefined) return { hint: "none" };
  if (!card.profile.hint || !card.profile.pukChangeable) return { hint: "none" };

  const hint = decodeHint(Buffer.from(shown.hint, "base64"));
  if (hint === undefined) return { hint: "foreign" };
  const version = await versionOf(core, secretsOf(card, seed), hint);
  if (typeof version === "string") return { hint: version };
  const registers: PukRegisters = liftByHint(card.registers, hint.index);
  if (registers === card.registers) return { hint: "old" };
  // The index on the card is of the key version that its MAC is of; the one after it, if it ever left, of the newest.
  const { serial } = card;
  await records.cards.saveRegisters(serial, { ...registers, hi: hint.index }, version);
  await records.cards.saveRegisters(serial, registers, core.secrets.keyVersion);
  return { hint: "ahead", index: hint.index };
}

/**
 * The master key version that the hint's MAC is of. A fail-over may have lost the release that moved the card to a newer
 * one, so that those are tried too. A card is served without its hint rather than not at all.
 */
async function versionOf(
  { secrets }: SecretsCore,
  of: PukOf,
  { index, mac }: { readonly index: number; readonly mac: Uint8Array },
): Promise<number | "unchecked" | "foreign"> {
  const known = keyVersionOf(of, index);
  try {
    for (let version = known; version <= Math.max(known, secrets.keyVersion); version += 1) {
      const keyVersionChanges = [{ from: 0, version }];
      const expected = await secrets.hintMac({ ...of, keyVersionChanges }, index);
      if (timingSafeEqual(expected, mac)) return version;
    }
    return "foreign";
  } catch (error) {
    if (error instanceof SecretsError) return "unchecked";
    throw error;
  }
}

/** One block of AES-256, as the card does it with its management key. */
function encryptBlock(key: Uint8Array, block: Uint8Array): Uint8Array {
  if (block.length !== BLOCK_BYTES) throw new Refusal("not_released");
  return createCipheriv("aes-256-ecb", key, null).setAutoPadding(false).update(block);
}

const BLOCK_BYTES = 16;

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
