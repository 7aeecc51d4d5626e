/** Where something can be cut: what it is, and whether it had its effect. */
export type Place = "apdu" | "commit" | "message";

/** One thing that happens while an attempt runs, such as one command to a card. */
export interface Happening {
  readonly place: Place;
  /** Counted from 0, each place by itself. */
  readonly ordinal: number;
  /** What it was, for people: an instruction, an audit action, a call. */
  readonly label: string;
}

export interface Cut {
  readonly place: Place;
  readonly ordinal: number;
  /** `before`: it never took effect. `after`: it did, and nobody heard of it. */
  readonly when: "before" | "after";
  /** The whole PC loses its power with it, and perhaps its disk: not this part alone. */
  readonly pc?: PcLoss;
}

/** What becomes of a PC: it starts again with what was on its disk, or another one stands in its place. */
export type PcLoss = "power" | "disk";

/** What one happening has to suffer. */
export interface Hit {
  readonly before: boolean;
  readonly after: boolean;
  readonly pc: PcLoss | undefined;
}

/** Everything that happens in one attempt, counted, and the cuts that wait in it. */
export interface Boundaries {
  /** Starts counting anew, with these cuts waiting. */
  arm(cuts: readonly Cut[]): void;
  /** Ends counting: nothing is cut any more. Gives what happened. */
  disarm(): readonly Happening[];
  /** Which cuts hit this happening. */
  pass(place: Place, label: string): Hit;
  /** Cuts that were made since {@link arm}. */
  readonly made: readonly (Cut & { readonly label: string })[];
}

export function openBoundaries(): Boundaries {
  let isArmed = false;
  let waiting: readonly Cut[] = [];
  let happened: Happening[] = [];
  let made: (Cut & { readonly label: string })[] = [];
  return {
    arm: (cuts) => {
      isArmed = true;
      waiting = cuts;
      happened = [];
      made = [];
    },
    disarm: () => {
      isArmed = false;
      waiting = [];
      return happened;
    },
    pass: (place, label) => {
      if (!isArmed) return { before: false, after: false, pc: undefined };
      const ordinal = happened.filter((one) => one.place === place).length;
      happened.push({ place, ordinal, label });
      const hits = waiting.filter((cut) => cut.place === place && cut.ordinal === ordinal);
      made.push(...hits.map((cut) => ({ ...cut, label })));
      return {
        before: hits.some(({ when }) => when === "before"),
        after: hits.some(({ when }) => when === "after"),
        pc: hits.find(({ pc }) => pc !== undefined)?.pc,
      };
    },
    get made() {
      return made;
    },
  };
}
