import type { Canvas } from "./canvas.ts";
import { HAIR_COLOURS, type Look, mix, SKINS } from "./look.ts";
import { type Dots, ellipse, mirrored, polygon, smooth, stroke, symmetric } from "./shapes.ts";

/** The upright line a face is even about. */
export const MIDDLE = 120;

/** What the seed changes, in pixels. */
export interface FaceShape {
  readonly width: number;
  readonly jaw: number;
  readonly chin: number;
  readonly eyeGap: number;
  readonly eyeLevel: number;
  readonly browTilt: number;
  readonly smile: number;
  readonly nose: number;
}

export function faceShape(draw: () => number): FaceShape {
  const between = (low: number, high: number) => low + draw() * (high - low);
  return {
    width: between(47, 54),
    jaw: between(32, 42),
    chin: between(196, 207),
    eyeGap: between(21, 25),
    eyeLevel: between(134, 140),
    browTilt: between(-3, 3),
    smile: between(3, 8),
    nose: between(5, 8),
  };
}

export function drawNeck(canvas: Canvas, { skin }: Look): void {
  const { base, shade } = SKINS[skin];
  canvas.fill(base, [
    polygon(
      symmetric(
        [
          [96, 180],
          [95, 232],
          [78, 252],
          [90, 300],
        ],
        MIDDLE,
      ),
    ),
  ]);
  canvas.fill(
    shade,
    [
      smooth(
        symmetric(
          [
            [97, 185],
            [100, 208],
            [120, 222],
          ],
          MIDDLE,
        ),
      ),
    ],
    0.8,
  );
}

export function drawFace(canvas: Canvas, look: Look, shape: FaceShape): void {
  drawHead(canvas, look, shape);
  drawBeard(canvas, look, shape);
  drawEyes(canvas, look, shape);
  drawNoseAndMouth(canvas, look, shape);
  if (look.lines === true) drawLines(canvas, look, shape);
  if (look.glasses === true) drawGlasses(canvas, shape);
}

/** From the crown down the left side to the chin. */
export function headHalf({ width, jaw, chin }: FaceShape): Dots {
  return [
    [MIDDLE - 24, 76],
    [MIDDLE - width + 6, 100],
    [MIDDLE - width, 138],
    [MIDDLE - width + 5, 168],
    [MIDDLE - jaw, chin - 14],
    [MIDDLE - 14, chin],
  ];
}

function drawHead(canvas: Canvas, { skin }: Look, shape: FaceShape): void {
  const { base, shade } = SKINS[skin];
  for (const side of [-1, 1]) {
    const x = MIDDLE + side * (shape.width + 1);
    canvas.fill(base, [ellipse({ x, y: shape.eyeLevel + 10, rx: 8, ry: 15 })]);
    canvas.fill(shade, [ellipse({ x: x + side, y: shape.eyeLevel + 10, rx: 3.5, ry: 9 })], 0.7);
  }
  canvas.fill(base, [smooth(symmetric(headHalf(shape), MIDDLE))]);
  for (const side of [-1, 1]) {
    const cheek = { x: MIDDLE + side * 30, y: shape.eyeLevel + 30, rx: 11, ry: 8 };
    canvas.fill(mix(base, 0xd8574f, 0.4), [ellipse(cheek)], 0.22);
  }
}

function drawEyes(canvas: Canvas, { hairColour, skin, beard }: Look, shape: FaceShape): void {
  const iris = irisOf(skin, hairColour);
  const brow = mix(HAIR_COLOURS[hairColour], 0x3a2d26, 0.45);
  const { eyeLevel: y, browTilt } = shape;
  for (const side of [-1, 1]) {
    const x = MIDDLE + side * shape.eyeGap;
    canvas.fill(0xfcfbf8, [ellipse({ x, y, rx: 8.5, ry: 5.5 })]);
    canvas.fill(iris, [ellipse({ x, y, rx: 4.8, ry: 4.9 })]);
    canvas.fill(0x14100e, [ellipse({ x, y, rx: 2.4, ry: 2.4 })]);
    canvas.fill(0xffffff, [ellipse({ x: x + 1.8, y: y - 1.8, rx: 1.4, ry: 1.4 })]);
    const lid: Dots = [
      [x - 9.5, y - 0.5],
      [x - 5, y - 5],
      [x, y - 6.2],
      [x + 5, y - 5],
      [x + 9.5, y - 0.5],
    ];
    canvas.fill(0x2a1f1a, [stroke(lid, 2)]);
    const inner = x - side * 10;
    const outer = x + side * 12;
    const arch: Dots = [
      [inner, y - 15 + browTilt / 2],
      [x + side, y - 19],
      [outer, y - 14 - browTilt / 2],
    ];
    canvas.fill(brow, [stroke(arch, beard === undefined ? 3.2 : 4.6)]);
  }
}

