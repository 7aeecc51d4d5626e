import { z } from "zod";
import { LEASH_CALLS } from "./leash.ts";
import { token } from "./shapes.ts";

/** What every line has: the ceremony, and whether it is told only by an agent that was started anew. */
const line = z.object({
  format: z.literal(1),
  ceremony: token,
  isWill: z.literal(true).optional(),
});

/**
 * One report of a burst as the agent keeps it on disk until the server has answered: the very call that is told again.
 * A step, a status word, ids, the closing signature; never a secret, for none of these calls carries one.
 */
const journalLine = z.discriminatedUnion("call", [
  line.extend({ call: z.literal("unlock_report"), body: LEASH_CALLS.unlock_report.request }),
  line.extend({ call: z.literal("unlock_prove"), body: LEASH_CALLS.unlock_prove.request }),
  line.extend({ call: z.literal("unlock_lost"), body: LEASH_CALLS.unlock_lost.request }),
  line.extend({ call: z.literal("change_report"), body: LEASH_CALLS.change_report.request }),
  line.extend({ call: z.literal("change_prove"), body: LEASH_CALLS.change_prove.request }),
  line.extend({ call: z.literal("change_lost"), body: LEASH_CALLS.change_lost.request }),
]);

type WithoutFormat<Line> = Line extends unknown ? Omit<Line, "format"> : never;

/** A line's content: which call, and its body. */
export type JournalEntry = WithoutFormat<z.infer<typeof journalLine>>;

/** One line of JSON, without its line break. */
export function encodeJournalLine(entry: JournalEntry): string {
  return JSON.stringify({ format: 1, ...entry });
}

/** The entry of one line; `undefined` for a torn or foreign one, which is passed over. */
export function decodeJournalLine(text: string): JournalEntry | undefined {
  const parsed = journalLine.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  const { format: _, ...entry } = parsed.data;
  return entry;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
