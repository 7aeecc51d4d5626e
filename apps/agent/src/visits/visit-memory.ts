import type { Secret } from "@lanyard/bytes";
import type { Task } from "@lanyard/wire";
import type { Answer } from "../http/answer.ts";
import type { Timers } from "../timers.ts";

/** What the agent remembers of one visit of a browser: memory only, and gone after twenty minutes. */
export interface VisitMemory {
  readonly id: string;
  /** The browser was sent to the server once to be recognised. Never twice. */
  isBounced: boolean;
  /** What the next form must carry. Good for one press. */
  formToken: string;
  /** The answer to each press, by its token: a second press of the same form gets the first one's answer. */
  readonly presses: Map<string, Promise<Answer>>;
  /** The newest press; a reload meanwhile waits for it. */
  running: Promise<Answer> | undefined;
  /** What the next page has to say about the last press; until the next one. */
  notice: Notice | undefined;
  /** The last answer of this visit, once it is over, until the browser has got it. */
  ending: Answer | undefined;
  /** The holder's new passcode, while the operator's card wants its own passcode first. Wiped at any end. */
  keptPasscode: Secret | undefined;
  cancelKept: () => void;
}

/** One thing to put right. */
export interface Notice {
  readonly text: string;
  readonly field: string;
  /** The card that was picked, by insertion. */
  readonly picked?: string;
  /** That card has no tries left. */
  readonly isLocked?: boolean;
}

/** A visit as a task's page needs it. */
export interface BoundVisit<Purpose extends Task["purpose"] = Task["purpose"]> {
  readonly memory: VisitMemory;
  readonly task: Extract<Task, { purpose: Purpose }>;
}

export interface Visits {
  find(visit: string): VisitMemory | undefined;
  /** The visit's memory, made when it is asked for the first time: once the server knows the visit. */
  of(visit: string): VisitMemory;
  /** A token for the visit's next form. */
  renew(memory: VisitMemory): void;
  keepPasscode(memory: VisitMemory, passcode: Secret): void;
  /** Takes the kept passcode out: the caller wipes it. */
  takePasscode(memory: VisitMemory): Secret | undefined;
  /** Wipes every kept passcode: the session has ended, or the agent stops. */
  wipe(): void;
}

/** How long a typed passcode may wait in memory, and how long a visit is remembered. */
export const VISIT_TIMES = { keptPasscodeMs: 5 * 60_000, memoryMs: 20 * 60_000 } as const;

/** One desk has a handful of visits open; more than this is somebody playing. */
const VISITS_MAX = 64;

export function openVisits(timers: Timers, newToken: () => string): Visits {
  const visits = new Map<string, VisitMemory & { readonly since: number }>();

  const forgetOld = (): void => {
    for (const [id, memory] of visits) {
      const isOld = timers.now() - memory.since > VISIT_TIMES.memoryMs;
      if (!isOld && visits.size <= VISITS_MAX) return;
      if (memory.running !== undefined && !isOld) continue;
      wipeKept(memory);
      visits.delete(id);
    }
  };

  return {
    find: (visit) => visits.get(visit),
    of: (visit) => {
      const known = visits.get(visit);
      if (known !== undefined) return known;
      const memory = newMemory(visit, newToken(), timers.now());
      visits.set(visit, memory);
      forgetOld();
      return memory;
    },
    renew: (memory) => {
      memory.formToken = newToken();
    },
    keepPasscode: (memory, passcode) => {
      wipeKept(memory);
      memory.keptPasscode = passcode;
      memory.cancelKept = timers.after(VISIT_TIMES.keptPasscodeMs, () => wipeKept(memory));
    },
    takePasscode: (memory) => {
      const passcode = memory.keptPasscode;
      memory.cancelKept();
      memory.keptPasscode = undefined;
      return passcode;
    },
    wipe: () => {
      for (const memory of visits.values()) wipeKept(memory);
    },
  };
}

function newMemory(id: string, formToken: string, since: number) {
  return {
    id,
    since,
    isBounced: false,
    formToken,
    presses: new Map<string, Promise<Answer>>(),
    running: undefined,
    notice: undefined,
    ending: undefined,
    keptPasscode: undefined,
    cancelKept: () => undefined,
  };
}

function wipeKept(memory: VisitMemory): void {
  memory.cancelKept();
  memory.keptPasscode?.wipe();
  memory.keptPasscode = undefined;
}
