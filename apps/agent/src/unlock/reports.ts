import { LeashLost, Refusal, type RequestOf, type UnlockProgress } from "@lanyard/wire";
import type { Rooms } from "../rooms.ts";
import { within } from "../timers.ts";

/**
 * What is told to the server during one burst: strictly in order, each after the reply to the one before, while the
 * card goes on. If the leash breaks, what was not answered is told once more when it is back, and not waited for longer
 * than a moment: the card's state is what counts, and a later signature of the card settles the rest.
 */
export interface Reports {
  /** Resolves with the server's answer; `undefined` when none can be had any more. Never rejects. */
  report(body: Omit<RequestOf<"unlock_report">, "visit">): Promise<UnlockProgress | undefined>;
  prove(body: Omit<RequestOf<"unlock_prove">, "visit">): Promise<UnlockProgress | undefined>;
  lost(reason: RequestOf<"unlock_lost">["reason"]): Promise<UnlockProgress | undefined>;
}

/** How long a broken leash is waited for, all reports of a burst together. */
export const LEASH_BACK_MS = 10_000;

type Call = () => Promise<UnlockProgress>;

export function openReports(
  rooms: Pick<Rooms, "leash" | "timers" | "log">,
  visit: string,
): Reports {
  const { leash, log } = rooms;
  let last: Promise<unknown> = Promise.resolve();
  let giveUpAt: number | undefined;

  const attempt = async (call: Call): Promise<UnlockProgress | undefined> => {
    for (const isRepeat of [false, true]) {
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof LeashLost)) {
          const code = error instanceof Refusal ? error.code : "failed";
          log.warn({ code, isRepeat }, "unlock.report_refused");
          return undefined;
        }
        if (isRepeat || !(await isBack())) return undefined;
      }
    }
    return undefined;
  };

  const isBack = async (): Promise<boolean> => {
    const { timers } = rooms;
    giveUpAt ??= timers.now() + LEASH_BACK_MS;
    const leftMs = Math.max(0, giveUpAt - timers.now());
    return (
      (await within(
        timers,
        leftMs,
        leash.whenUp().then(() => true),
      )) ?? false
    );
  };

  const inOrder = (call: Call): Promise<UnlockProgress | undefined> => {
    const reply = last.then(() => attempt(call));
    last = reply;
    return reply;
  };

  return {
    report: (body) => inOrder(() => leash.call("unlock_report", { visit, ...body })),
    prove: (body) => inOrder(() => leash.call("unlock_prove", { visit, ...body })),
    lost: (reason) => inOrder(() => leash.call("unlock_lost", { visit, reason })),
  };
}
