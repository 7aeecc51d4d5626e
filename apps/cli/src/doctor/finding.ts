/** One thing looked at: fine, worth knowing, or in the way. Whatever is not fine says what to do. */
export type Finding =
  | { readonly level: "ok"; readonly says: string }
  | { readonly level: "attention" | "problem"; readonly says: string; readonly remedy: string };

export function ok(says: string): Finding {
  return { level: "ok", says };
}

export function attention(says: string, remedy: string): Finding {
  return { level: "attention", says, remedy };
}

export function problem(says: string, remedy: string): Finding {
  return { level: "problem", says, remedy };
}

// biome-ignore format: the columns are the documentation
const MARKS = {
  ok:        "ok       ",
  attention: "attention",
  problem:   "PROBLEM  ",
} as const;

/** A finding for the terminal: one line, and below it what to do. */
export function findingLines(finding: Finding): readonly string[] {
  const line = `${MARKS[finding.level]}  ${finding.says}`;
  return finding.level === "ok" ? [line] : [line, `${" ".repeat(11)}-> ${finding.remedy}`];
}
