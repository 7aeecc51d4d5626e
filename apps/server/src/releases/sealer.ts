import { type CardSecrets, keyVersionsNeeded, type Records, type Store } from "@lanyard/identity";
import type { SealedRelease } from "@lanyard/wire";
import { record } from "../audit/record.ts";
import { sealRelease } from "../ceremonies/sealed-release.ts";
import type { Logger } from "../log.ts";
import { type Claim, readClaim } from "./claim.ts";
import type { JudgeParts } from "./judge.ts";
import type { SealRefusal } from "./messages.ts";
import type { ReleaseRate } from "./rate.ts";

/**
 * Seals what a committed release may send. It takes the id of the unlock or the second touch and nothing else, reads everything itself and
 * checks every proof anew, whether it lives in this process or in one of its own.
 */
export interface ReleaseSealer {
  /** Before the commit: whether this ceremony's PUKs could be sealed now. Rejects with a `SecretsError` if not. */
  ready(ceremony: string): Promise<void>;
  /** After the commit. The same release may be asked for again: its answer may have been lost. */
  seal(ceremony: string): Promise<SealAnswer>;
}

export type SealAnswer =
  | { readonly ok: true; readonly release: SealedRelease }
  | { readonly ok: false; readonly reason: SealRefusal };

export interface SealerParts extends JudgeParts {
  readonly store: Store;
  readonly secrets: CardSecrets;
  readonly log: Logger;
  /** Only for a process of its own: whoever holds the key itself would not keep to it. */
  readonly rate: ReleaseRate | undefined;
}

/** The sealer that holds the master keys. */
export function createSealer(parts: SealerParts): ReleaseSealer {
  const recorded = refusalsRecorded(parts);
  return {
    ready: async (id) => {
      const needed = await parts.store.transaction((records) => versionsNeeded(records, id));
      await parts.secrets.ready(needed);
    },
    seal: async (id) => {
      const claim = await parts.store.transaction((records) => readClaim(records, id, parts));
      const reason = typeof claim === "string" ? claim : refusalOf(claim, parts);
      if (typeof claim !== "string" && reason === undefined)
        return { ok: true, release: await seal(claim, parts) };
      const refusal = { ok: false, reason: reason ?? "ceremony_unknown" } as const;
      await recorded(refusal.reason, typeof claim === "string" ? undefined : claim);
      return refusal;
    },
  };
}

async function versionsNeeded(records: Records, id: string): Promise<readonly number[]> {
  const asked = (await records.ceremonies.find(id)) ?? (await records.rotations.find(id));
  const card = asked && (await records.cards.find(asked.cardSerial));
  const seed = card && (await records.cards.seedOf(card.serial));
  return card && seed ? keyVersionsNeeded(seed, card.registers) : [];
}

function refusalOf(claim: Claim, parts: SealerParts): SealRefusal | undefined {
  if (claim.refusal !== undefined || parts.rate === undefined) return claim.refusal;
  const request = {
    ceremony: claim.id,
    operator: claim.signer.careId,
    site: claim.signer.organisationCode,
    at: parts.now(),
  };
  if (!parts.rate.allows(request)) return "rate_exceeded";
  parts.rate.take(request);
  return undefined;
}

async function seal(claim: Claim, parts: SealerParts): Promise<SealedRelease> {
  const release = await sealRelease(parts, { ...claim, ceremony: claim.id });
  parts.log.info({ step: release.step }, "release.sealed");
  return release;
}

/** A flood of refusals must not become a flood of entries. */
const RECORDED_PER_MINUTE = 60;
const MINUTE_MS = 60_000;

function refusalsRecorded({ store, log, now }: SealerParts) {
  let [since, count] = [0, 0];
  return async (reason: SealRefusal, claim: Claim | undefined): Promise<void> => {
    const at = now();
    if (at.getTime() - since > MINUTE_MS) [since, count] = [at.getTime(), 0];
    count += 1;
    log.warn({ reason }, "release.refused");
    if (count > RECORDED_PER_MINUTE) return;
    await store.transaction((records) =>
      record(records, {
        action: "unlock.seal_refused",
        at,
        actor: claim?.signer.careId,
        holder: claim?.card.careId,
        cardSerial: claim?.card.serial,
        ceremonyId: claim?.id,
        details: { reason },
      }),
    );
  };
}
