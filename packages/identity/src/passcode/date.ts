import { isDigit, type Symbols } from "./symbols.ts";

/** Years that anybody at work may have been born or married in, or may reach soon. */
const YEARS = { first: 1930, last: 2039 } as const;
/** Eight digits are a date for any year of these centuries. */
const CENTURIES = { first: 1900, last: 2099 } as const;

/** DATE: a year, or day, month and year in any order that people write them. */
export function isDate(symbols: Symbols, sixDigitDates: boolean): boolean {
  if (!symbols.every(isDigit)) return false;
  switch (symbols.length) {
    case 4:
      return isYear(symbols);
    case 6:
      return sixDigitDates && isSixDigitDate(symbols);
    case 8:
      return isEightDigitDate(symbols);
    default:
      return false;
  }
}

/** 1930 to 2039. */
export function isYear(symbols: Symbols): boolean {
  return symbols.length === 4 && isWithin(numberAt(symbols, 0, 4), YEARS);
}

/** 17031984, 03171984, 19840317, 19841703. */
function isEightDigitDate(symbols: Symbols): boolean {
  const yearLast = isWithin(numberAt(symbols, 4, 4), CENTURIES) && isDayAndMonth(symbols, 0, 2);
  const yearFirst = isWithin(numberAt(symbols, 0, 4), CENTURIES) && isDayAndMonth(symbols, 4, 6);
  return yearLast || yearFirst;
}

/** 170384, 031784, 840317, 841703: the year may be any. */
function isSixDigitDate(symbols: Symbols): boolean {
  return isDayAndMonth(symbols, 0, 2) || isDayAndMonth(symbols, 2, 4);
}

function isDayAndMonth(symbols: Symbols, first: number, second: number): boolean {
  const [left, right] = [numberAt(symbols, first, 2), numberAt(symbols, second, 2)];
  return isDayOf(left, right) || isDayOf(right, left);
}

// biome-ignore format: twelve months; February as in a leap year
const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDayOf(day: number, month: number): boolean {
  return day >= 1 && day <= (DAYS_IN_MONTH[month - 1] ?? 0);
}

function numberAt(symbols: Symbols, offset: number, length: number): number {
  return symbols.subarray(offset, offset + length).reduce((total, digit) => total * 10 + digit, 0);
}

function isWithin(year: number, range: { readonly first: number; readonly last: number }): boolean {
  return year >= range.first && year <= range.last;
}
