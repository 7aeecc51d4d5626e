/** The roles, by the name on the pages. A code is the national one, where it is known; others are settings. */
// biome-ignore format: the columns are the documentation
export const ROLES = {
  "RA Manager":              { code: "R5080" },
  "Advanced RA Agent":       { code: undefined },
  "RA Agent":                { code: "R5090" },
  "RA Sponsor":              { code: "B1300" },
  "ID Checker":              { code: "B0267" },
  "Smartcard Administrator": { code: undefined },
  "Privacy Officer":         { code: undefined },
  "User":                    { code: undefined },
} as const satisfies Record<string, { readonly code: string | undefined }>;

export type Role = keyof typeof ROLES;

export const ROLE_NAMES: readonly Role[] = [
  "RA Manager",
  "Advanced RA Agent",
  "RA Agent",
  "RA Sponsor",
  "ID Checker",
  "Smartcard Administrator",
  "Privacy Officer",
  "User",
];

/** Reads a role's name from a row or a setting; `undefined` if there is none of that name. */
export function parseRole(input: unknown): Role | undefined {
  return ROLE_NAMES.find((role) => role === input);
}

/** The role that a national code stands for. `others` are this site's: the codes nobody has published. */
export function roleByCode(
  code: string,
  others: Readonly<Record<string, Role>> = {},
): Role | undefined {
  const known = ROLE_NAMES.find((role) => ROLES[role].code === code);
  return known ?? (Object.hasOwn(others, code) ? others[code] : undefined);
}
