import { hasLetter, isDigit, leetLetters, type Symbols } from "./symbols.ts";

/** In words shorter than this a digit is a digit: `j0` is not the name Jo. */
const LEET_FROM = 4;

/** What a word may be joined with. */
export interface Spelling {
  /** At least one of these must be there. */
  readonly wanted: readonly Symbols[];
  /** These may stand beside it, as digits may. */
  readonly beside: readonly Symbols[];
}

/** Nothing but words and digits, one of the wanted words among them: maria84, 84maria, nhscare1, m4r1a. */
export function isMadeOf(symbols: Symbols, { wanted, beside }: Spelling): boolean {
  if (!hasLetter(symbols)) return false;
  const reach = new Uint8Array(symbols.length + 1);
  reach[0] = REACHED;
  for (let offset = 0; offset < symbols.length; offset += 1) {
    const state = reach[offset] ?? 0;
    if (state === 0) continue;
    if (isDigit(symbols[offset] ?? 0)) mark(reach, offset + 1, state);
    markWords(reach, { symbols, offset, words: beside, state });
    markWords(reach, { symbols, offset, words: wanted, state: FOUND });
  }
  return ((reach[symbols.length] ?? 0) & FOUND) !== 0;
}

const REACHED = 1;
const FOUND = 2;

function mark(reach: Uint8Array, offset: number, state: number): void {
  reach[offset] = (reach[offset] ?? 0) | state;
}

interface Attempt {
  readonly symbols: Symbols;
  readonly offset: number;
  readonly words: readonly Symbols[];
  /** What is known once one of the words fits here. */
  readonly state: number;
}

function markWords(reach: Uint8Array, { symbols, offset, words, state }: Attempt): void {
  for (const word of words)
    if (spellsAt(symbols, offset, word)) mark(reach, offset + word.length, state);
}

/** `word` at this place, letter by letter or in digits that look like letters; a third must be typed as it is. */
function spellsAt(symbols: Symbols, offset: number, word: Symbols): boolean {
  if (offset + word.length > symbols.length) return false;
  let typed = 0;
  for (let index = 0; index < word.length; index += 1) {
    const symbol = symbols[offset + index] ?? 0;
    const letter = word[index] ?? 0;
    if (symbol === letter) typed += 1;
    else if (word.length < LEET_FROM || !isLeetFor(symbol, letter)) return false;
  }
  return typed * 3 >= word.length;
}

function isLeetFor(symbol: number, letter: number): boolean {
  return isDigit(symbol) && leetLetters(symbol).includes(letter);
}

/** The longest pieces of digits, with no digit before or after. */
export function digitBlocks(symbols: Symbols): readonly Symbols[] {
  const blocks: Symbols[] = [];
  let start = 0;
  for (let index = 0; index <= symbols.length; index += 1) {
    const symbol = symbols[index];
    if (symbol !== undefined && isDigit(symbol)) continue;
    if (index > start) blocks.push(symbols.subarray(start, index));
    start = index + 1;
  }
  return blocks;
}

/** `part` somewhere in `whole`, unbroken. */
export function includesRun(whole: Symbols, part: Symbols): boolean {
  for (let offset = 0; offset + part.length <= whole.length; offset += 1)
    if (part.every((symbol, index) => whole[offset + index] === symbol)) return true;
  return false;
}
