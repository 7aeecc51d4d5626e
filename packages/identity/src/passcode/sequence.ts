import { type Symbols, stepBetween } from "./symbols.ts";

/** From this length on, two runs taken turn about are refused: 192837, 101112. Below it they are a tenth of all codes. */
const INTERLEAVED_FROM = 6;

/** SEQUENCE: 1234, 7890, 1357, dcba, 1221, 112233, 12345a, abc123, 1290, 192837. */
export function isSequence(symbols: Symbols): boolean {
  return (
    isRun(symbols, 2) ||
    isRunPlusOne(symbols) ||
    isTwoRuns(symbols) ||
    isMirrored(symbols) ||
    isDoubledRun(symbols) ||
    isInterleaved(symbols)
  );
}

/** Every step the same, and none longer than `longest`. One symbol is no run; two are, if close enough. */
export function isRun(symbols: Symbols, longest: 1 | 2 = 1): boolean {
  if (symbols.length < 2) return false;
  const first = stepAt(symbols, 1);
  if (first === undefined || first > longest || first < -longest) return false;
  for (let index = 2; index < symbols.length; index += 1)
    if (stepAt(symbols, index) !== first) return false;
  return true;
}

function stepAt(symbols: Symbols, index: number): number | undefined {
  return stepBetween(symbols[index - 1] ?? 0, symbols[index] ?? 0);
}

function isRunPlusOne(symbols: Symbols): boolean {
  return isRun(symbols.subarray(1), 2) || isRun(symbols.subarray(0, -1), 2);
}

function isTwoRuns(symbols: Symbols): boolean {
  for (let split = 2; split <= symbols.length - 2; split += 1)
    if (isRun(symbols.subarray(0, split)) && isRun(symbols.subarray(split))) return true;
  return false;
}

function isMirrored(symbols: Symbols): boolean {
  return symbols.every((symbol, index) => symbol === symbols[symbols.length - 1 - index]);
}

/** 112233, and 11223 too: the last pair may be cut. */
function isDoubledRun(symbols: Symbols): boolean {
  const halved = symbols.filter((_, index) => index % 2 === 0);
  return isRun(halved, 2) && symbols.every((symbol, index) => symbol === halved[index >> 1]);
}

function isInterleaved(symbols: Symbols): boolean {
  if (symbols.length < INTERLEAVED_FROM) return false;
  const [even, odd] = unravel(symbols);
  return isRun(even) && isRun(odd);
}

/** Every other symbol, from the first and from the second. */
export function unravel(symbols: Symbols): readonly [even: Symbols, odd: Symbols] {
  return [
    symbols.filter((_, index) => index % 2 === 0),
    symbols.filter((_, index) => index % 2 === 1),
  ];
}
