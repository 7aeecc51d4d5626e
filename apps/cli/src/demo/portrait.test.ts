import { createHash } from "node:crypto";
import { inflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { DEMO_PEOPLE } from "./people.ts";
import { Canvas } from "./portrait/canvas.ts";
import { encodePng } from "./portrait/png.ts";
import { polygon } from "./portrait/shapes.ts";
import { drawPortrait, PORTRAIT_HEIGHT, PORTRAIT_WIDTH } from "./portrait.ts";

function portraits(): readonly Uint8Array[] {
  return DEMO_PEOPLE.map((person) => drawPortrait(person.look, person.careId));
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

describe("portraits", () => {
  test("differ from person to person and are the same every time", () => {
    const first = portraits().map(digest);
    expect(new Set(first).size).toBe(DEMO_PEOPLE.length);
    expect(portraits().map(digest)).toEqual(first);
  });

  test("two people who look alike still have faces of their own", () => {
    const look = DEMO_PEOPLE[0]?.look;
    if (look === undefined) throw new Error("no people");
    expect(digest(drawPortrait(look, "1"))).not.toBe(digest(drawPortrait(look, "2")));
  });

  test("are small PNG files of the size promised", () => {
    for (const bytes of portraits()) {
      const file = Buffer.from(bytes);
      expect(file.subarray(1, 4).toString("ascii")).toBe("PNG");
      expect([file.readUInt32BE(16), file.readUInt32BE(20)]).toEqual([
        PORTRAIT_WIDTH,
        PORTRAIT_HEIGHT,
      ]);
      expect(file.length).toBeLessThan(40_000);
    }
  });
});

describe("the canvas", () => {
  const square = polygon([
    [1, 1],
    [3, 1],
    [3, 2.5],
    [1, 2.5],
  ]);

  function reds(canvas: Canvas): readonly number[] {
    return [...canvas.pixels].filter((_, index) => index % 3 === 0);
  }

  test("covers whole pixels wholly and half pixels by half", () => {
    const canvas = new Canvas(4, 4, 0x000000);
    canvas.fill(0xff0000, [square]);
    // biome-ignore format: the rows are the picture
    expect(reds(canvas)).toEqual([
      0, 0,   0,   0,
      0, 255, 255, 0,
      0, 128, 128, 0,
      0, 0,   0,   0,
    ]);
  });

  test("an outline in an outline is a hole, and what lies outside is left out", () => {
    const canvas = new Canvas(4, 4, 0x000000);
    const around = polygon([
      [-9, -9],
      [9, -9],
      [9, 9],
      [-9, 9],
    ]);
    canvas.fill(0xff0000, [around, square]);
    expect(reds(canvas).slice(4, 8)).toEqual([255, 0, 0, 255]);
  });

  test("is read back from its PNG as it was painted", () => {
    const canvas = new Canvas(2, 1, 0x102030);
    const file = Buffer.from(encodePng(canvas));
    const start = file.indexOf("IDAT") + 4;
    const rows = inflateSync(file.subarray(start, start + file.readUInt32BE(start - 8)));
    expect([...rows]).toEqual([0, 0x10, 0x20, 0x30, 0x10, 0x20, 0x30]);
  });
});
