/** Exit codes of `npm run drill`. */
export const DRILL_EXIT = {
  ok: 0,
  /** A promise was broken, or a mutant was not found out. */
  broken: 1,
  usage: 2,
  /** The drill itself came to grief, or cannot run here. */
  failed: 70,
} as const;
