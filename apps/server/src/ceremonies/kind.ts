import type { AuditAction, CeremonyKind, CeremonyTypes } from "@lanyard/identity";
import type { z } from "zod";

/** One kind of ceremony as this server keeps it: its table, how it is stored, and what its ends are called. */
export interface StoredKind<Types extends CeremonyTypes = CeremonyTypes>
  extends CeremonyKind<Types> {
  /** How state and notes are read back. */
  readonly stateSchema: z.ZodType<Types["state"]>;
  readonly notesSchema: z.ZodType<Types["notes"]>;
  /** In the record, each end that may come from outside. */
  readonly actions: Readonly<Record<"aborted" | "uncertain" | "settled", AuditAction>>;
}
