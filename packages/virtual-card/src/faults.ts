/** Something that goes wrong on purpose. */
export type Fault =
  /** The card leaves the reader: before the command did anything, or after it did all and before it answered. */
  | { readonly kind: "power_cut"; readonly when: "before" | "after" }
  /** The card answers this word instead, having done the command or not. */
  | {
      readonly kind: "status_word";
      readonly statusWord: number;
      readonly effect: "applied" | "skipped";
    }
  /** The command starts only when this resolves. */
  | { readonly kind: "delay"; readonly until: () => Promise<unknown> };

/** Which command a fault waits for. GET RESPONSE and all but the last part of a chained command do not count. */
export interface FaultTrigger {
  /** Only commands with this instruction; any when left out. */
  readonly ins?: number;
  /** Only commands with this P2: a key reference. */
  readonly p2?: number;
  /** How many matching commands pass first. 0 when left out: the next one. */
  readonly skip?: number;
}

/** The faults waiting for one card. Each happens once; those armed first come first. */
export interface Faults {
  arm(fault: Fault, trigger?: FaultTrigger): void;
  clear(): void;
  /** How many have not happened yet. */
  readonly armed: number;
  /** Called by the card for each whole command: the faults that happen now. */
  take(command: { readonly ins: number; readonly p2: number }): readonly Fault[];
}

interface ArmedFault {
  readonly fault: Fault;
  readonly trigger: FaultTrigger;
  readonly skip: number;
}

export function createFaults(): Faults {
  let waiting: readonly ArmedFault[] = [];
  return {
    arm(fault, trigger = {}) {
      waiting = [...waiting, { fault, trigger, skip: trigger.skip ?? 0 }];
    },
    clear() {
      waiting = [];
    },
    get armed() {
      return waiting.length;
    },
    take(command) {
      const matching = waiting.filter(({ trigger }) => isHit(trigger, command));
      const now = matching.filter(({ skip }) => skip === 0);
      waiting = waiting
        .filter((armed) => !now.includes(armed))
        .map((armed) => (matching.includes(armed) ? { ...armed, skip: armed.skip - 1 } : armed));
      return now.map(({ fault }) => fault);
    },
  };
}

function isHit(
  trigger: FaultTrigger,
  command: { readonly ins: number; readonly p2: number },
): boolean {
  return (
    (trigger.ins === undefined || trigger.ins === command.ins) &&
    (trigger.p2 === undefined || trigger.p2 === command.p2)
  );
}
