import type { Outline, Point } from "./canvas.ts";

/** `[x, y]` pairs, as one writes them down. */
export type Dots = readonly (readonly [number, number])[];

export function polygon(dots: Dots): Outline {
  return dots.map(([x, y]) => ({ x, y }));
}

export interface Ellipse {
  readonly x: number;
  readonly y: number;
  readonly rx: number;
  readonly ry: number;
}

export function ellipse({ x, y, rx, ry }: Ellipse): Outline {
  return Array.from({ length: 64 }, (_, step) => {
    const angle = (step / 64) * 2 * Math.PI;
    return { x: x + rx * Math.cos(angle), y: y + ry * Math.sin(angle) };
  });
}

/** A closed curve through every dot (Catmull-Rom). Write a dot twice for a corner. */
export function smooth(dots: Dots): Outline {
  return dots.flatMap((_, index) => curve(dots, index));
}

/** A line of even width along a curve, with blunt ends. */
export function stroke(dots: Dots, width: number): Outline {
  const ends = [dots[0], ...dots, dots.at(-1)].filter((dot) => dot !== undefined);
  const path = dots.slice(1).flatMap((_, index) => curve(ends, index + 1));
  const side = (sign: number) =>
    path.map((point, index) => beside(path, index, (sign * width) / 2) ?? point);
  return [...side(1), ...side(-1).reverse()];
}

/** The same outline on the other side of the upright line through `x`. */
export function mirrored(dots: Dots, x: number): Dots {
  return dots.map(([dotX, dotY]) => [2 * x - dotX, dotY] as const);
}

/** Left half, then the same half mirrored in reverse: a closed, even shape. Dots on the line `x` stay single. */
export function symmetric(half: Dots, x: number): Dots {
  const beside = half.filter(([dotX]) => dotX !== x);
  return [...half, ...mirrored(beside, x).toReversed()];
}

const STEPS = 8;

/** From dot `index` to the next one, bent by their neighbours. */
function curve(dots: Dots, index: number): Point[] {
  const at = (offset: number): readonly [number, number] =>
    dots[(index + offset + dots.length) % dots.length] ?? [0, 0];
  const [before, from, to, after] = [at(-1), at(0), at(1), at(2)];
  return Array.from({ length: STEPS }, (_, step) => {
    const t = step / STEPS;
    const along = (axis: 0 | 1) =>
      from[axis] +
      0.5 *
        t *
        (to[axis] -
          before[axis] +
          t *
            (2 * before[axis] -
              5 * from[axis] +
              4 * to[axis] -
              after[axis] +
              t * (3 * (from[axis] - to[axis]) + after[axis] - before[axis])));
    return { x: along(0), y: along(1) };
  });
}

function beside(path: readonly Point[], index: number, distance: number): Point | undefined {
  const here = path[index];
  const previous = path[Math.max(0, index - 1)];
  const next = path[Math.min(path.length - 1, index + 1)];
  if (here === undefined || previous === undefined || next === undefined) return undefined;
  const length = Math.hypot(next.x - previous.x, next.y - previous.y) || 1;
  return {
    x: here.x - ((next.y - previous.y) / length) * distance,
    y: here.y + ((next.x - previous.x) / length) * distance,
  };
}
