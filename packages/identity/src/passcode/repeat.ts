import type { Symbols } from "./symbols.ts";

/** From this length on, a code of two different characters only is refused whatever their order. */
const TWO_SYMBOLS_FROM = 6;

/** REPEAT: 1111, 1212, 123123, 12121, 100010. */
export function isRepeat(symbols: Symbols): boolean {
  for (let unit = 1; unit * 2 <= symbols.length; unit += 1)
    if (hasPeriod(symbols, unit)) return true;
  return symbols.length >= TWO_SYMBOLS_FROM && new Set(symbols).size <= 2;
}

function hasPeriod(symbols: Symbols, unit: number): boolean {
  for (let index = unit; index < symbols.length; index += 1)
    if (symbols[index] !== symbols[index - unit]) return false;
  return true;
}
