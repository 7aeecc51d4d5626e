import { sealedRelease } from "@lanyard/wire";
import { z } from "zod";

/** What the secrets process is asked: one ceremony, by its id. Anything more in the request would be believed by nobody. */
export const question = z.strictObject({ ceremony: z.string().regex(/^[A-Za-z0-9_-]{22}$/) });

export const SEAL_REFUSALS = [
  "ceremony_unknown",
  "not_released",
  "stale",
  "not_on_record",
  "registers_differ",
  "card_not_proven",
  "card_not_in_use",
  "operator_not_entitled",
  "not_authorised",
  "rate_exceeded",
] as const;

/** Why a release is not sealed. Each is a proof that was looked for and not found. */
export type SealRefusal = (typeof SEAL_REFUSALS)[number];

export const sealAnswer = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), release: sealedRelease }),
  z.object({ ok: z.literal(false), reason: z.enum(SEAL_REFUSALS) }),
]);

export const readyAnswer = z.object({ keyVersion: z.number().int().min(1) });

/** The key store cannot be used; the sentence is for the web node's log. */
export const fault = z.object({ message: z.string() });
