import type { Canvas } from "./canvas.ts";
import { MIDDLE } from "./face.ts";
import { CLOTHES_COLOURS, type Look, mix, SKINS } from "./look.ts";
import { type Dots, polygon, smooth, stroke, symmetric } from "./shapes.ts";

const SHOULDERS: Dots = [
  [MIDDLE - 28, 228],
  [MIDDLE - 52, 240],
  [MIDDLE - 88, 256],
  [MIDDLE - 108, 284],
  [MIDDLE - 114, 320],
  [MIDDLE - 100, 345],
];

export function drawClothes(canvas: Canvas, look: Look): void {
  const colour = CLOTHES_COLOURS[look.clothes === "jacket" ? "white" : look.clothesColour];
  const body = CLOTHES_COLOURS[look.clothesColour];
  canvas.fill(body, [smooth(symmetric(SHOULDERS, MIDDLE))]);
  if (look.clothes === "scrubs") drawScrubs(canvas, look, body);
  if (look.clothes === "shirt") drawCollar(canvas, body, mix(body, 0x101820, 0.18));
  if (look.clothes === "jacket") drawJacket(canvas, colour, body);
  if (look.clothes === "jumper") drawJumper(canvas, look, body);
}

function drawScrubs(canvas: Canvas, { skin }: Look, colour: number): void {
  const opening: Dots = [
    [MIDDLE - 31, 226],
    [MIDDLE, 272],
  ];
  canvas.fill(SKINS[skin].base, [polygon(symmetric(opening, MIDDLE))]);
  for (const end of [-31, 31]) {
    const edge: Dots = [
      [MIDDLE + end, 226],
      [MIDDLE, 273],
    ];
    canvas.fill(mix(colour, 0x101820, 0.3), [stroke(edge, 6)]);
  }
}

function drawCollar(canvas: Canvas, colour: number, shade: number): void {
  const flap: Dots = [
    [MIDDLE - 27, 220],
    [MIDDLE - 42, 236],
    [MIDDLE - 24, 262],
    [MIDDLE, 240],
  ];
  canvas.fill(shade, [
    polygon([
      [MIDDLE - 3, 240],
      [MIDDLE + 3, 240],
      [MIDDLE + 3, 300],
      [MIDDLE - 3, 300],
    ]),
  ]);
  canvas.fill(mix(colour, 0xffffff, 0.22), [polygon(flap)]);
  canvas.fill(mix(colour, 0xffffff, 0.22), [polygon(flap.map(([x, y]) => [2 * MIDDLE - x, y]))]);
  canvas.fill(shade, [
    stroke(
      [
        [MIDDLE - 24, 262],
        [MIDDLE, 240],
        [MIDDLE + 24, 262],
      ],
      2,
    ),
  ]);
}

function drawJacket(canvas: Canvas, shirt: number, colour: number): void {
  canvas.fill(shirt, [
    polygon(
      symmetric(
        [
          [MIDDLE - 30, 224],
          [MIDDLE - 3, 310],
        ],
        MIDDLE,
      ),
    ),
  ]);
  drawCollar(canvas, shirt, mix(shirt, 0x101820, 0.16));
  for (const side of [-1, 1]) {
    const lapel: Dots = [
      [MIDDLE + side * 36, 228],
      [MIDDLE + side * 56, 252],
      [MIDDLE + side * 40, 262],
      [MIDDLE + side * 8, 310],
      [MIDDLE + side * 30, 258],
    ];
    canvas.fill(mix(colour, 0x000000, 0.22), [polygon(lapel)]);
  }
}

function drawJumper(canvas: Canvas, { skin }: Look, colour: number): void {
  const neckline: Dots = [
    [MIDDLE - 30, 224],
    [MIDDLE - 20, 242],
  ];
  canvas.fill(SKINS[skin].base, [smooth(symmetric(neckline, MIDDLE))]);
  const band: Dots = [
    [MIDDLE - 33, 226],
    [MIDDLE - 22, 243],
    [MIDDLE, 250],
    [MIDDLE + 22, 243],
    [MIDDLE + 33, 226],
  ];
  canvas.fill(mix(colour, 0xffffff, 0.2), [stroke(band, 7)]);
}
