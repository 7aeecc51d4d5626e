import { CHANGE } from "./change-kind.ts";
import type { StoredKind } from "./kind.ts";
import { UNLOCK } from "./unlock-kind.ts";

/** Every kind of ceremony this server knows. A row of any other is an error, not a guess. */
export const CEREMONY_KINDS: readonly StoredKind[] = [UNLOCK, CHANGE];
