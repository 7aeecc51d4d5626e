import { Interner } from "./interner.ts";
import {
  brokenByState,
  brokenByStep,
  type Invariant,
  ONE_TRY_A_FAULT,
  RECOVERS,
} from "./invariants.ts";
import { movesFrom } from "./moves.ts";
import { recovers } from "./recovery.ts";
import type { Rules, World } from "./world.ts";

export interface Search {
  readonly start: World;
  readonly rules: Rules;
  /** What these rules do not promise, and is not looked at. */
  readonly unclaimed: readonly Invariant[];
  readonly maxStates: number;
  /** What "nearest" counts: every step, or faults only. By faults, lost tries are held against them too. */
  readonly nearest: "steps" | "faults";
  /** Stop at the first state that is like this. */
  readonly wanted?: (world: World) => boolean;
}

export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  /** Every state that can be reached was reached. */
  readonly complete: boolean;
  /** What was broken first, or `"wanted"`, and the nearest way there. */
  readonly found: Found | undefined;
}

export interface Found {
  readonly what: Invariant | "wanted";
  readonly way: readonly string[];
  /** In steps or faults, as the search counts. */
  readonly distance: number;
}

/** Walks through everything that can happen, nearest first, and stops at the first thing broken. */
export function explore(search: Search): Exploration {
  return new Walk(search).toTheEnd();
}

interface Reached {
  readonly from: number;
  readonly by: string;
  readonly distance: number;
}

class Walk {
  readonly #search: Search;
  readonly #interner = new Interner();
  readonly #numbers = new Map<string, number>();
  readonly #keys: string[] = [];
  readonly #reached: Reached[] = [];
  readonly #settled: boolean[] = [];
  /** States by their distance, as far as they are known. */
  readonly #rings: number[][] = [];
  readonly #recoveries = new Map<string, boolean>();
  #transitions = 0;
  #isCutShort = false;

  constructor(search: Search) {
    this.#search = search;
    this.#reach(search.start, { from: -1, by: "", distance: 0 });
  }

  toTheEnd(): Exploration {
    for (let distance = 0; distance < this.#rings.length; distance += 1) {
      // Grows while it is walked: a step that costs nothing leads into the same ring.
      const ring = this.#rings[distance] ?? [];
      for (let index = 0; index < ring.length; index += 1) {
        const found = this.#visit(ring[index] ?? 0);
        if (found !== undefined) return this.#report(found);
      }
      this.#rings[distance] = [];
    }
    return this.#report(undefined);
  }

  #report(found: Found | undefined): Exploration {
    const states = this.#keys.length;
    const complete = !this.#isCutShort && found === undefined;
    return { states, transitions: this.#transitions, complete, found };
  }

  #visit(number: number): Found | undefined {
    if (this.#settled[number] === true) return undefined;
    this.#settled[number] = true;
    const { rules, nearest } = this.#search;
    const distance = this.#reached[number]?.distance ?? 0;
    const world = this.#interner.worldOf(this.#keys[number] ?? "");
    const what = this.#judge(world, distance);
    if (what !== undefined) return { what, way: this.#wayTo(number), distance };
    for (const { name, kind, world: after } of movesFrom(world, rules)) {
      this.#transitions += 1;
      const next = distance + (nearest === "steps" || kind === "fault" ? 1 : 0);
      const broken = this.#claimed(brokenByStep(world, after));
      if (broken !== undefined)
        return { what: broken, way: [...this.#wayTo(number), name], distance: next };
      this.#reach(after, { from: number, by: name, distance: next });
    }
    return undefined;
  }

  #reach(world: World, reached: Reached): void {
    const key = this.#interner.keyOf(world);
    const known = this.#numbers.get(key);
    if (known === undefined && this.#keys.length >= this.#search.maxStates) {
      this.#isCutShort = true;
      return;
    }
    if (known !== undefined && (this.#reached[known]?.distance ?? 0) <= reached.distance) return;
    const number = known ?? this.#keys.push(key) - 1;
    if (known === undefined) this.#numbers.set(key, number);
    this.#reached[number] = reached;
    const ring = this.#rings[reached.distance] ?? [];
    this.#rings[reached.distance] = ring;
    ring.push(number);
  }

  #judge(world: World, distance: number): Found["what"] | undefined {
    const { rules, nearest, wanted } = this.#search;
    if (wanted?.(world)) return "wanted";
    const broken = this.#claimed(brokenByState(world, rules));
    if (broken !== undefined) return broken;
    const triesLost = rules.profile.pukTries - world.card.pukTries;
    if (nearest === "faults" && triesLost > distance) return this.#claimed(ONE_TRY_A_FAULT);
    return this.#isRecoverable(world) ? undefined : this.#claimed(RECOVERS);
  }

  /** It hangs on nothing but the registers and the card: most states share their answer. */
  #isRecoverable({ registers, card }: World): boolean {
    if (this.#search.unclaimed.includes(RECOVERS)) return true;
    const key = this.#interner.keyOfQuiet(registers, card);
    const known = this.#recoveries.get(key);
    if (known !== undefined) return known;
    const answer = recovers(registers, card, this.#search.rules);
    this.#recoveries.set(key, answer);
    return answer;
  }

  #claimed(invariant: Invariant | undefined): Invariant | undefined {
    const isClaimed = invariant !== undefined && !this.#search.unclaimed.includes(invariant);
    return isClaimed ? invariant : undefined;
  }

  #wayTo(number: number): readonly string[] {
    const way: string[] = [];
    for (
      let at = this.#reached[number];
      at !== undefined && at.from >= 0;
      at = this.#reached[at.from]
    )
      way.unshift(at.by);
    return way;
  }
}
