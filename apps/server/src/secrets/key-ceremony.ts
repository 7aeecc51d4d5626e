import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Secret } from "@lanyard/bytes";
import type { KeyVersionShare, Store } from "@lanyard/identity";
import { record } from "../audit/record.ts";
import type { Config } from "../config.ts";
import { SecretsError } from "./errors.ts";
import { addFileKey, readFileKey } from "./key-file.ts";
import { openMasterKeys } from "./open.ts";
import { addTokenKey } from "./pkcs11/token-keys.ts";
import { checkValue, makeShares } from "./shares.ts";

const KEY_BYTES = 32;

type KeyPlace = Pick<Config, "token" | "masterKeyFile">;

export interface NewKey {
  /** The first key there is; otherwise the next version. */
  readonly first: boolean;
  /** A folder that is not there yet: five files with a share each are made in it. */
  readonly sharesIn: string | undefined;
  readonly at: Date;
}

/**
 * Makes a master key version: in the token, or in the key file. With shares it is made here in memory, split, brought
 * in, and wiped; without them a token makes its key itself, and it never exists anywhere else.
 *
 * Rejects with a `SecretsError`, and then there is no new key.
 */
export function addMasterKey(place: KeyPlace, store: Store, wish: NewKey): Promise<number> {
  return store.transaction(async (records) => {
    const { token } = place;
    const isMadeInside = token !== undefined && wish.sharesIn === undefined;
    const version = isMadeInside
      ? await addTokenKey(token, { first: wish.first })
      : await bringIn(place, wish);
    await record(records, {
      action: "secrets.key_added",
      at: wish.at,
      details: {
        version,
        place: token === undefined ? "file" : "token",
        isMadeInside,
        isSplit: wish.sharesIn !== undefined,
      },
    });
    return version;
  });
}

async function bringIn(place: KeyPlace, { first, sharesIn }: NewKey): Promise<number> {
  const key = new Secret(randomBytes(KEY_BYTES));
  try {
    if (sharesIn === undefined) return await add(place, { first, key });
    // The folder first: a key whose shares cannot be written is not made.
    await makeFolder(sharesIn);
    const version = await add(place, { first, key });
    await writeShares(sharesIn, await makeShares(version, key));
    return version;
  } finally {
    key.wipe();
  }
}

function add(
  { token, masterKeyFile }: KeyPlace,
  order: { readonly first: boolean; readonly key: Secret },
): Promise<number> {
  return token === undefined ? addFileKey(masterKeyFile, order) : addTokenKey(token, order);
}

export interface Splitting {
  readonly version: number;
  readonly sharesIn: string;
  readonly at: Date;
}

/**
 * Splits a version that is in the key file.
 *
 * @throws {SecretsError} `secrets/not_extractable`: a token gives its keys to nobody, so it is split when it is made
 */
export async function splitMasterKey(
  { token, masterKeyFile }: KeyPlace,
  store: Store,
  { version, sharesIn, at }: Splitting,
): Promise<void> {
  if (token !== undefined)
    throw new SecretsError(
      "secrets/not_extractable",
      "A key in a token cannot be taken out to be split: `--with-shares` splits one as it is made and brought in.",
    );
  const key = await readFileKey(masterKeyFile, version);
  try {
    await store.transaction(async (records) => {
      await record(records, { action: "secrets.split", at, details: { version } });
      await makeFolder(sharesIn);
      await writeShares(sharesIn, await makeShares(version, key));
    });
  } finally {
    key.wipe();
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (cause) {
    throw new SecretsError(
      "secrets/file_exists",
      `The folder ${path} could not be made. It must not be there yet, and the one it is in must.`,
      { cause },
    );
  }
}

async function writeShares(folder: string, shares: readonly string[]): Promise<void> {
  for (const [index, share] of shares.entries())
    await writeFile(join(folder, `share-${index + 1}.txt`), `${share}\n`, {
      flag: "wx",
      mode: 0o600,
      flush: true,
    });
}

export interface KeyStatus extends KeyVersionShare {
  /** `undefined`: cards need this version, and it is not there. */
  readonly check: string | undefined;
  readonly isNewest: boolean;
}

/** Every version there is or that cards need, lowest first. */
export async function masterKeyStatus(
  place: KeyPlace,
  store: Store,
): Promise<readonly KeyStatus[]> {
  const keys = await openMasterKeys(place);
  try {
    const shares = await store.transaction(({ cards }) => cards.keyVersionShares());
    const all = new Set([...keys.versions, ...shares.map(({ version }) => version)]);
    const rows: KeyStatus[] = [];
    for (const version of [...all].sort((left, right) => left - right))
      rows.push({
        version,
        cards: shares.find((share) => share.version === version)?.cards ?? 0,
        check: keys.versions.includes(version)
          ? await checkValue((message) => keys.mac(version, message))
          : undefined,
        isNewest: version === keys.newest,
      });
    return rows;
  } finally {
    await keys.close();
  }
}
