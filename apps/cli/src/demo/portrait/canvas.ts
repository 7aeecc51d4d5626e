export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A closed line. Several together are filled even-odd: a ring is two of them. */
export type Outline = readonly Point[];

/** Red, green and blue, `0xrrggbb`. */
export type Colour = number;

/** Lines tested in each row of pixels. Along a line the cover is exact, so four are smooth enough. */
const LINES_PER_ROW = 4;

/** A picture in memory: three bytes a pixel, painted back to front. */
export class Canvas {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;

  constructor(width: number, height: number, background: Colour) {
    this.width = width;
    this.height = height;
    this.pixels = new Uint8Array(width * height * 3);
    for (let at = 0; at < this.pixels.length; at += 3)
      this.pixels.set([background >> 16, (background >> 8) & 255, background & 255], at);
  }

  /** Fills what the outlines enclose, with soft edges. `opacity` is 0 to 1. */
  fill(colour: Colour, outlines: readonly Outline[], opacity = 1): void {
    const ys = outlines.flat().map((point) => point.y);
    const first = Math.max(0, Math.floor(Math.min(...ys)));
    const last = Math.min(this.height - 1, Math.ceil(Math.max(...ys)));
    for (let row = first; row <= last; row += 1) this.#fillRow(row, colour, outlines, opacity);
  }

  #fillRow(row: number, colour: Colour, outlines: readonly Outline[], opacity: number): void {
    const cover = new Float64Array(this.width);
    for (let line = 0; line < LINES_PER_ROW; line += 1) {
      const crossings = crossingsAt(row + (line + 0.5) / LINES_PER_ROW, outlines);
      for (let pair = 0; pair + 1 < crossings.length; pair += 2)
        addSpan(cover, crossings[pair] ?? 0, crossings[pair + 1] ?? 0);
    }
    cover.forEach((lines, column) => {
      if (lines > 0) this.#blend(row, column, colour, (lines / LINES_PER_ROW) * opacity);
    });
  }

  #blend(row: number, column: number, colour: Colour, share: number): void {
    const at = (row * this.width + column) * 3;
    for (let channel = 0; channel < 3; channel += 1) {
      const under = this.pixels[at + channel] ?? 0;
      const over = (colour >> (16 - channel * 8)) & 255;
      this.pixels[at + channel] = Math.round(under + (over - under) * Math.min(1, share));
    }
  }
}

/** Where the horizontal line at `y` meets the outlines, from left to right. */
function crossingsAt(y: number, outlines: readonly Outline[]): readonly number[] {
  const found: number[] = [];
  for (const outline of outlines) {
    let from = outline.at(-1);
    for (const to of outline) {
      if (from !== undefined && from.y <= y !== to.y <= y)
        found.push(from.x + ((y - from.y) / (to.y - from.y)) * (to.x - from.x));
      from = to;
    }
  }
  return found.sort((left, right) => left - right);
}

/** Adds the part of each pixel that lies between `start` and `end`. */
function addSpan(cover: Float64Array, start: number, end: number): void {
  const from = Math.max(0, start);
  const to = Math.min(cover.length, end);
  for (let column = Math.floor(from); column < to; column += 1)
    cover[column] = (cover[column] ?? 0) + Math.min(to, column + 1) - Math.max(from, column);
}
