import { ENDINGS, FAVOURITES, NUMBERS, WORDS } from "./common-words.ts";
import { foldText, hasLetter, isDigit, leetLetters, type Symbols } from "./symbols.ts";

/** COMMON: on the list once case and leet are folded, or a favourite word with one of the usual endings. */
export function isCommon(symbols: Symbols): boolean {
  list ??= buildList();
  return walk(list, { symbols, isLeet: hasLetter(symbols) }, { node: ROOT, offset: 0 });
}

/** A tree of symbols. No passcode is turned into a key to look it up by: it is walked, symbol by symbol. */
interface List {
  /** 36 places a node: the number of the next node, or 0. */
  readonly next: Uint16Array;
  /** What a node is the end of. */
  readonly ends: Uint8Array;
}

const ROOT = 0;
const WIDTH = 36;
const WHOLE = 1;
const FAVOURITE = 2;
const YEARS = { first: 2010, last: 2039 } as const;

/** Built at the first check and kept: constant data, about half a megabyte. */
let list: List | undefined;
let endings: readonly Symbols[] | undefined;

interface Place {
  readonly node: number;
  readonly offset: number;
}

interface Typed {
  readonly symbols: Symbols;
  /** A code of digits only is not read as letters. */
  readonly isLeet: boolean;
}

function walk(tree: List, typed: Typed, { node, offset }: Place): boolean {
  const end = tree.ends[node] ?? 0;
  const symbol = typed.symbols[offset];
  if (symbol === undefined) return end !== 0;
  if ((end & FAVOURITE) !== 0 && isEnding(typed.symbols.subarray(offset))) return true;
  if (step(tree, typed, { node, offset }, symbol)) return true;
  if (!typed.isLeet || !isDigit(symbol)) return false;
  return leetLetters(symbol).some((letter) => step(tree, typed, { node, offset }, letter));
}

function step(tree: List, typed: Typed, place: Place, symbol: number): boolean {
  const node = tree.next[place.node * WIDTH + symbol] ?? ROOT;
  return node !== ROOT && walk(tree, typed, { node, offset: place.offset + 1 });
}

function isEnding(rest: Symbols): boolean {
  endings ??= [...words(ENDINGS), ...years()];
  return endings.some(
    (ending) =>
      ending.length === rest.length && ending.every((digit, index) => digit === rest[index]),
  );
}

function years(): readonly Symbols[] {
  const all = Array.from(
    { length: YEARS.last - YEARS.first + 1 },
    (_, index) => `${YEARS.first + index}`,
  );
  return all.flatMap((year) => [foldText(year), foldText(year.slice(2))]);
}

function buildList(): List {
  const entries = [...words(WORDS), ...words(NUMBERS)];
  const favourites = words(FAVOURITES);
  const size = [...entries, ...favourites].reduce((total, word) => total + word.length, 1);
  const next = new Uint16Array(size * WIDTH);
  const ends = new Uint8Array(size);
  const tree = { next, ends, used: 1 };
  for (const word of entries) plant(tree, word, WHOLE);
  for (const word of favourites) plant(tree, word, FAVOURITE);
  return { next: next.slice(0, tree.used * WIDTH), ends: ends.slice(0, tree.used) };
}

interface Growing extends List {
  used: number;
}

function plant(tree: Growing, word: Symbols, end: number): void {
  let node = ROOT;
  for (const symbol of word) {
    const slot = node * WIDTH + symbol;
    if (tree.next[slot] === ROOT) {
      tree.next[slot] = tree.used;
      tree.used += 1;
    }
    node = tree.next[slot] ?? ROOT;
  }
  tree.ends[node] = (tree.ends[node] ?? 0) | end;
}

function words(text: string): readonly Symbols[] {
  return text.trim().split(/\s+/).map(foldText);
}
