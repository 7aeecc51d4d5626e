import { BESIDE_WORDS } from "./context.ts";
import type { FoldedHolder } from "./holder.ts";
import type { Symbols } from "./symbols.ts";
import { digitBlocks, includesRun, isMadeOf } from "./words.ts";

/** Digits in a row that are a piece of something about the holder. */
const SHORTEST_PIECE = 4;
/** A whole date of birth inside a longer code; a piece of a number with one stranger beside it. */
const DATE_INSIDE = 6;
const PIECE_AND_ONE = 5;

/** PERSONAL: maria84, rx12024, 170384, a1984, 6274, 0142x. */
export function isPersonal(symbols: Symbols, holder: FoldedHolder): boolean {
  return (
    isMadeOf(symbols, { wanted: holder.words, beside: BESIDE_WORDS }) ||
    holder.numbers.some((number) => includesRun(number, symbols)) ||
    digitBlocks(symbols).some((block) => isAboutHolder(block, holder))
  );
}

function isAboutHolder(block: Symbols, { dates, numbers }: FoldedHolder): boolean {
  if (block.length < SHORTEST_PIECE) return false;
  return (
    dates.some((form) => isDateIn(block, form)) ||
    numbers.some((number) => isPieceOf(block, number))
  );
}

function isDateIn(block: Symbols, form: Symbols): boolean {
  return form.length === block.length || form.length >= DATE_INSIDE
    ? includesRun(block, form)
    : false;
}

function isPieceOf(block: Symbols, number: Symbols): boolean {
  if (includesRun(number, block)) return true;
  if (block.length <= PIECE_AND_ONE) return false;
  return includesRun(number, block.subarray(1)) || includesRun(number, block.subarray(0, -1));
}
