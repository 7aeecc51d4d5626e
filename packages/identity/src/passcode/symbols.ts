/**
 * A passcode or a word as small numbers: 0 to 9 are the digits, 10 to 35 the letters in either case. The rules work
 * on these, so that a passcode never becomes a JavaScript string, which nobody could wipe.
 */
export type Symbols = Uint8Array;

const FIRST_LETTER = 10;
const LETTERS = 26;
const DIGITS = 10;

/** How many characters were typed: UTF-8 code points [RFC3629], with every stray byte counted as one. */
export function countCharacters(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if ((byte & 0xc0) !== 0x80) count += 1;
  return count === 0 ? bytes.length : count;
}

/** Folds ASCII letters and digits; `undefined` if any other byte is there. The caller wipes the result. */
export function foldBytes(bytes: Uint8Array): Symbols | undefined {
  const symbols = new Uint8Array(bytes.length);
  for (let index = 0; index < bytes.length; index += 1) {
    const symbol = symbolOf(bytes[index] ?? 0);
    if (symbol === undefined) {
      symbols.fill(0);
      return undefined;
    }
    symbols[index] = symbol;
  }
  return symbols;
}

/** The letters and digits of a text we hold anyway (a name, a list): accents are dropped, the rest is left out. */
export function foldText(text: string): Symbols {
  const symbols: number[] = [];
  for (const character of text.normalize("NFD")) {
    const symbol = symbolOf(character.codePointAt(0) ?? 0);
    if (symbol !== undefined) symbols.push(symbol);
  }
  return Uint8Array.from(symbols);
}

function symbolOf(code: number): number | undefined {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  if (code >= 0x41 && code <= 0x5a) return code - 0x41 + FIRST_LETTER;
  if (code >= 0x61 && code <= 0x7a) return code - 0x61 + FIRST_LETTER;
  return undefined;
}

export function isDigit(symbol: number): boolean {
  return symbol < FIRST_LETTER;
}

export function hasLetter(symbols: Symbols): boolean {
  return symbols.some((symbol) => !isDigit(symbol));
}

/**
 * How far it is from one symbol to the next, going round: 9 to 0 is +1, as z to a is. `undefined` between a digit
 * and a letter.
 */
export function stepBetween(from: number, to: number): number | undefined {
  if (isDigit(from) !== isDigit(to)) return undefined;
  const size = isDigit(from) ? DIGITS : LETTERS;
  const step = (to - from + size) % size;
  return step > size / 2 ? step - size : step;
}

/** The letters a digit is written for: pa55w0rd. A letter stands for itself only. */
// biome-ignore format: one digit a row
const LEET: Readonly<Record<number, string>> = {
  0: "o", 1: "il", 2: "z", 3: "e", 4: "a", 5: "s", 6: "g", 7: "t", 8: "b", 9: "g",
};

const LEET_SYMBOLS: readonly Symbols[] = Array.from({ length: DIGITS }, (_, digit) =>
  foldText(LEET[digit] ?? ""),
);

/** The letters that `symbol`, as typed, may stand for besides itself. */
export function leetLetters(symbol: number): Symbols {
  return LEET_SYMBOLS[symbol] ?? NONE;
}

const NONE: Symbols = new Uint8Array();
