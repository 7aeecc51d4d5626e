import {
  type HintOrder,
  type JournalEntry,
  Refusal,
  type RequestOf,
  type UnlockProgress,
} from "@lanyard/wire";
import type { Rooms } from "../rooms.ts";

/**
 * What is told to the server during one burst: strictly in order, each after the reply to the one before, while the
 * card goes on. If the leash breaks, the replies are not waited for longer than a moment; what was not answered is told
 * when the leash is back, whatever becomes of this page, and by the next run of the agent if this one dies.
 */
export interface Reports {
  /** Resolves with the server's answer; `undefined` when none can be had in time. Never rejects. */
  report(body: Omit<RequestOf<"unlock_report">, "visit">): Promise<UnlockProgress | undefined>;
  prove(body: Omit<RequestOf<"unlock_prove">, "visit">): Promise<UnlockProgress | undefined>;
  lost(reason: RequestOf<"unlock_lost">["reason"]): Promise<UnlockProgress | undefined>;
  /** Asked once, now or not at all: the card's challenge is good for one answer. Never rejects. */
  askHint(challenge: string): Promise<HintOrder | undefined>;
}

/** How long a broken leash is waited for, all reports of a burst together. */
export const LEASH_BACK_MS = 10_000;

export function openReports(
  { outbox, timers, leash, log }: Pick<Rooms, "outbox" | "timers" | "leash" | "log">,
  { ceremony, visit }: { readonly ceremony: string; readonly visit: string },
): Reports {
  let giveUpAt: number | undefined;
  const tell = (entry: JournalEntry): Promise<UnlockProgress | undefined> =>
    new Promise((resolve) => {
      const onBroken = (): void => {
        giveUpAt ??= timers.now() + LEASH_BACK_MS;
        timers.after(Math.max(0, giveUpAt - timers.now()), () => resolve(undefined));
      };
      void outbox.tell(entry, onBroken).then(resolve);
    });
  return {
    report: (body) => tell({ ceremony, call: "unlock_report", body: { visit, ...body } }),
    prove: (body) => tell({ ceremony, call: "unlock_prove", body: { visit, ...body } }),
    lost: (reason) => tell({ ceremony, call: "unlock_lost", body: { visit, reason } }),
    askHint: async (challenge) => {
      try {
        return await leash.call("unlock_hint", { visit, challenge });
      } catch (error) {
        log.warn({ code: error instanceof Refusal ? error.code : "lost" }, "unlock.no_hint");
        return undefined;
      }
    },
  };
}
