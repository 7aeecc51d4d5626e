import {
  type Ceremony,
  END_REASONS,
  EVIDENCE_KINDS,
  UNLOCK_END_REASONS,
  UNLOCK_KIND,
  type UnlockTypes,
} from "@lanyard/identity";
import { z } from "zod";
import type { StoredKind } from "./kind.ts";
import { oneOf } from "./schemas.ts";

export type { UnlockTypes };
export type UnlockCeremony = Ceremony<UnlockTypes>;

const index = z.number().int().min(0);

const stateSchema = z
  .object({
    phase: oneOf(UNLOCK_KIND.phases),
    passcodeState: z.union([z.enum(["blocked", "unknown"]), z.object({ triesLeft: z.number() })]),
    evidence: oneOf(EVIDENCE_KINDS).optional(),
    candidate: index.optional(),
    next: index.optional(),
    triedBoth: z.boolean(),
    passcodeSet: z.boolean().default(false),
    hint: z.enum(["given", "written", "failed"]).optional(),
    rotated: z.boolean(),
    reason: z.enum([...END_REASONS, ...UNLOCK_END_REASONS]).optional(),
  })
  // JSON leaves out what is undefined.
  .transform(({ evidence, candidate, next, hint, reason, ...rest }) => ({
    ...{ evidence, candidate, next, hint, reason },
    ...rest,
  }));

const notesSchema = z
  .object({
    proofNonce: z.string(),
    authoriseNonce: z.string(),
    doneNonce: z.string(),
    ephemeralKey: z.string().optional(),
  })
  .transform(({ ephemeralKey, ...nonces }) => ({ ...nonces, ephemeralKey }));

/** Unlock, as this server keeps it. */
export const UNLOCK: StoredKind<UnlockTypes> = {
  ...UNLOCK_KIND,
  stateSchema,
  notesSchema,
  // Also when in doubt: whoever unlocks a found card and pulls it out early must not go unnoticed.
  notices: {
    verified: "unlocked",
    uncertain: "unlock_in_doubt",
    confirmed_later: "unlock_confirmed",
    settled_unknown: "unlock_settled",
  },
  actions: {
    aborted: "unlock.aborted",
    uncertain: "unlock.uncertain",
    settled: "unlock.settled",
  },
};
