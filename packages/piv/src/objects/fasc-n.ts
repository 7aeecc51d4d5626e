import { malformed } from "../commands/answer.ts";
import { CardError } from "../errors.ts";

/** Bytes of a FASC-N: 40 characters of 5 bits [PIV-1 §3.1.2]. */
export const FASC_N_BYTES = 25;
const CHARACTERS = 40;

const START = 0xb;
const SEPARATOR = 0xd;
const END = 0xf;

/** The Federal Agency Smart Credential Number: nine fields of decimal digits. */
export interface FascN {
  readonly agencyCode: string;
  readonly systemCode: string;
  readonly credentialNumber: string;
  readonly credentialSeries: string;
  readonly individualCredentialIssue: string;
  readonly personIdentifier: string;
  readonly organizationalCategory: string;
  readonly organizationalIdentifier: string;
  readonly personAssociation: string;
}

/** Where each field lies among the 40 characters, and how many digits it has. */
// biome-ignore format: the columns are the documentation
const FIELDS = {
  agencyCode:                { at: 1,  digits: 4 },
  systemCode:                { at: 6,  digits: 4 },
  credentialNumber:          { at: 11, digits: 6 },
  credentialSeries:          { at: 18, digits: 1 },
  individualCredentialIssue: { at: 20, digits: 1 },
  personIdentifier:          { at: 22, digits: 10 },
  organizationalCategory:    { at: 32, digits: 1 },
  organizationalIdentifier:  { at: 33, digits: 4 },
  personAssociation:         { at: 37, digits: 1 },
} as const satisfies Record<keyof FascN, { at: number; digits: number }>;

const SEPARATORS_AT = [5, 10, 17, 19, 21] as const;
const END_AT = 38;
const CHECK_AT = 39;
const NAMES = [
  "agencyCode",
  "systemCode",
  "credentialNumber",
  "credentialSeries",
  "individualCredentialIssue",
  "personIdentifier",
  "organizationalCategory",
  "organizationalIdentifier",
  "personAssociation",
] as const satisfies readonly (keyof FascN)[];

/**
 * Packs the digits with their odd parity bits and check character.
 *
 * @throws {CardError} `card/bad_argument` when a field has not its number of digits
 */
export function encodeFascN(fascN: FascN): Uint8Array {
  const characters = marks();
  for (const name of NAMES) {
    const { at, digits } = FIELDS[name];
    characters.splice(at, digits, ...digitsOf(fascN[name], digits));
  }
  characters[CHECK_AT] = checkCharacter(characters);
  return packCharacters(characters);
}

/**
 * Unpacks the digits. Parity, marks and check character must be right; many test cards have made-up bytes here.
 *
 * @throws {CardError} `card/malformed_answer`
 */
export function decodeFascN(bytes: Uint8Array): FascN {
  const characters = unpackCharacters(bytes);
  const isMarked = marks().every((mark, at) => mark === 0 || characters[at] === mark);
  if (!isMarked || checkCharacter(characters) !== characters[CHECK_AT]) throw malformed("FASC-N");
  const field = (name: keyof FascN): string => {
    const { at, digits } = FIELDS[name];
    const values = characters.slice(at, at + digits);
    if (values.some((value) => value > 9)) throw malformed("FASC-N");
    return values.join("");
  };
  return {
    agencyCode: field("agencyCode"),
    systemCode: field("systemCode"),
    credentialNumber: field("credentialNumber"),
    credentialSeries: field("credentialSeries"),
    individualCredentialIssue: field("individualCredentialIssue"),
    personIdentifier: field("personIdentifier"),
    organizationalCategory: field("organizationalCategory"),
    organizationalIdentifier: field("organizationalIdentifier"),
    personAssociation: field("personAssociation"),
  };
}

/** Forty characters with only the marks set. */
function marks(): number[] {
  const characters = Array.from({ length: CHARACTERS }, () => 0);
  characters[0] = START;
  for (const at of SEPARATORS_AT) characters[at] = SEPARATOR;
  characters[END_AT] = END;
  return characters;
}

function digitsOf(field: string, count: number): number[] {
  if (field.length !== count || !/^[0-9]*$/.test(field))
    throw new CardError("card/bad_argument", "A FASC-N field has a fixed number of digits.");
  return [...field].map(Number);
}

/** What every character before it comes to, added without carry. */
function checkCharacter(characters: readonly number[]): number {
  return characters.slice(0, CHECK_AT).reduce((check, character) => check ^ character, 0);
}

/** Five bits a character: the lowest of its four bits first, then odd parity. */
function bitsOf(character: number): number {
  let bits = 0;
  let parity = 1;
  for (let index = 0; index < 4; index += 1) {
    const bit = (character >> index) & 1;
    bits = (bits << 1) | bit;
    parity ^= bit;
  }
  return (bits << 1) | parity;
}

const CHARACTER_OF_BITS = new Map(
  Array.from({ length: 16 }, (_, character) => [bitsOf(character), character]),
);

function packCharacters(characters: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(FASC_N_BYTES);
  characters.forEach((character, index) => {
    const bits = bitsOf(character);
    for (let bit = 0; bit < 5; bit += 1) {
      const position = index * 5 + bit;
      const value = ((bits >> (4 - bit)) & 1) << (7 - (position & 7));
      bytes[position >> 3] = (bytes[position >> 3] ?? 0) | value;
    }
  });
  return bytes;
}

function unpackCharacters(bytes: Uint8Array): number[] {
  if (bytes.length !== FASC_N_BYTES) throw malformed("FASC-N");
  return Array.from({ length: CHARACTERS }, (_, index) => {
    let bits = 0;
    for (let position = index * 5; position < index * 5 + 5; position += 1)
      bits = (bits << 1) | (((bytes[position >> 3] ?? 0) >> (7 - (position & 7))) & 1);
    const character = CHARACTER_OF_BITS.get(bits);
    if (character === undefined) throw malformed("FASC-N");
    return character;
  });
}
