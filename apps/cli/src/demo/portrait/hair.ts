import type { Canvas, Outline } from "./canvas.ts";
import { type FaceShape, MIDDLE } from "./face.ts";
import { CLOTHES_COLOURS, HAIR_COLOURS, type HairStyle, type Look, mix } from "./look.ts";
import { type Dots, ellipse, mirrored, smooth, stroke, symmetric } from "./shapes.ts";

type Shape = (shape: FaceShape) => readonly Outline[];

/** What lies behind the head, by style. */
const BEHIND: Readonly<Partial<Record<HairStyle, Shape>>> = {
  afro: () => [
    ...around({ x: MIDDLE, y: 116, rx: 66, ry: 62 }, 15).map((spot) =>
      ellipse({ ...spot, rx: 22, ry: 22 }),
    ),
    ellipse({ x: MIDDLE, y: 116, rx: 72, ry: 68 }),
  ],
  bob: ({ width }) => [
    even([
      [MIDDLE, 56],
      [MIDDLE - width, 78],
      [MIDDLE - width - 16, 130],
      [MIDDLE - width - 14, 196],
      [MIDDLE - 20, 206],
    ]),
  ],
  long: ({ width }) => [
    even([
      [MIDDLE, 56],
      [MIDDLE - width, 76],
      [MIDDLE - width - 14, 130],
      [MIDDLE - width - 18, 210],
      [MIDDLE - width - 10, 262],
      [MIDDLE - 22, 268],
    ]),
  ],
  bun: ({ width }) => [
    ellipse({ x: MIDDLE, y: 48, rx: 27, ry: 24 }),
    ellipse({ x: MIDDLE, y: 116, rx: width + 3, ry: 56 }),
  ],
  headscarf: ({ width }) => [
    even([
      [MIDDLE, 54],
      [MIDDLE - width, 76],
      [MIDDLE - width - 15, 130],
      [MIDDLE - width - 8, 190],
      [MIDDLE - 74, 250],
      [MIDDLE - 60, 320],
    ]),
  ],
};

/** What lies over the forehead, by style. */
const IN_FRONT: Readonly<Record<HairStyle, Shape>> = {
  short: ({ width: w }) => [
    cap(w, [
      [MIDDLE - w + 6, 122],
      [MIDDLE - 34, 104],
      [MIDDLE, 98],
    ]),
  ],
  parted: ({ width: w }) => [
    smooth([
      ...crown(w),
      [MIDDLE + w + 1, 134],
      [MIDDLE + w - 6, 116],
      [MIDDLE + 30, 104],
      [MIDDLE - 6, 100],
      [MIDDLE - 26, 84],
      [MIDDLE - 34, 104],
      [MIDDLE - w + 6, 118],
      [MIDDLE - w - 1, 134],
    ]),
  ],
  receding: ({ width: w }) => [temple(w, -1), temple(w, 1)],
  bald: () => [],
  curly: ({ width: w }) =>
    around({ x: MIDDLE, y: 104, rx: w - 3, ry: 36 }, 16)
      .filter((spot) => spot.y < 112)
      .map((spot) => ellipse({ ...spot, rx: 17, ry: 16 })),
  afro: ({ width: w }) => [
    cap(w, [
      [MIDDLE - w + 5, 124],
      [MIDDLE - 36, 104],
      [MIDDLE, 98],
    ]),
  ],
  bob: ({ width: w }) => [
    cap(w + 4, [
      [MIDDLE - w + 8, 150],
      [MIDDLE - w + 9, 122],
      [MIDDLE - 32, 112],
      [MIDDLE, 114],
    ]),
  ],
  long: ({ width: w }) => [side(w, -1), side(w, 1)],
  bun: ({ width: w }) => [
    cap(w, [
      [MIDDLE - w + 4, 124],
      [MIDDLE - 30, 96],
      [MIDDLE, 90],
    ]),
  ],
  headscarf: ({ width: w, chin }) => [
    even([
      [MIDDLE, 60],
      [MIDDLE - w - 2, 82],
      [MIDDLE - w - 12, 140],
      [MIDDLE - w - 4, 190],
      [MIDDLE - 30, chin + 22],
      [MIDDLE, chin + 30],
    ]),
    even([
      [MIDDLE, 94],
      [MIDDLE - 34, 102],
      [MIDDLE - w + 5, 138],
      [MIDDLE - w + 10, 170],
      [MIDDLE - 34, chin - 12],
      [MIDDLE - 10, chin + 1],
    ]),
  ],
  turban: ({ width: w }) => [
    even([
      [MIDDLE, 42],
      [MIDDLE - 40, 48],
      [MIDDLE - w - 14, 84],
      [MIDDLE - w - 6, 124],
      [MIDDLE - 30, 106],
      [MIDDLE, 92],
    ]),
  ],
};

