import type { Store } from "@lanyard/identity";
import type { Logger } from "../log.ts";
import { DatabaseError } from "../sql/errors.ts";

/** Clocks that differ by more than this are worth a word; a network takes less. */
const DIFFERENCE_MS = 5_000;

/**
 * The time that all nodes share: the database's, heard at every beat, and carried on from there by a counter that
 * nobody can set. A node's own clock may be anything. It never goes back: what has expired stays so.
 */
export interface SharedClock {
  now(): Date;
  /** What the database's clock says at this moment. */
  hear(at: Date): void;
  /** The database's clock was put back while this node ran. The later time counts here; somebody must look. */
  readonly isBehind: boolean;
}

export interface ClockOptions {
  readonly log: Logger;
  /** Rises evenly, whatever the date is set to. */
  monotonicMs(): number;
  /** This machine's own date: compared, and used for nothing. */
  ownMs(): number;
}

export function openClock(options: ClockOptions): SharedClock {
  const { log, monotonicMs, ownMs } = options;
  let heard = { at: ownMs(), when: monotonicMs() };
  let latest = 0;
  let hasHeard = false;
  let isBehind = false;
  let differs = false;
  const nowMs = (): number => {
    latest = Math.max(latest, heard.at + (monotonicMs() - heard.when));
    return latest;
  };
  return {
    now: () => new Date(nowMs()),
    hear: (date) => {
      const at = date.getTime();
      const wasBehind = isBehind;
      isBehind = hasHeard && at < nowMs() - DIFFERENCE_MS;
      hasHeard = true;
      if (!isBehind) heard = { at, when: monotonicMs() };
      if (isBehind && !wasBehind) log.error({ byMs: nowMs() - at }, "clock.database_went_back");
      const difference = ownMs() - at;
      if (Math.abs(difference) > DIFFERENCE_MS && !differs)
        log.warn({ byMs: difference }, "clock.own_differs");
      differs = Math.abs(difference) > DIFFERENCE_MS;
    },
    get isBehind() {
      return isBehind;
    },
  };
}

/**
 * Before this node does anything: with a clock that is behind its own record, what has expired would be valid again.
 *
 * @throws {DatabaseError} `database/clock_behind`
 */
export async function refuseClockBehind(store: Store, clock: SharedClock): Promise<void> {
  const newest = await store.transaction(({ audit }) => audit.newestAt());
  if (newest === undefined || clock.now().getTime() >= newest.getTime() - DIFFERENCE_MS) return;
  const [now, then] = [clock.now(), newest].map((date) => date.toISOString());
  throw new DatabaseError(
    "database/clock_behind",
    `The database's clock says ${now}, but the newest entry of the record is of ${then}. Set the clock right, then start again.`,
  );
}
