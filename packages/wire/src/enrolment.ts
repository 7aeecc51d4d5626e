/**
 * One-time codes that enrol a desk: twelve symbols in three groups, as `K7TQ-9MBX-2HRD`. The first two symbols name the
 * code and are no secret; the other ten are 50 random bits. The alphabet is Crockford's: no letter looks or sounds like
 * a digit, and what people write instead of one is read as meant.
 */
export const ENROLMENT_CODE = { minutes: 10, tries: 5, randomBytes: 12, handleLength: 2 } as const;

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const READ_AS: Readonly<Record<string, string>> = { I: "1", L: "1", O: "0" };
const GROUP = 4;

export interface EnrolmentCode {
  /** Names the code: looked up by it, logged with it. */
  readonly handle: string;
  /** Twelve symbols without hyphens: what the code's key is stretched from. */
  readonly symbols: string;
}

/** A new code from twelve random bytes, of which five bits each count. */
export function makeEnrolmentCode(random: Uint8Array): EnrolmentCode {
  const symbols = [...random.subarray(0, ENROLMENT_CODE.randomBytes)]
    .map((byte) => ALPHABET[byte & 31] ?? "")
    .join("");
  return { handle: symbols.slice(0, ENROLMENT_CODE.handleLength), symbols };
}

/** Reads what a person typed: case, spaces and hyphens do not matter. `undefined`: it is no code. */
export function parseEnrolmentCode(text: string): EnrolmentCode | undefined {
  const symbols = [...text.toUpperCase().replaceAll(/[\s-]/g, "")]
    .map((symbol) => READ_AS[symbol] ?? symbol)
    .join("");
  const isCode =
    symbols.length === ENROLMENT_CODE.randomBytes &&
    [...symbols].every((symbol) => ALPHABET.includes(symbol));
  return isCode ? { handle: symbols.slice(0, ENROLMENT_CODE.handleLength), symbols } : undefined;
}

/** In groups of four, to be read aloud. */
export function formatEnrolmentCode({ symbols }: EnrolmentCode): string {
  return groupsOf(GROUP, symbols).join("-");
}

/** What two people compare: the first 128 bits of a device key's SHA-256, in groups of four hex digits. */
export function deskFingerprint(keyHash: string): string {
  return groupsOf(GROUP, keyHash.slice(0, 32)).join(" ");
}

function groupsOf(size: number, text: string): readonly string[] {
  return text.match(new RegExp(`.{1,${size}}`, "g")) ?? [];
}
