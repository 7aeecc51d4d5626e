import { hasLetter, isDigit, type Symbols } from "./symbols.ts";

type Place = { readonly x: number; readonly y: number };

/** Where the 0 lies: below 8 on a telephone or a cash machine. */
const PHONE_ZERO: Place = { x: 1, y: 3 };
/** On a computer, which counts from the bottom, a wide 0 lies below 1 and 2. */
const ZERO_PLACES: readonly Place[] = [PHONE_ZERO, { x: 1, y: -1 }, { x: 0, y: -1 }];

/** From this length on, a path may turn twice. */
const TWO_TURNS_FROM = 6;

/** Keys on a number pad: 2580, 1478, 14789, 147896, 159753, 2580a. */
export function isNumberPadPattern(symbols: Symbols): boolean {
  return isPath(symbols) || isLine(symbols) || isTwoLines(symbols) || isLineAndOneMore(symbols);
}

function isPath(symbols: Symbols): boolean {
  return turns(symbols, PHONE_ZERO) <= (symbols.length < TWO_TURNS_FROM ? 1 : 2);
}

function isTwoLines(symbols: Symbols): boolean {
  const half = symbols.length >> 1;
  return half >= 3 && isLine(symbols.subarray(0, half)) && isLine(symbols.subarray(half));
}

/** A letter beside a line of three or more; a digit beside a line of four. */
function isLineAndOneMore(symbols: Symbols): boolean {
  if (symbols.length < 5 && !hasLetter(symbols)) return false;
  return isLine(symbols.subarray(1)) || isLine(symbols.subarray(0, -1));
}

function isLine(symbols: Symbols): boolean {
  return ZERO_PLACES.some((zero) => turns(symbols, zero) === 0);
}

/** How often the finger changes direction; infinite when it leaves the pad, jumps a key or stays where it is. */
function turns(symbols: Symbols, zero: Place): number {
  let count = 0;
  for (let index = 1; index < symbols.length; index += 1) {
    const move = moveAt(symbols, index, zero);
    if (move === undefined) return Number.POSITIVE_INFINITY;
    const before = index === 1 ? move : moveAt(symbols, index - 1, zero);
    if (move.x !== before?.x || move.y !== before.y) count += 1;
  }
  return count;
}

function moveAt(symbols: Symbols, index: number, zero: Place): Place | undefined {
  const [from, to] = [symbols[index - 1] ?? 0, symbols[index] ?? 0];
  if (from === to || !isDigit(from) || !isDigit(to)) return undefined;
  const [start, end] = [placeOf(from, zero), placeOf(to, zero)];
  const move = { x: end.x - start.x, y: end.y - start.y };
  return move.x * move.x <= 1 && move.y * move.y <= 1 ? move : undefined;
}

function placeOf(digit: number, zero: Place): Place {
  return digit === 0 ? zero : (PLACES[digit] ?? zero);
}

const PLACES: readonly Place[] = Array.from({ length: 10 }, (_, digit) => ({
  x: (digit + 2) % 3,
  y: digit < 4 ? 0 : digit < 7 ? 1 : 2,
}));
