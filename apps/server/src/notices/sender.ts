import type { ClaimedNotice, Delivery, NoticeSettled, Post, Store } from "@lanyard/identity";
import { record } from "../audit/record.ts";
import type { Logger } from "../log.ts";
import { newToken } from "../random.ts";

/** Five days, as mail servers do. A lease outlasts the longest attempt, or another sender would repeat it. */
export const SENDING = {
  everyMs: 2000,
  attemptMs: 60_000,
  leaseMs: 180_000,
  together: 8,
  firstRetryMs: 60_000,
  longestRetryMs: 6 * 3_600_000,
  giveUpMs: 5 * 86_400_000,
  shutdownMs: 2000,
} as const;

type Times = { readonly [Name in keyof typeof SENDING]: number };

export interface SenderOptions {
  readonly store: Store;
  readonly post: Post;
  readonly log: Logger;
  now(): Date;
  readonly times?: Partial<Times>;
}

/** Sends what is in the outbox. Any number of them, at any number of nodes, share one outbox. */
export interface Sender {
  /** Sends what is due now. One that is still running is joined, not overtaken. */
  round(): Promise<void>;
  /** Takes no more; waits a moment for what is under way, and leaves the rest to the lease's end. */
  close(): Promise<void>;
}

export function openSender(options: SenderOptions): Sender {
  const times: Times = { ...SENDING, ...options.times };
  let running: Promise<void> | undefined;
  let closed = false;
  const work = async (): Promise<void> => {
    while (!closed) {
      const lease = newToken();
      const claimed = await options.store.transaction(({ notices }) =>
        notices.claim(lease, times.leaseMs, times.together),
      );
      await Promise.all(claimed.map((notice) => send(options, times, { notice, lease })));
      if (claimed.length < times.together) return;
    }
  };
  const round = (): Promise<void> => {
    running ??= work()
      .catch((error: unknown) => options.log.error({ err: error }, "notices.round_failed"))
      .finally(() => {
        running = undefined;
      });
    return running;
  };
  return {
    round: async () => {
      if (!closed) await round();
    },
    close: async () => {
      closed = true;
      await inTime(times.shutdownMs, running ?? Promise.resolve());
    },
  };
}

interface Sending {
  readonly notice: ClaimedNotice;
  readonly lease: string;
}

async function send(
  { store, post, log, now }: SenderOptions,
  times: Times,
  { notice, lease }: Sending,
): Promise<void> {
  const { mail, holder, ceremonyId } = notice;
  const how = settlement(times, notice, await attempt(post, times, mail));
  const isOurs = await store.transaction(async (records) => {
    if (!(await records.notices.settle(mail.messageId, lease, how))) return false;
    if (how.state === "given_up")
      await record(records, {
        action: "notice.given_up",
        at: now(),
        holder,
        ceremonyId,
        details: { message: mail.messageId, reason: how.reason, attempts: notice.attempts },
      });
    return true;
  });
  const { state } = how;
  log[state === "sent" ? "info" : "warn"](
    { message: mail.messageId, state, attempts: notice.attempts, isOurs },
    "notice.attempted",
  );
}

async function attempt(post: Post, times: Times, mail: ClaimedNotice["mail"]): Promise<Delivery> {
  const late = { outcome: "not_now", reason: "no answer in time" } as const;
  try {
    return (await inTime(times.attemptMs, post.deliver(mail))) ?? late;
  } catch {
    return { outcome: "not_now", reason: "the attempt failed" };
  }
}

function settlement(
  times: Times,
  { attempts, ageMs }: ClaimedNotice,
  delivery: Delivery,
): NoticeSettled {
  if (delivery.outcome === "accepted") return { state: "sent" };
  const { reason } = delivery;
  if (delivery.outcome === "refused" || ageMs >= times.giveUpMs)
    return { state: "given_up", reason };
  const afterMs = Math.min(
    times.longestRetryMs,
    times.firstRetryMs * 2 ** Math.min(attempts - 1, 30),
  );
  return { state: "waiting", reason, afterMs };
}

async function inTime<Value>(
  milliseconds: number,
  work: Promise<Value>,
): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
