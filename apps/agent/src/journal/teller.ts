import type { JournalEntry, UnlockProgress } from "@lanyard/wire";
import { LEASH_BACK_MS } from "../leash/call-once-more.ts";
import type { Rooms } from "../rooms.ts";

/** Tells one report; resolves with the server's answer, or `undefined` when none can be had in time. Never rejects. */
export type Tell = (entry: JournalEntry) => Promise<UnlockProgress | undefined>;

/**
 * For the reports of one burst: if the leash breaks, the replies are not waited for longer than a moment, all of them
 * together. What was not answered is told when the leash is back, whatever becomes of this page.
 */
export function openTeller({ outbox, timers }: Pick<Rooms, "outbox" | "timers">): Tell {
  let giveUpAt: number | undefined;
  return (entry) =>
    new Promise((resolve) => {
      const onBroken = (): void => {
        giveUpAt ??= timers.now() + LEASH_BACK_MS;
        timers.after(Math.max(0, giveUpAt - timers.now()), () => resolve(undefined));
      };
      void outbox.tell(entry, onBroken).then(resolve);
    });
}