function irisOf(skin: Look["skin"], hair: Look["hairColour"]): number {
  const isFair = (skin === "porcelain" || skin === "light") && hair !== "black" && hair !== "brown";
  return isFair ? 0x4a6a78 : 0x3b2618;
}

function drawNoseAndMouth(canvas: Canvas, { skin }: Look, shape: FaceShape): void {
  const { shade, lip } = SKINS[skin];
  const { nose, smile, eyeLevel } = shape;
  const tip = eyeLevel + 29;
  const bridge: Dots = [
    [MIDDLE + 2, eyeLevel + 6],
    [MIDDLE + nose, tip - 6],
    [MIDDLE + nose - 1, tip],
    [MIDDLE - nose + 1, tip + 1],
  ];
  canvas.fill(mix(shade, 0x3a1c10, 0.15), [stroke(bridge, 2.6)]);
  const y = tip + 17;
  const mouth: Dots = [
    [MIDDLE - 17, y - smile / 2],
    [MIDDLE - 8, y + smile / 3],
    [MIDDLE, y + smile / 2],
    [MIDDLE + 8, y + smile / 3],
    [MIDDLE + 17, y - smile / 2],
  ];
  const lower: Dots = [
    ...mouth,
    [MIDDLE + 8, y + 7 + smile / 2],
    [MIDDLE, y + 9 + smile / 2],
    [MIDDLE - 8, y + 7 + smile / 2],
  ];
  canvas.fill(lip, [smooth(lower)]);
  canvas.fill(mix(lip, 0x30100c, 0.55), [stroke(mouth, 2.4)]);
}

function drawBeard(canvas: Canvas, look: Look, shape: FaceShape): void {
  if (look.beard === undefined) return;
  const colour = HAIR_COLOURS[look.hairColour];
  const lip = shape.eyeLevel + 42;
  if (look.beard === "moustache") {
    const half: Dots = [
      [MIDDLE, lip - 6],
      [MIDDLE - 12, lip - 4],
      [MIDDLE - 22, lip + 5],
      [MIDDLE - 10, lip + 3],
    ];
    canvas.fill(colour, [smooth(symmetric(half, MIDDLE))]);
    return;
  }
  const { width, jaw, chin } = shape;
  const edge: Dots = [
    [MIDDLE - width - 0.5, shape.eyeLevel + 10],
    [MIDDLE - width + 4, 170],
    [MIDDLE - jaw - 2, chin - 12],
    [MIDDLE - 14, chin + 3],
  ];
  const inside: Dots = [
    [MIDDLE - 5, lip - 8],
    [MIDDLE - 26, lip - 4],
    [MIDDLE - width + 9, lip - 14],
  ];
  const outline = [
    ...edge,
    ...mirrored(edge, MIDDLE).toReversed(),
    ...mirrored(inside, MIDDLE).toReversed(),
    ...inside,
  ];
  canvas.fill(colour, [smooth(outline)], look.beard === "stubble" ? 0.28 : 1);
}

/** What years leave: beside the eyes and from nose to mouth. */
function drawLines(canvas: Canvas, { skin }: Look, shape: FaceShape): void {
  const colour = mix(SKINS[skin].shade, 0x3a1c10, 0.2);
  const y = shape.eyeLevel;
  const marks: readonly Dots[] = [
    [
      [MIDDLE - 15, y + 28],
      [MIDDLE - 22, y + 36],
      [MIDDLE - 25, y + 45],
    ],
    [
      [MIDDLE - 40, y - 2],
      [MIDDLE - 36, y + 1],
    ],
    [
      [MIDDLE - 40, y + 5],
      [MIDDLE - 36, y + 4],
    ],
  ];
  for (const mark of marks) {
    canvas.fill(colour, [stroke(mark, 1.6)], 0.8);
    canvas.fill(colour, [stroke(mirrored(mark, MIDDLE), 1.6)], 0.8);
  }
}

function drawGlasses(canvas: Canvas, { eyeGap, eyeLevel, width }: FaceShape): void {
  const frame = 0x2b2b33;
  for (const side of [-1, 1]) {
    const ring = { x: MIDDLE + side * (eyeGap + 0.5), y: eyeLevel + 1, rx: 17, ry: 14.5 };
    canvas.fill(0xffffff, [ellipse(ring)], 0.12);
    canvas.fill(frame, [ellipse(ring), ellipse({ ...ring, rx: 14.4, ry: 12 })]);
    const arm: Dots = [
      [ring.x + side * 16, eyeLevel - 2],
      [MIDDLE + side * (width + 2), eyeLevel - 3],
    ];
    canvas.fill(frame, [stroke(arm, 2.6)]);
  }
  const bridge: Dots = [
    [MIDDLE - eyeGap + 16, eyeLevel - 1],
    [MIDDLE, eyeLevel - 4],
    [MIDDLE + eyeGap - 16, eyeLevel - 1],
  ];
  canvas.fill(frame, [stroke(bridge, 2.6)]);
}
