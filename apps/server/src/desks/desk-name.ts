const LONGEST = 80;

/** A desk's name on one line, as pages and mails may carry it; `undefined` when nothing is left of it. */
export function deskNameFrom(text: string): string | undefined {
  const name = text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, " ")
    .replaceAll(/\s+/g, " ")
    .trim()
    .slice(0, LONGEST)
    .trim();
  return name === "" ? undefined : name;
}
