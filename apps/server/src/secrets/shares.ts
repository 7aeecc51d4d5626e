import { createHash, createHmac } from "node:crypto";
import { asciiBytes, Secret } from "@lanyard/bytes";
import { combine, split } from "shamir-secret-sharing";
import { SecretsError } from "./errors.ts";

/** Five are made, any three give the key back, two say nothing about it. */
export const SHARES = { made: 5, needed: 3 } as const;

const CHECK_MESSAGE = asciiBytes("lanyard/key-check/1");
const CHECK_BYTES = 4;

/** What a key is recognised by without being known: four bytes of a MAC under it, hex. */
export async function checkValue(
  mac: (message: Uint8Array) => Promise<Uint8Array>,
): Promise<string> {
  return Buffer.from(await mac(CHECK_MESSAGE))
    .subarray(0, CHECK_BYTES)
    .toString("hex");
}

/** One share, as it is written on paper. */
interface Share {
  readonly version: number;
  readonly number: number;
  readonly check: string;
  readonly bytes: Uint8Array;
}

/** Splits one master key: five lines of text, each for another person. */
export async function makeShares(version: number, key: Secret): Promise<readonly string[]> {
  const check = await checkValue(macUnder(key));
  // The library takes no Buffer.
  const plain = Uint8Array.from(key.reveal());
  const parts = await split(plain, SHARES.made, SHARES.needed);
  plain.fill(0);
  return parts.map((bytes, index) => {
    const line = lineOf({ version, number: index + 1, check, bytes });
    bytes.fill(0);
    return line;
  });
}

/**
 * Puts the keys together again from lines of shares, in any order; those of several versions may be mixed. Empty lines
 * are passed over.
 *
 * @throws {SecretsError} `secrets/share_malformed` | `secrets/shares_too_few` | `secrets/shares_wrong`
 */
export async function combineShares(
  lines: readonly string[],
): Promise<ReadonlyMap<number, Secret>> {
  const written = lines.map((line) => line.trim()).filter((line) => line !== "");
  const shares = written.map((line, index) => parseShare(line, index + 1));
  const versions = [...new Set(shares.map(({ version }) => version))];
  const keys = new Map<number, Secret>();
  for (const version of versions)
    keys.set(version, await keyFrom(shares.filter((share) => share.version === version)));
  for (const share of shares) share.bytes.fill(0);
  return keys;
}

async function keyFrom(shares: readonly Share[]): Promise<Secret> {
  const { version = 0, check = "" } = shares[0] ?? {};
  const distinct = shares.filter(
    ({ number }, index) => shares.findIndex((share) => share.number === number) === index,
  );
  if (distinct.length < SHARES.needed)
    throw new SecretsError(
      "secrets/shares_too_few",
      `${SHARES.needed} different shares of version ${version} are needed; there are ${distinct.length}.`,
    );
  if (distinct.every((share) => share.check === check)) {
    const used = distinct.slice(0, SHARES.needed).map(({ bytes }) => bytes);
    const key = new Secret(await combine(used));
    if ((await checkValue(macUnder(key))) === check) return key;
    key.wipe();
  }
  throw new SecretsError(
    "secrets/shares_wrong",
    `The shares of version ${version} do not belong together: at least one is of another splitting.`,
  );
}

function macUnder(key: Secret) {
  return async (message: Uint8Array): Promise<Uint8Array> =>
    createHmac("sha256", key.reveal()).update(message).digest();
}

const LINE =
  /^(lanyard-share\/1 version=([0-9]{1,6}) number=([0-9]{1,3}) check=([0-9a-f]{8}) ([0-9a-f-]{66,100})) sum=([0-9a-f]{4})$/;

function lineOf({ version, number, check, bytes }: Share): string {
  const groups =
    Buffer.from(bytes)
      .toString("hex")
      .match(/.{1,4}/g) ?? [];
  const start = `lanyard-share/1 version=${version} number=${number} check=${check}`;
  const text = `${start} ${groups.join("-")}`;
  return `${text} sum=${sumOf(text)}`;
}

/** The mistake is named by its line, and the line is not repeated: it is a secret. */
function parseShare(line: string, place: number): Share {
  const [, text, version, number, check, groups, sum] = LINE.exec(line) ?? [];
  if (text === undefined || groups === undefined || check === undefined || sumOf(text) !== sum)
    throw new SecretsError(
      "secrets/share_malformed",
      `Line ${place} is not a share, or was mistyped.`,
    );
  const bytes = Uint8Array.from(Buffer.from(groups.replaceAll("-", ""), "hex"));
  return { version: Number(version), number: Number(number), check, bytes };
}

/** Finds a mistyped character: two bytes of a hash over all before it. */
function sumOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 4);
}
