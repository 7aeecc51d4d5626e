import { foldText, hasLetter, type Symbols } from "./symbols.ts";

/** What somebody who knows the holder, or holds the card, would try first. Held in memory only. */
export interface HolderTokens {
  /** Given names, family name, user name. */
  readonly names: readonly string[];
  /** Date of birth, `YYYY-MM-DD`. */
  readonly dob: string | undefined;
  /** Card number, UUID, telephone, staff number: as written, spaces and all. */
  readonly numbers: readonly string[];
  /** Codes of the holder's organisations. */
  readonly codes: readonly string[];
}

/** {@link HolderTokens} folded once, for many checks. */
export interface FoldedHolder {
  readonly words: readonly Symbols[];
  readonly dates: readonly Symbols[];
  readonly numbers: readonly Symbols[];
}

/** Shorter pieces of a name, a date or a number match too much by chance. */
const SHORTEST_NAME = 2;
const SHORTEST_START = 4;
const SHORTEST_NUMBER = 4;

export function foldHolder(holder: HolderTokens): FoldedHolder {
  const numbers = [...holder.numbers, ...holder.codes].map(foldText);
  const dates = dateForms(holder.dob);
  return {
    words: [...holder.names.flatMap(nameWords), ...holder.codes.map(foldText), ...dates].filter(
      isWord,
    ),
    dates: dates.filter((form) => form.length >= SHORTEST_NUMBER && !hasLetter(form)),
    numbers: numbers.filter((number) => number.length >= SHORTEST_NUMBER),
  };
}

function isWord(symbols: Symbols): boolean {
  return symbols.length >= SHORTEST_NAME && hasLetter(symbols);
}

/** Anne-Marie O'Neill: each part, the whole, and what is left when a long one is cut short. */
function nameWords(name: string): readonly Symbols[] {
  const plain = name.normalize("NFD").replace(/\p{M}/gu, "");
  const parts = [...plain.split(/[^\p{L}]+/u), ...plain.split(/\s+/), plain].map(foldText);
  return parts.flatMap((part) => [part, ...starts(part)]);
}

function starts(name: Symbols): readonly Symbols[] {
  const cut: Symbols[] = [];
  for (let length = SHORTEST_START; length < name.length; length += 1)
    cut.push(name.subarray(0, length));
  return cut;
}

// biome-ignore format: twelve months
const MONTHS = [
  "january", "february", "march", "april", "may", "june",
  "july", "august", "september", "october", "november", "december",
];

/** Day, month and year, or two of the three, in every order, with and without leading zeros, century and month's name. */
function dateForms(dob: string | undefined): readonly Symbols[] {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(dob ?? "") ?? [];
  if (year === undefined || month === undefined || day === undefined) return [];
  const monthName = MONTHS[Number(month) - 1] ?? month;
  const months = new Set([...withoutZero(month), monthName, monthName.slice(0, 3)]);
  const parts = [withoutZero(day), [...months], [year, year.slice(2)]];
  const forms = new Set([year]);
  for (const [first, second, third] of orders(parts))
    for (const start of first)
      for (const middle of second) {
        forms.add(start + middle);
        for (const end of third) forms.add(start + middle + end);
      }
  return [...forms].map(foldText);
}

type Part = readonly string[];

function withoutZero(twoDigits: string): Part {
  return twoDigits.startsWith("0") ? [twoDigits, twoDigits.slice(1)] : [twoDigits];
}

function orders(parts: readonly Part[]): readonly (readonly [Part, Part, Part])[] {
  return parts.flatMap((first) =>
    parts
      .filter((second) => second !== first)
      .map((second): readonly [Part, Part, Part] => [
        first,
        second,
        parts.find((third) => third !== first && third !== second) ?? [],
      ]),
  );
}