export function drawHairBehind(canvas: Canvas, look: Look, shape: FaceShape): void {
  const colour = mix(colourOf(look), 0x000000, 0.14);
  for (const outline of BEHIND[look.hair]?.(shape) ?? []) canvas.fill(colour, [outline]);
}

export function drawHairInFront(canvas: Canvas, look: Look, shape: FaceShape): void {
  const outlines = IN_FRONT[look.hair](shape);
  if (look.hair === "headscarf") canvas.fill(colourOf(look), outlines);
  else for (const outline of outlines) canvas.fill(colourOf(look), [outline]);
  drawFolds(canvas, look, shape);
}

/** The folds of a turban or a scarf; on hair, nothing. */
function drawFolds(canvas: Canvas, look: Look, { width: w, chin }: FaceShape): void {
  const folds: Readonly<Partial<Record<HairStyle, readonly Dots[]>>> = {
    turban: [
      [
        [MIDDLE - w - 10, 104],
        [MIDDLE - 20, 66],
        [MIDDLE + 34, 50],
      ],
      [
        [MIDDLE - w - 6, 118],
        [MIDDLE - 8, 82],
        [MIDDLE + w, 66],
      ],
      [
        [MIDDLE + w + 10, 104],
        [MIDDLE + 24, 86],
        [MIDDLE + 2, 92],
      ],
    ],
    headscarf: [
      [
        [MIDDLE - w, 186],
        [MIDDLE - 18, chin + 18],
        [MIDDLE + 30, chin + 40],
      ],
      [
        [MIDDLE + w, 190],
        [MIDDLE + 20, chin + 26],
        [MIDDLE - 24, chin + 62],
      ],
    ],
  };
  const shade = mix(colourOf(look), 0x000000, 0.25);
  for (const fold of folds[look.hair] ?? []) canvas.fill(shade, [stroke(fold, 2.4)], 0.7);
}

function colourOf({ hair, hairColour, fabric = "teal" }: Look): number {
  return hair === "headscarf" || hair === "turban"
    ? CLOTHES_COLOURS[fabric]
    : HAIR_COLOURS[hairColour];
}

function even(half: Dots): Outline {
  return smooth(symmetric(half, MIDDLE));
}

/** Over the top of the head, from left to right. */
function crown(width: number): Dots {
  const half: Dots = [
    [MIDDLE - width - 3, 112],
    [MIDDLE - width + 6, 82],
    [MIDDLE - 22, 64],
  ];
  return [...half, ...mirrored(half, MIDDLE).toReversed()];
}

/** The crown, closed by a hairline given from the left temple to the middle. */
function cap(width: number, hairline: Dots): Outline {
  const left: Dots = [[MIDDLE - width - 1, 136], ...hairline];
  return smooth([...crown(width), ...mirrored(left, MIDDLE), ...left.toReversed()]);
}

/** Half a head of long hair, falling from a parting in the middle. */
function side(width: number, sign: -1 | 1): Outline {
  const half: Dots = [
    [MIDDLE - 2, 62],
    [MIDDLE - 34, 66],
    [MIDDLE - width - 4, 100],
    [MIDDLE - width - 9, 160],
    [MIDDLE - width - 6, 214],
    [MIDDLE - width + 4, 176],
    [MIDDLE - width + 4, 134],
    [MIDDLE - 30, 104],
    [MIDDLE, 84],
  ];
  return smooth(sign < 0 ? half : mirrored(half, MIDDLE));
}

/** What is left above one ear. */
function temple(width: number, sign: -1 | 1): Outline {
  // biome-ignore format: dots in drawing order
  const half: Dots = [
    [MIDDLE - width + 12, 84], [MIDDLE - width - 1, 98], [MIDDLE - width - 5, 122], [MIDDLE - width - 1, 146],
    [MIDDLE - width + 4, 128], [MIDDLE - width + 12, 108], [MIDDLE - width + 22, 92],
  ];
  return smooth(sign < 0 ? half : mirrored(half, MIDDLE));
}

interface Ring {
  readonly x: number;
  readonly y: number;
  readonly rx: number;
  readonly ry: number;
}

/** Points evenly round an ellipse. */
function around({ x, y, rx, ry }: Ring, count: number): readonly { x: number; y: number }[] {
  return Array.from({ length: count }, (_, step) => {
    const angle = (step / count) * 2 * Math.PI;
    return { x: x + rx * Math.cos(angle), y: y + ry * Math.sin(angle) };
  });
}
