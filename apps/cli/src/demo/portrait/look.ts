import type { Colour } from "./canvas.ts";

/** Skin and the shade that shapes it. */
export const SKINS = {
  porcelain: { base: 0xf6d7c3, shade: 0xe6bba2, lip: 0xc9706a },
  light: { base: 0xeec1a2, shade: 0xdaa584, lip: 0xb9605a },
  olive: { base: 0xd9a880, shade: 0xc08c64, lip: 0xa65650 },
  tan: { base: 0xc08a5f, shade: 0xa67248, lip: 0x94493f },
  brown: { base: 0x96623f, shade: 0x7c4d2e, lip: 0x74352f },
  deep: { base: 0x6b4430, shade: 0x543322, lip: 0x7d3d3a },
} as const satisfies Record<string, { base: Colour; shade: Colour; lip: Colour }>;

export const HAIR_COLOURS = {
  black: 0x24201f,
  brown: 0x4d3324,
  chestnut: 0x7a4a2b,
  red: 0xa9522a,
  blond: 0xd2a862,
  grey: 0x9a9c9f,
  white: 0xc6c9cc,
} as const satisfies Record<string, Colour>;

export const CLOTHES_COLOURS = {
  navy: 0x2c4160,
  teal: 0x1f7a7a,
  plum: 0x6d3f63,
  green: 0x4d7358,
  rust: 0xb0603d,
  grey: 0x5d6a72,
  sky: 0x5f94bd,
  white: 0xf3f3ef,
} as const satisfies Record<string, Colour>;

export const BACKGROUNDS = [0xdde5e8, 0xe4e2dc, 0xdfe7e0, 0xe3dfe6, 0xe8e3db] as const;

export type HairStyle =
  | "short"
  | "parted"
  | "receding"
  | "bald"
  | "curly"
  | "afro"
  | "bob"
  | "long"
  | "bun"
  | "headscarf"
  | "turban";

/** What one sees of a person. Everything left out is not there. */
export interface Look {
  readonly skin: keyof typeof SKINS;
  readonly hair: HairStyle;
  readonly hairColour: keyof typeof HAIR_COLOURS;
  readonly clothes: "scrubs" | "shirt" | "jumper" | "jacket";
  readonly clothesColour: keyof typeof CLOTHES_COLOURS;
  /** Of a headscarf or a turban. */
  readonly fabric?: keyof typeof CLOTHES_COLOURS;
  readonly glasses?: boolean;
  readonly beard?: "full" | "moustache" | "stubble";
  readonly lines?: boolean;
}

/** `share` of the way from one colour to another. */
export function mix(from: Colour, to: Colour, share: number): Colour {
  const channel = (shift: number) => {
    const start = (from >> shift) & 255;
    return Math.round(start + (((to >> shift) & 255) - start) * share) << shift;
  };
  return channel(16) | channel(8) | channel(0);
}
