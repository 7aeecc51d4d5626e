import { readFile } from "node:fs/promises";
import { Secret } from "@lanyard/bytes";
import type { TokenSettings } from "../../config.ts";
import { SecretsError, unknownVersion } from "../errors.ts";
import { refuseLoose } from "../loose.ts";
import type { MasterKeys } from "../master-keys.ts";
import { loadPkcs11, type NativePkcs11 } from "./native.ts";
import { explained } from "./return-codes.ts";
import { forgetModule, openToken, type TokenPlace, type TokenSession } from "./token.ts";

/**
 * Master keys inside a PKCS#11 token. A token that went away is connected again at the next call; a PIN that was
 * refused is not tried again, or the token would lock itself.
 *
 * @throws {SecretsError} `secrets/unavailable` | `secrets/pin_refused` | `secrets/key_exposed` | `secrets/file_loose` |
 *   `secrets/file_missing`
 */
export async function openTokenKeys(settings: TokenSettings): Promise<MasterKeys> {
  const keys = new TokenKeys(await loadPkcs11(settings.module), settings);
  await keys.refresh();
  return keys;
}

/**
 * Writes a new version into the token: made inside it, or brought in when the key ceremony made it outside. Gives the
 * version.
 *
 * @throws {SecretsError} as {@link openTokenKeys} | `secrets/file_exists`: there are keys and none may be made
 */
export async function addTokenKey(
  settings: TokenSettings,
  { first, key }: { readonly first: boolean; readonly key?: Secret },
): Promise<number> {
  const native = await loadPkcs11(settings.module);
  try {
    const session = await openToken(native, placeOf(settings), "write");
    try {
      const there = await session.findKeys();
      if (first && there.size > 0)
        throw new SecretsError("secrets/file_exists", "The token holds master keys already.");
      const version = 1 + Math.max(0, ...there.keys());
      if (key === undefined) await session.generateKey(version);
      else await session.importKey(version, key);
      await session.findKeys();
      return version;
    } finally {
      await session.close();
    }
  } catch (error) {
    throw explained(error);
  } finally {
    await forgetModule(native);
  }
}

function placeOf(settings: TokenSettings): TokenPlace {
  return { token: settings.token, readPin: () => readPin(settings.pinFile) };
}

async function readPin(path: string): Promise<Secret> {
  await refuseLoose(path);
  const bytes = await readFile(path);
  const end = bytes.findIndex((byte) => byte === 0x0a || byte === 0x0d);
  const pin = new Secret(Uint8Array.from(end < 0 ? bytes : bytes.subarray(0, end)));
  bytes.fill(0);
  return pin;
}

class TokenKeys implements MasterKeys {
  readonly #native: NativePkcs11;
  readonly #place: TokenPlace;
  #session: TokenSession | undefined;
  #keys: ReadonlyMap<number, bigint> = new Map();
  #refusal: SecretsError | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(native: NativePkcs11, settings: TokenSettings) {
    this.#native = native;
    this.#place = placeOf(settings);
  }

  get newest(): number {
    return this.versions.at(-1) ?? 0;
  }

  get versions(): readonly number[] {
    return [...this.#keys.keys()].sort((left, right) => left - right);
  }

  async refresh(): Promise<void> {
    this.#keys = await this.#use(async (session) => {
      const keys = await session.findKeys();
      // A token that went away may answer like an empty one: worth a second look.
      if (keys.size === 0)
        throw new Error("it holds no master key. `lanyard secrets init` makes one");
      return keys;
    });
  }

  mac(version: number, message: Uint8Array): Promise<Uint8Array> {
    return this.#use((session) => {
      const key = this.#keys.get(version);
      if (key === undefined) throw unknownVersion(version);
      return session.mac(key, message);
    });
  }

  /** The module too: some crash when a process ends without. */
  close(): Promise<void> {
    return this.#alone(() => this.#startOver());
  }

  /** A MAC and a look change nothing, so that after a lost connection the same may be asked again, once. */
  #use<Result>(work: (session: TokenSession) => Promise<Result>): Promise<Result> {
    return this.#alone(async () => {
      try {
        return await work(await this.#opened());
      } catch (error) {
        if (error instanceof SecretsError) throw error;
        await this.#startOver();
      }
      try {
        return await work(await this.#opened());
      } catch (error) {
        await this.#startOver();
        throw explained(error);
      }
    });
  }

  /** Handles mean something else after a new start, so that nothing else may be under way then. */
  #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  async #startOver(): Promise<void> {
    await this.#session?.close().catch(() => undefined);
    this.#session = undefined;
    await forgetModule(this.#native);
  }

  async #opened(): Promise<TokenSession> {
    if (this.#refusal !== undefined) throw this.#refusal;
    if (this.#session !== undefined) return this.#session;
    try {
      const session = await openToken(this.#native, this.#place);
      this.#keys = await session.findKeys();
      this.#session = session;
      return session;
    } catch (error) {
      const told = explained(error);
      if (told.code === "secrets/pin_refused") this.#refusal = told;
      await this.#startOver();
      throw told;
    }
  }
}
