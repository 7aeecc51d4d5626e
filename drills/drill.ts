/**
 * A drill puts one promise of docs/assurance.md under stress, again and again, on the product's own code. It is a test
 * with a size: short in `npm test`, long in `npm run drill`. And it has mutants, because a drill that cannot fail
 * proves nothing.
 */
export interface Drill {
  readonly name: string;
  /** What is done, in one line. */
  readonly about: string;
  /** What must hold, in one line: the promise. */
  readonly passes: string;
  /** How many rounds, in the drill's own unit: in docs/assurance.md, and in `npm test`. */
  readonly rounds: { readonly long: number; readonly short: number };
  /** What has to be on the machine. Drills that need something run with the end-to-end tests. */
  readonly needs: "nothing" | "postgres" | "pcsc";
  /**
   * Gives the figures to publish.
   *
   * @throws {DrillFailure} when the promise was broken: the message says how, and what repeats it
   */
  run(run: DrillRun): Promise<DrillFigures>;
  readonly mutants: readonly Mutant[];
}

export interface DrillRun {
  readonly rounds: number;
  /** Every random choice follows from it. */
  readonly seed: number;
  say(text: string): void;
}

/** What was counted, by name: whole numbers or words, never one absolute time. */
export type DrillFigures = Readonly<Record<string, number | string>>;

/**
 * A deliberate defect: one place of the product's source, edited in a throw-away copy of the tree. The drill's short
 * form must fail there. Drills run from source (`--conditions=source`), so the edit needs no build.
 */
export interface Mutant {
  readonly name: string;
  /** What is broken, in words: "accepts the agent's status word as success". */
  readonly about: string;
  /** From the root of the repository. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

/** The promise of a drill was broken. Anything else that is thrown is a defect of the drill itself. */
export class DrillFailure extends Error {
  override readonly name = "DrillFailure";
}

/** @throws {DrillFailure} unless `holds` */
export function must(holds: boolean, promise: string): asserts holds {
  if (!holds) throw new DrillFailure(promise);
}

/** Numbers in [0, 1) that follow from the seed alone (xorshift32). Neighbouring seeds start far apart. */
export function randomFrom(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e37_79b1) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
