import { type CardSecrets, keyVersionsNeeded, type Store } from "@lanyard/identity";
import type { SealedRelease } from "@lanyard/wire";
import { record } from "../audit/record.ts";
import { sealRelease } from "../ceremonies/sealed-release.ts";
import type { Logger } from "../log.ts";
import { type JudgeParts, judge, orderOf, type ReleaseCase, readCase } from "./judge.ts";
import type { SealRefusal } from "./messages.ts";
import type { ReleaseRate } from "./rate.ts";

/**
 * Seals what a committed release may send. It takes the ceremony's id and nothing else, reads everything itself and
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
      const needed = await parts.store.transaction(async ({ ceremonies, cards }) => {
        const ceremony = await ceremonies.find(id);
        const card = ceremony && (await cards.find(ceremony.cardSerial));
        const seed = card && (await cards.seedOf(card.serial));
        return card && seed && keyVersionsNeeded(seed, card.registers);
      });
      await parts.secrets.ready(needed ?? []);
    },
    seal: async (id) => {
      const read = await parts.store.transaction((records) => readCase(records, id, parts));
      const reason = read.ok ? refusalOf(read.found, parts) : read.reason;
      if (!read.ok || reason !== undefined) {
        const refusal = { ok: false, reason: reason ?? "ceremony_unknown" } as const;
        await recorded(id, refusal.reason, read.ok ? read.found : undefined);
        return refusal;
      }
      return { ok: true, release: await seal(read.found, parts) };
    },
  };
}

function refusalOf(found: ReleaseCase, parts: SealerParts): SealRefusal | undefined {
  const reason = judge(found, parts);
  if (reason !== undefined || parts.rate === undefined) return reason;
  const request = {
    ceremony: found.ceremony.id,
    operator: found.operator.careId,
    site: found.operator.organisationCode,
    at: parts.now(),
  };
  if (!parts.rate.allows(request)) return "rate_exceeded";
  parts.rate.take(request);
  return undefined;
}

async function seal({ ceremony, card, seed }: ReleaseCase, parts: SealerParts) {
  const { ephemeralKey = "" } = ceremony.notes;
  const order = { ceremony: ceremony.id, card, seed, ephemeralKey, ...orderOf(ceremony) };
  const release = await sealRelease(parts, order);
  parts.log.info({ step: release.step }, "release.sealed");
  return release;
}

/** A flood of refusals must not become a flood of entries. */
const RECORDED_PER_MINUTE = 60;
const MINUTE_MS = 60_000;

function refusalsRecorded({ store, log, now }: SealerParts) {
  let [since, count] = [0, 0];
  return async (id: string, reason: SealRefusal, found: ReleaseCase | undefined): Promise<void> => {
    const at = now();
    if (at.getTime() - since > MINUTE_MS) [since, count] = [at.getTime(), 0];
    count += 1;
    log.warn({ reason }, "release.refused");
    if (count > RECORDED_PER_MINUTE) return;
    await store.transaction((records) =>
      record(records, {
        action: "unlock.seal_refused",
        at,
        actor: found?.ceremony.operator,
        holder: found?.ceremony.holder,
        cardSerial: found?.card.serial,
        ceremonyId: found === undefined ? undefined : id,
        details: { reason },
      }),
    );
  };
}
