import type { AuditAction, CeremonyKind, CeremonyTypes } from "@lanyard/identity";
import type { z } from "zod";
import type { NoticeKind } from "../notices/words.ts";

/** One kind of ceremony as this server keeps it: its table, how it is stored, and what its ends are called. */
export interface StoredKind<Types extends CeremonyTypes = CeremonyTypes>
  extends CeremonyKind<Types> {
  /** How state and notes are read back. */
  readonly stateSchema: z.ZodType<Types["state"]>;
  readonly notesSchema: z.ZodType<Types["notes"]>;
  /** What the holder is told when a ceremony comes to a phase. A phase without a row is not told of. */
  readonly notices: Readonly<Partial<Record<Types["state"]["phase"], NoticeKind>>>;
  /** In the record, each end that may come from outside. */
  readonly actions: Readonly<Record<"aborted" | "uncertain" | "settled", AuditAction>>;
}
