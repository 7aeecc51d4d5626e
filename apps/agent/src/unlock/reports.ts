import { type HintOrder, Refusal, type RequestOf, type UnlockProgress } from "@lanyard/wire";
import { openTeller } from "../journal/teller.ts";
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

export function openReports(
  rooms: Pick<Rooms, "outbox" | "timers" | "leash" | "log">,
  { ceremony, visit }: { readonly ceremony: string; readonly visit: string },
): Reports {
  const { leash, log } = rooms;
  const tell = openTeller(rooms);
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
