import { Canvas } from "./portrait/canvas.ts";
import { drawClothes } from "./portrait/clothes.ts";
import { drawFace, drawNeck, faceShape } from "./portrait/face.ts";
import { drawHairBehind, drawHairInFront } from "./portrait/hair.ts";
import { BACKGROUNDS, type Look } from "./portrait/look.ts";
import { encodePng } from "./portrait/png.ts";

export type { Look } from "./portrait/look.ts";

export const PORTRAIT_WIDTH = 240;
export const PORTRAIT_HEIGHT = 300;

/**
 * Draws an invented person's portrait: a PNG of 240 by 300. The same look and seed give the same bytes; the
 * seed (any text, such as the person's number) shifts the features a little, so that no two faces are equal.
 * About 15 ms.
 */
export function drawPortrait(look: Look, seed: string): Uint8Array {
  const draw = fractions(seed);
  const background = BACKGROUNDS[Math.floor(draw() * BACKGROUNDS.length)] ?? BACKGROUNDS[0];
  const canvas = new Canvas(PORTRAIT_WIDTH, PORTRAIT_HEIGHT, background);
  const shape = faceShape(draw);
  drawHairBehind(canvas, look, shape);
  drawNeck(canvas, look);
  drawClothes(canvas, look);
  drawFace(canvas, look, shape);
  drawHairInFront(canvas, look, shape);
  return encodePng(canvas);
}

/** Numbers from 0 up to 1 that follow from the seed alone (FNV-1a, then xorshift). */
function fractions(seed: string): () => number {
  let state = 0x811c9dc5;
  for (const character of seed)
    state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
