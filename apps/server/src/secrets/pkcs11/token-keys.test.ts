import { execFileSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Secret } from "@lanyard/bytes";
import { cardSecretsContract, type MasterKeyBytes } from "@lanyard/testkit";
import { afterEach, expect, test } from "vitest";
import type { TokenSettings } from "../../config.ts";
import { cardSecrets } from "../card-secrets.ts";
import type { MasterKeys } from "../master-keys.ts";
import { describeWithTokens, TOKEN_PIN } from "./testing.ts";
import { addTokenKey, openTokenKeys } from "./token-keys.ts";

const MESSAGE = new Uint8Array([1, 2, 3]);

describeWithTokens("PKCS#11 master keys", (tokens) => {
  const opened: MasterKeys[] = [];
  const newToken = (): TokenSettings => tokens().token();
  const open = async (settings: TokenSettings): Promise<MasterKeys> => {
    const keys = await openTokenKeys(settings);
    opened.push(keys);
    return keys;
  };
  afterEach(async () => {
    for (const keys of opened.splice(0)) await keys.close();
  });

  /** Written by a tool that is not ours. */
  const addByTool = (settings: TokenSettings, ...more: readonly string[]) => {
    const [id, label] = ["00000001", "lanyard-master-key"];
    const words = ["--module", settings.module, "--token-label", settings.token, "--login"];
    const key = ["--keygen", "--key-type", "GENERIC:32", "--label", label, "--id", id];
    execFileSync("pkcs11-tool", [...words, "--pin", TOKEN_PIN, ...key, ...more], { stdio: "pipe" });
  };

  cardSecretsContract("PKCS#11", async (keys: MasterKeyBytes) => {
    const settings = newToken();
    for (const [, key] of keys)
      await addTokenKey(settings, { first: false, key: new Secret(Uint8Array.from(key)) });
    return cardSecrets(await open(settings));
  });

  test("a key made in the token works, and every next one is the next version", async () => {
    const settings = newToken();
    expect(await addTokenKey(settings, { first: true })).toBe(1);
    const keys = await open(settings);
    const before = await keys.mac(1, MESSAGE);
    expect(await addTokenKey(settings, { first: false })).toBe(2);
    expect(keys.newest).toBe(1);
    await keys.refresh();
    expect(keys.versions).toEqual([1, 2]);
    expect(await keys.mac(1, MESSAGE)).toEqual(before);
    expect(await keys.mac(2, MESSAGE)).not.toEqual(before);
  });

  test("a first key is made once only", async () => {
    const settings = newToken();
    await addTokenKey(settings, { first: true });
    await expect(addTokenKey(settings, { first: true })).rejects.toMatchObject({
      code: "secrets/file_exists",
    });
  });

  test.each([
    ["can be taken out", ["--extractable", "--sensitive"]],
    ["can be taken out and read", ["--extractable"]],
  ])("a key that %s is refused", async (_, flags) => {
    const settings = newToken();
    addByTool(settings, ...flags);
    await expect(openTokenKeys(settings)).rejects.toMatchObject({ code: "secrets/key_exposed" });
  });

  test("the value of a key of ours cannot be read, not even with the PIN", async () => {
    const settings = newToken();
    await addTokenKey(settings, { first: true });
    const words = ["--module", settings.module, "--token-label", settings.token, "--login"];
    const shown = execFileSync(
      "pkcs11-tool",
      [...words, "--pin", TOKEN_PIN, "--list-objects", "--type", "secrkey"],
      { encoding: "utf8", stdio: "pipe" },
    );
    expect(shown).toContain("lanyard-master-key");
    expect(shown).toMatch(/Usage: +none\n.*sensitive, always sensitive, never extractable, local/);
  });

  test("a token pulled out: a clear error; put back: it works again without a restart", async () => {
    const settings = newToken();
    await addTokenKey(settings, { first: true });
    const keys = await open(settings);
    const before = await keys.mac(1, MESSAGE);
    tokens().pull(true);
    try {
      const asked = [keys.mac(1, MESSAGE), keys.refresh(), keys.mac(1, MESSAGE)];
      for (const answer of await Promise.allSettled(asked))
        expect(answer).toMatchObject({ reason: { code: "secrets/unavailable" } });
    } finally {
      tokens().pull(false);
    }
    expect(await Promise.all([1, 1, 1].map((version) => keys.mac(version, MESSAGE)))).toEqual([
      before,
      before,
      before,
    ]);
  });

  test("the module stays loaded while it is used, whatever the garbage collector takes", async () => {
    const settings = newToken();
    await addTokenKey(settings, { first: true });
    const keys = await open(settings);
    const before = await keys.mac(1, MESSAGE);
    setFlagsFromString("--expose-gc");
    const collect: () => void = runInNewContext("gc");
    for (let round = 0; round < 5; round += 1) {
      collect();
      // Finalizers run after the collector, on the loop.
      await new Promise((resolve) => setImmediate(resolve));
      expect(await keys.mac(1, MESSAGE)).toEqual(before);
    }
  });

  test("a wrong PIN is told and not tried again, so that the token does not lock itself", async () => {
    const settings = newToken();
    await addTokenKey(settings, { first: true });
    const keys = await open(settings);
    tokens().pinFile(settings.token, "not-the-pin");
    tokens().pull(true);
    await expect(keys.refresh()).rejects.toMatchObject({ code: "secrets/unavailable" });
    tokens().pull(false);
    await expect(keys.refresh()).rejects.toMatchObject({ code: "secrets/pin_refused" });
    tokens().pinFile(settings.token, TOKEN_PIN);
    const again = keys.refresh();
    await expect(again).rejects.toMatchObject({ code: "secrets/pin_refused" });
    await expect(again).rejects.not.toThrow(/not-the-pin/);
  });

  test("a PIN file that others may read is refused", async () => {
    const settings = newToken();
    chmodSync(settings.pinFile, 0o644);
    await expect(openTokenKeys(settings)).rejects.toMatchObject({ code: "secrets/file_loose" });
  });

  test("no such module, no such token, no key: each says so", async () => {
    const settings = newToken();
    for (const [change, message] of [
      [{ module: "/nowhere/pkcs11.so" }, /cannot be loaded/],
      [{ token: "another" }, /no token called another/],
      [{}, /holds no master key/],
    ] as const)
      await expect(openTokenKeys({ ...settings, ...change })).rejects.toThrow(message);
  });
});
