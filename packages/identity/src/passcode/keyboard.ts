import { isNumberPadPattern } from "./number-pad.ts";
import { isRun, unravel } from "./sequence.ts";
import { foldText, hasLetter, type Symbols } from "./symbols.ts";

/** The keys as they lie; a column runs down and to the right, as fingers do: 1qaz, 2wsx. */
const ROWS = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"] as const;

interface Key {
  readonly row: number;
  readonly column: number;
}

const KEYS: readonly Key[] = placeKeys();

/** Fewer keys in a row than this happen in any word. */
const SHORTEST_STROKE = 3;

/** KEYBOARD: qwerty, asdf1, qwe123, 1qaz2wsx, 1q2w3e4r, 12qw, 2580, 159753. */
export function isKeyboardPattern(symbols: Symbols): boolean {
  if (isNumberPadPattern(symbols)) return true;
  // The row of digits is a sequence, so a code of digits has had its turn.
  return (
    hasLetter(symbols) &&
    (isStrokePlus(symbols) || isInterleavedRows(symbols) || isSameColumnsTwice(symbols))
  );
}

/** A stroke and nothing else, or one more character or run at either side. */
function isStrokePlus(symbols: Symbols): boolean {
  for (let split = SHORTEST_STROKE; split <= symbols.length; split += 1) {
    if (isStroke(symbols.subarray(0, split)) && isTrifle(symbols.subarray(split))) return true;
    const start = symbols.length - split;
    if (isStroke(symbols.subarray(start)) && isTrifle(symbols.subarray(0, start))) return true;
  }
  return false;
}

function isTrifle(symbols: Symbols): boolean {
  return symbols.length <= 1 || isRun(symbols) || isStroke(symbols);
}

/** Neighbouring keys along one row or one column, in one direction. */
function isStroke(symbols: Symbols): boolean {
  if (symbols.length < 2) return false;
  const first = direction(symbols, 1);
  if (first === undefined) return false;
  for (let index = 2; index < symbols.length; index += 1)
    if (direction(symbols, index) !== first) return false;
  return true;
}

type Direction = "left" | "right" | "up" | "down";

function direction(symbols: Symbols, index: number): Direction | undefined {
  const [from, to] = [keyAt(symbols, index - 1), keyAt(symbols, index)];
  if (from.row === to.row && to.column - from.column === 1) return "right";
  if (from.row === to.row && to.column - from.column === -1) return "left";
  if (from.column === to.column && to.row - from.row === 1) return "down";
  if (from.column === to.column && to.row - from.row === -1) return "up";
  return undefined;
}

/** 1q2w3e4r, q1w2, qawsed: two different rows, turn about. */
function isInterleavedRows(symbols: Symbols): boolean {
  const [even, odd] = unravel(symbols);
  return keyAt(even, 0).row !== keyAt(odd, 0).row && isRowStroke(even) && isRowStroke(odd);
}

/** 12qw, qweasd: the same keys again one row further. */
function isSameColumnsTwice(symbols: Symbols): boolean {
  const half = symbols.length / 2;
  if (!Number.isInteger(half)) return false;
  const [left, right] = [symbols.subarray(0, half), symbols.subarray(half)];
  return (
    isRowStroke(left) &&
    isRowStroke(right) &&
    keyAt(left, 0).row !== keyAt(right, 0).row &&
    keyAt(left, 0).column === keyAt(right, 0).column &&
    keyAt(left, 1).column === keyAt(right, 1).column
  );
}

function isRowStroke(symbols: Symbols): boolean {
  return isStroke(symbols) && keyAt(symbols, 0).row === keyAt(symbols, 1).row;
}

function keyAt(symbols: Symbols, index: number): Key {
  return KEYS[symbols[index] ?? 0] ?? NOWHERE;
}

const NOWHERE: Key = { row: -9, column: -9 };

function placeKeys(): readonly Key[] {
  const keys: Key[] = [];
  for (const [row, letters] of ROWS.entries())
    for (const [column, symbol] of foldText(letters).entries()) keys[symbol] = { row, column };
  return keys;
}
