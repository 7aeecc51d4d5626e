import {
  type Ceremony,
  CHANGE_END_REASONS,
  CHANGE_KIND,
  type ChangeTypes,
  END_REASONS,
} from "@lanyard/identity";
import { z } from "zod";
import type { StoredKind } from "./kind.ts";
import { oneOf } from "./schemas.ts";

export type { ChangeTypes };
export type ChangeCeremony = Ceremony<ChangeTypes>;

const stateSchema = z
  .object({
    phase: oneOf(CHANGE_KIND.phases),
    wasSent: z.boolean(),
    passcodeSet: z.boolean(),
    reason: z.enum([...END_REASONS, ...CHANGE_END_REASONS]).optional(),
  })
  // JSON leaves out what is undefined.
  .transform(({ reason, ...rest }) => ({ ...rest, reason }));

const notesSchema = z
  .object({ doneNonce: z.string(), attempt: z.string().optional() })
  .transform(({ attempt, ...rest }) => ({ ...rest, attempt }));

/** Change own passcode, as this server keeps it. */
export const CHANGE: StoredKind<ChangeTypes> = {
  ...CHANGE_KIND,
  stateSchema,
  notesSchema,
  notices: { changed: "passcode_changed", confirmed_later: "passcode_changed" },
  actions: {
    aborted: "change.aborted",
    uncertain: "change.uncertain",
    settled: "change.settled",
  },
};
