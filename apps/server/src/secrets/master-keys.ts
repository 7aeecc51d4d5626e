import { createHmac } from "node:crypto";
import type { Secret } from "@lanyard/bytes";
import { unknownVersion } from "./errors.ts";

/** HMAC-SHA-256 [RFC2104] under one key: 32 bytes. The caller wipes them. */
export type Mac = (message: Uint8Array) => Promise<Uint8Array>;

/**
 * Where the master keys live. All that ever comes out is a MAC: a key file computes it here, a PKCS#11 token computes
 * it inside. One contract suite runs on both.
 */
export interface MasterKeys {
  /** The highest version there is. */
  readonly newest: number;
  /** Every version there is, lowest first. */
  readonly versions: readonly number[];
  /** Looks again what versions there are, and whether they can be used. Rejects with a `SecretsError` if not. */
  refresh(): Promise<void>;
  /** @throws {SecretsError} `secrets/version_unknown` | `secrets/unavailable` */
  mac(version: number, message: Uint8Array): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Keys that were put together from shares, or read from a file. Closing wipes them; `refresh` may add to them. */
export function keysInMemory(
  keys: ReadonlyMap<number, Secret>,
  refresh: () => Promise<void> = async () => undefined,
): MasterKeys {
  return {
    get newest() {
      return Math.max(...keys.keys());
    },
    get versions() {
      return [...keys.keys()].sort((left, right) => left - right);
    },
    refresh,
    mac: async (version, message) => {
      const key = keys.get(version);
      if (key === undefined) throw unknownVersion(version);
      return createHmac("sha256", key.reveal()).update(message).digest();
    },
    close: async () => {
      for (const key of keys.values()) key.wipe();
    },
  };
}
